import { LOCATED_KINDS, type LocatedKind, type LogUpdate, type ScalarDelta } from '../../protocol/logs';
import type { HostToView, RunChoice, RunDetail, RunSummary, ViewScalarDelta } from '../../protocol/views';

type Content = Extract<HostToView, { type: 'snapshot' | 'delta' }>;
type Mark = Content['marks'][number]['marks'][number];
type Taken = Omit<Content, 'type' | 'sequence' | 'lookOnly' | 'complete'>;
/** Remaining budget of one message. */
type Room = { -readonly [K in Exclude<keyof MessageLimits, 'characters'>]: number };

/**
 * Limits of one message. VS Code copies it several times in the thread that all extensions share: 50,000 points (24
 * bytes each) block that for about five milliseconds, and so do 1,000 series or half a million characters.
 */
interface MessageLimits {
  readonly points: number;
  /** Series and lists of steps. */
  readonly series: number;
  /** Characters of JSON, separately for runs and for details of runs; a longer entry is sent alone. */
  readonly characters: number;
}

const LIMITS: MessageLimits = { points: 50_000, series: 1_000, characters: 256 * 1024 };

/**
 * Updates that a view has not received yet. While it processes the previous message, updates are merged here, so that
 * their size is bounded by the size of the data, however slow the view is.
 */
export class PendingDelta {
  private readonly runs = new Map<string, RunSummary>();
  private readonly removed = new Set<string>();
  private readonly scalars = new Map<string, Map<string, ScalarDelta>>();
  /** Lists of steps by run and tag. */
  private readonly located: Readonly<Record<LocatedKind, Map<string, Map<string, Float64Array>>>> = {
    images: new Map(),
    histograms: new Map(),
    tensors: new Map(),
  };
  private readonly marks = new Map<string, readonly Mark[]>();
  private readonly details = new Map<string, RunDetail>();
  private choices: readonly RunChoice[] | undefined;

  /** Pending updates by run. */
  private get parts(): Map<string, unknown>[] {
    const { images, histograms, tensors } = this.located;
    return [this.runs, this.scalars, images, histograms, tensors, this.marks, this.details];
  }

  get empty(): boolean {
    return this.choices === undefined && this.removed.size === 0 && this.parts.every((part) => part.size === 0);
  }

  run(summary: RunSummary): void {
    this.removed.delete(summary.key);
    this.runs.set(summary.key, summary);
  }

  remove(key: string): void {
    for (const part of this.parts) part.delete(key);
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
   * Adds an update of a log. Returns false if points between the pending and the new ones are missing: that series is
   * left as it was, and everything has to be requested again.
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
    for (const kind of LOCATED_KINDS) {
      for (const { tag, steps } of update[kind]) {
        entry(this.located[kind], key, () => new Map<string, Float64Array>()).set(tag, steps);
      }
    }
    return whole;
  }

  /**
   * The content of the next message, up to its limits; the rest stays pending. The summary of a run is sent before
   * anything else of it.
   */
  take(limits: Partial<MessageLimits> = {}): Taken {
    const { characters, ...room } = { ...LIMITS, ...limits };
    const runs = drain(this.runs, characters);
    const known = (run: string) => !this.runs.has(run);
    const details = drain(this.details, characters, known);
    const marks = drain(this.marks, characters, known);
    const content = {
      runs: runs.map(([, summary]) => summary),
      removed: [...this.removed],
      images: takeSteps(this.located.images, room, known),
      histograms: takeSteps(this.located.histograms, room, known),
      tensors: takeSteps(this.located.tensors, room, known),
      scalars: this.takeScalars(room, known),
      marks: marks.map(([run, all]) => ({ run, marks: all })),
      details: details.map(([run, detail]) => ({ run, detail })),
      choices: this.choices,
    };
    this.removed.clear();
    this.choices = undefined;
    return content;
  }

  private takeScalars(room: Room, known: (run: string) => boolean): Content['scalars'] {
    const taken: { run: string; series: ViewScalarDelta[] }[] = [];
    // Runs with few series go first, so that they need not wait for one with thousands.
    for (const [run, waiting] of [...this.scalars].sort(([, a], [, b]) => a.size - b.size)) {
      if (!known(run)) continue;
      const series: ViewScalarDelta[] = [];
      for (const delta of waiting.values()) {
        if (room.series <= 0 || room.points <= 0) break;
        series.push(part(delta, 0, room.points));
        if (delta.values.length > room.points) waiting.set(delta.tag, part(delta, room.points));
        else waiting.delete(delta.tag);
        room.series -= 1;
        room.points -= delta.values.length;
      }
      if (series.length > 0) taken.push({ run, series });
      if (waiting.size === 0) this.scalars.delete(run);
    }
    return taken;
  }

  clear(): void {
    for (const part of [...this.parts, this.removed]) part.clear();
    this.choices = undefined;
  }
}

function takeSteps(
  all: Map<string, Map<string, Float64Array>>,
  room: Room,
  known: (run: string) => boolean,
): Content['images'] {
  const taken: { run: string; tag: string; steps: Float64Array }[] = [];
  for (const [run, waiting] of all) {
    if (!known(run)) continue;
    for (const [tag, steps] of waiting) {
      if (room.series <= 0 || room.points <= 0) break;
      taken.push({ run, tag, steps });
      waiting.delete(tag);
      room.series -= 1;
      room.points -= steps.length;
    }
    if (waiting.size === 0) all.delete(run);
  }
  return taken;
}

/** The points of a delta from index `from` up to, but not including, `to`. */
function part(delta: ScalarDelta, from: number, to = delta.values.length): ScalarDelta {
  const { tag, start, steps, walls, values } = delta;
  if (from === 0 && to >= values.length) return delta;
  const cut = (column: Float64Array) => column.subarray(from, to);
  return { tag, start: start + from, steps: cut(steps), walls: cut(walls), values: cut(values) };
}

/** One delta equivalent to `older` followed by `newer`; undefined if `newer` begins beyond the end of `older`. */
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

/** Removes entries from a map in order: at most `characters` of JSON, and at least one entry. */
function drain<V>(map: Map<string, V>, characters: number, mayGo = (_: string) => true): [string, V][] {
  const taken: [string, V][] = [];
  let left = characters;
  for (const [key, value] of map) {
    if (left <= 0) break;
    if (!mayGo(key)) continue;
    left -= JSON.stringify(value).length;
    if (left < 0 && taken.length > 0) break;
    taken.push([key, value]);
    map.delete(key);
  }
  return taken;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
