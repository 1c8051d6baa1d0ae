import type { LogUpdate, ScalarDelta } from '../../protocol/logs';
import type { HostToView, RunChoice, RunDetail, RunSummary, ViewScalarDelta } from '../../protocol/views';

type Content = Extract<HostToView, { type: 'snapshot' | 'delta' }>;
type Mark = Content['marks'][number]['marks'][number];

/**
 * VS Code copies a message several times over in the thread that all extensions share: so many points (24 bytes each)
 * keep it for some five milliseconds, a million at once for more than a hundred.
 */
const MOST_POINTS = 50_000;

/**
 * What a view has yet to hear. While it is busy with the last message the news pile up here, merged: the size is that of
 * the data, however long the view takes.
 */
export class PendingDelta {
  private readonly runs = new Map<string, RunSummary>();
  private readonly removed = new Set<string>();
  private readonly scalars = new Map<string, Map<string, ScalarDelta>>();
  private readonly images = new Map<string, Map<string, Float64Array>>();
  private readonly marks = new Map<string, readonly Mark[]>();
  private readonly details = new Map<string, RunDetail>();
  private choices: readonly RunChoice[] | undefined;

  get empty(): boolean {
    const parts = [this.runs, this.removed, this.scalars, this.images, this.marks, this.details];
    return this.choices === undefined && parts.every((part) => part.size === 0);
  }

  run(summary: RunSummary): void {
    this.removed.delete(summary.key);
    this.runs.set(summary.key, summary);
  }

  remove(key: string): void {
    for (const part of [this.runs, this.scalars, this.images, this.marks, this.details]) part.delete(key);
    this.removed.add(key);
  }

  /** All marks of a run. */
  mark(key: string, marks: readonly Mark[]): void {
    this.marks.set(key, marks);
  }

  detail(key: string, detail: RunDetail): void {
    this.details.set(key, detail);
  }

  /** All runs that may be overlaid. */
  choose(choices: readonly RunChoice[]): void {
    this.choices = choices;
  }

  /**
   * Takes what a log has to say. False where points are missing between what waits here and what came: that series is
   * left as it was, and everything has to be asked for anew.
   */
  update(key: string, update: LogUpdate): boolean {
    let whole = true;
    for (const delta of update.scalars) {
      const series = entry(this.scalars, key, () => new Map<string, ScalarDelta>());
      const older = series.get(delta.tag);
      const merged = older === undefined ? delta : mergeScalars(older, delta);
      if (merged === undefined) whole = false;
      else series.set(delta.tag, merged);
    }
    for (const { tag, steps } of update.images) {
      entry(this.images, key, () => new Map<string, Float64Array>()).set(tag, steps);
    }
    return whole;
  }

  /** As one message's content, whose arrays own their buffers exactly. Of the points no more than `most`; the rest waits. */
  take(most = MOST_POINTS): Omit<Content, 'type' | 'sequence' | 'lookOnly'> {
    const content = {
      runs: [...this.runs.values()],
      removed: [...this.removed],
      scalars: this.takeScalars(most),
      images: [...this.images].flatMap(([run, tags]) =>
        [...tags].map(([tag, steps]) => ({ run, tag, steps: exact(steps) })),
      ),
      marks: [...this.marks].map(([run, marks]) => ({ run, marks })),
      details: [...this.details].map(([run, detail]) => ({ run, detail })),
      choices: this.choices,
    };
    for (const told of [this.runs, this.removed, this.images, this.marks, this.details]) told.clear();
    this.choices = undefined;
    return content;
  }

  private takeScalars(most: number): Content['scalars'] {
    let left = most;
    const taken: { run: string; series: ViewScalarDelta[] }[] = [];
    for (const [run, waiting] of this.scalars) {
      const series: ViewScalarDelta[] = [];
      for (const delta of waiting.values()) {
        if (left <= 0) break;
        series.push(exactSeries(part(delta, 0, left)));
        if (delta.values.length > left) waiting.set(delta.tag, part(delta, left));
        else waiting.delete(delta.tag);
        left -= delta.values.length;
      }
      if (series.length > 0) taken.push({ run, series });
      if (waiting.size === 0) this.scalars.delete(run);
    }
    return taken;
  }

  clear(): void {
    for (const part of [this.runs, this.removed, this.scalars, this.images, this.marks, this.details]) part.clear();
    this.choices = undefined;
  }
}

/** The points of a delta from its `from`th to before its `to`th. */
function part(delta: ScalarDelta, from: number, to = delta.values.length): ScalarDelta {
  const { tag, start, steps, walls, values } = delta;
  if (from === 0 && to >= values.length) return delta;
  const cut = (column: Float64Array) => column.subarray(from, to);
  return { tag, start: start + from, steps: cut(steps), walls: cut(walls), values: cut(values) };
}

/** One delta that does what `older` and then `newer` would; undefined where `newer` begins beyond the end of `older`. */
export function mergeScalars(older: ScalarDelta, newer: ScalarDelta): ScalarDelta | undefined {
  const kept = newer.start - older.start;
  if (kept <= 0) return newer;
  if (kept > older.values.length) return undefined;
  return {
    tag: older.tag,
    start: older.start,
    steps: join(older.steps.subarray(0, kept), newer.steps),
    walls: join(older.walls.subarray(0, kept), newer.walls),
    values: join(older.values.subarray(0, kept), newer.values),
  };
}

function join(head: Float64Array, tail: Float64Array): Float64Array {
  const joined = new Float64Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}

function exactSeries({ tag, start, steps, walls, values }: ScalarDelta): ViewScalarDelta {
  return { tag, start, steps: exact(steps), walls: exact(walls), values: exact(values) };
}

/** A view into a larger buffer would send all of the buffer. */
function exact(array: Float64Array): Float64Array {
  return array.byteLength === array.buffer.byteLength ? array : array.slice();
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
