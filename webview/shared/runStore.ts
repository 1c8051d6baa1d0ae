import { LOCATED_KINDS } from '../../src/protocol/logs';
import type { HostToView, RunChoice, RunDetail, RunSummary } from '../../src/protocol/views';
import { axisTransform, type AxisKind, type AxisTransform } from './axis';
import { Columns } from './columns';
import { readClock, steadyTimes, type RunClock, type SetBack } from './runClock';

export type RunsMessage = Extract<HostToView, { type: 'snapshot' | 'delta' }>;

export interface Mark {
  readonly step: number;
  readonly text: string;
}

/** Derived from the wall times of a run's series. */
interface RunTime {
  readonly start: number;
  /** Undefined if the wall times ascend, as they nearly always do. */
  readonly clock: RunClock | undefined;
  readonly times: Map<Columns, Float64Array>;
}

/** One run with everything that its views show. */
export class RunView {
  readonly series = new Map<string, Columns>();
  /** Steps at which an image was logged, ascending, by tag. */
  readonly images = new Map<string, Float64Array>();
  readonly histograms = new Map<string, Float64Array>();
  readonly tensors = new Map<string, Float64Array>();
  marks: readonly Mark[] = [];
  /** Absent for a log of another program, and if the record cannot be read. */
  detail: RunDetail | undefined;
  private knownTime: RunTime | undefined;

  constructor(public summary: RunSummary) {}

  /** The series with the most points: the finest record of when each step was taken. */
  get reference(): Columns {
    let longest = new Columns();
    for (const columns of this.series.values()) if (columns.length > longest.length) longest = columns;
    return longest;
  }

  /** Seconds of the first point, as in {@link timesOf}; 0 if there is none yet. */
  get start(): number {
    return this.time.start;
  }

  /** The steps at which the clock of the writing machine was set back. */
  get clockSetBacks(): readonly SetBack[] {
    return this.time.clock?.setBacks ?? [];
  }

  /** When the points of one of this run's series were logged: seconds since 1970 that never decrease. */
  timesOf(columns: Columns): Float64Array {
    const { clock, times } = this.time;
    if (clock === undefined) return columns.walls;
    let steady = times.get(columns);
    if (steady === undefined) times.set(columns, (steady = steadyTimes(columns, clock)));
    return steady;
  }

  /** Maps this run's points to the axis; undefined if impossible. */
  transform(axis: AxisKind): AxisTransform | undefined {
    return axisTransform(axis, this.summary.stepsPerEpoch, axis === 'time' ? this.start : 0);
  }

  /** Points were added or removed. */
  touch(): void {
    this.knownTime = undefined;
  }

  private get time(): RunTime {
    return (this.knownTime ??= this.readTime());
  }

  private readTime(): RunTime {
    const all = [...this.series.values()];
    const clock = all.every(({ wallsAscend }) => wallsAscend) ? undefined : readClock(this.reference);
    const times = new Map<Columns, Float64Array>();
    let start = Infinity;
    for (const columns of all) {
      const steady = clock === undefined ? columns.walls : steadyTimes(columns, clock);
      if (clock !== undefined) times.set(columns, steady);
      if (steady.length > 0) start = Math.min(start, steady[0]!);
    }
    return { clock, times, start: Number.isFinite(start) ? start : 0 };
  }
}

/** The runs that a view shows, as the host's messages describe them. */
export class RunStore {
  private readonly byKey = new Map<string, RunView>();
  /** The reason why nothing may be launched from here; undefined if it may. */
  lookOnly: string | undefined;
  /** The runs to choose from, in a view that overlays runs. */
  choices: readonly RunChoice[] = [];
  /** False until the first snapshot, before which it is unknown whether there are runs. */
  filled = false;
  /** False while the host has more to send: missing data may still arrive. */
  complete = false;

  get runs(): readonly RunView[] {
    return [...this.byKey.values()];
  }

  get(key: string): RunView | undefined {
    return this.byKey.get(key);
  }

  /** Applies a message. Returns why a part cannot be applied; the rest is applied. */
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
      run.touch();
    }
    for (const kind of LOCATED_KINDS) {
      for (const { run, tag, steps } of message[kind]) {
        if (steps instanceof Float64Array) this.byKey.get(run)?.[kind].set(tag, steps);
        else problem = `a list of ${kind} arrived without its steps`;
      }
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
