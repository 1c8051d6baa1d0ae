import type { HostToView, RunChoice, RunDetail, RunSummary } from '../../src/protocol/views';
import { axisTransform, type AxisKind, type AxisTransform } from './axis';
import { Columns } from './columns';

export type RunsMessage = Extract<HostToView, { type: 'snapshot' | 'delta' }>;

export interface Mark {
  readonly step: number;
  readonly text: string;
}

/** One run with everything that its views show of it. */
export class RunView {
  readonly series = new Map<string, Columns>();
  /** Steps at which an image was logged, ascending, by tag. */
  readonly images = new Map<string, Float64Array>();
  marks: readonly Mark[] = [];
  /** Absent for a log of another program, and where the record cannot be read. */
  detail: RunDetail | undefined;

  constructor(public summary: RunSummary) {}

  /** The series with the most points: the finest record of which step was when. */
  get reference(): Columns {
    let longest = new Columns();
    for (const columns of this.series.values()) if (columns.length > longest.length) longest = columns;
    return longest;
  }

  /** Seconds since 1970 of the first point; 0 where there is none yet. */
  get start(): number {
    let first = Infinity;
    for (const { walls } of this.series.values()) if (walls.length > 0) first = Math.min(first, walls[0]!);
    return Number.isFinite(first) ? first : 0;
  }

  /** How this run's points come onto the axis; undefined where they can't. */
  transform(axis: AxisKind): AxisTransform | undefined {
    return axisTransform(axis, this.summary.stepsPerEpoch, axis === 'time' ? this.start : 0);
  }
}

/** The runs that a view shows, as the host's messages describe them. */
export class RunStore {
  private readonly byKey = new Map<string, RunView>();
  /** Why nothing may be launched from here; undefined where it may. */
  lookOnly: string | undefined;
  /** The runs that a view which overlays them lets choose from. */
  choices: readonly RunChoice[] = [];
  /** False until the first snapshot: until then nobody knows whether there are runs. */
  filled = false;
  /** False while the host has more to say of what it knows: what is missing may still come. */
  complete = false;

  get runs(): readonly RunView[] {
    return [...this.byKey.values()];
  }

  get(key: string): RunView | undefined {
    return this.byKey.get(key);
  }

  /** Takes a message in. Returns what of it cannot be applied, in words; the rest of it is. */
  apply(message: RunsMessage): string | undefined {
    if (message.type === 'snapshot') {
      this.byKey.clear();
      this.lookOnly = message.lookOnly;
      this.filled = true;
    }
    this.complete = message.complete;
    for (const key of message.removed) this.byKey.delete(key);
    for (const summary of message.runs) {
      const known = this.byKey.get(summary.key);
      if (known) known.summary = summary;
      else this.byKey.set(summary.key, new RunView(summary));
    }
    let problem: string | undefined;
    for (const { run: key, series } of message.scalars) {
      const run = this.byKey.get(key);
      if (!run) continue;
      for (const delta of series) {
        let columns = run.series.get(delta.tag);
        if (!columns) run.series.set(delta.tag, (columns = new Columns()));
        problem = columns.replaceFrom(delta) ?? problem;
      }
    }
    for (const { run, tag, steps } of message.images) {
      if (steps instanceof Float64Array) this.byKey.get(run)?.images.set(tag, steps);
      else problem = 'a list of images came without its steps';
    }
    for (const { run, detail } of message.details) {
      const view = this.byKey.get(run);
      if (view) view.detail = detail;
    }
    if (message.choices) this.choices = message.choices;
    for (const { run, marks } of message.marks) {
      const view = this.byKey.get(run);
      if (view) view.marks = marks;
    }
    return problem;
  }
}
