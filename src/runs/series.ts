import { LocatedSeries, type LogWindow } from './locatedSeries';
import { ScalarSeries } from './scalarSeries';
import type { LogEvent, SummaryValue } from '../formats/tfevents';
import { LOCATED_KINDS, type LocatedKind, type ScalarDelta, type SeriesUpdate } from '../protocol/logs';

/** What a log may make us hold; a run of ours has some 60 tags and, after a day, a million points. */
const DEFAULT_LIMITS = { tags: 20_000, points: 10_000_000 };

/**
 * The series of one run, built from its events in the order of the log.
 *
 * TensorBoard's restart rule decides which points count. SessionLog.START at step s drops the points of all tags at s or
 * later. A point also drops those of its own tag at its step or later, as TensorBoard's loader does for writers
 * that do not announce a restart from an earlier step. A tag's steps thus ascend strictly.
 */
export class SeriesStore {
  private readonly scalars = new Map<string, ScalarSeries>();
  private readonly located: Readonly<Record<LocatedKind, Map<string, LocatedSeries>>> = {
    images: new Map(),
    histograms: new Map(),
    tensors: new Map(),
  };
  private points = 0;
  private readonly overLimits = new Set<string>();

  constructor(private readonly limits = DEFAULT_LIMITS) {}

  /** @param window location of the events */
  apply(events: readonly LogEvent[], window: LogWindow): void {
    for (const event of events) {
      if (event.kind === 'sessionStart') this.cut(event.step);
      else if (event.kind === 'summary') {
        for (const value of event.values) this.add(event.step, event.wallTime, value, window);
      }
    }
  }

  /** Drops all points before a rebuild; receivers see it as truncation to zero points. */
  reset(): void {
    for (const series of this.scalars.values()) this.points -= series.cut(-Infinity);
    for (const kind of LOCATED_KINDS) {
      for (const series of this.located[kind].values()) this.points -= series.reset();
    }
    this.overLimits.clear();
  }

  /** Where the values of a tag are. */
  locate(kind: LocatedKind, tag: string): LocatedSeries | undefined {
    return this.located[kind].get(tag);
  }

  /** Messages about limits that the log exceeds. */
  get problems(): readonly string[] {
    return [...this.overLimits];
  }

  /** Changes since the last call, of a limited number of series; empty lists if there are none. */
  take(most = Infinity): SeriesUpdate {
    const room = { left: most };
    return {
      ...this.collectLocated((series) => series.takeChange(), room),
      scalars: collect(this.scalars, (series) => series.takeDelta(), room),
    };
  }

  /**
   * Everything, without touching what {@link take} is going to give. Of more than `most` series the rest is left to
   * {@link take}, which then gives all of each.
   */
  snapshot(most = Infinity): SeriesUpdate {
    let left = most;
    const take = <R>(series: { snapshot(): R; touch(): void }): R | undefined => {
      if (left-- > 0) return series.snapshot();
      series.touch();
      return undefined;
    };
    return {
      ...this.collectLocated(take),
      scalars: collect(this.scalars, take),
    };
  }

  /** All points of one tag. */
  scalar(tag: string): ScalarDelta | undefined {
    return this.scalars.get(tag)?.snapshot();
  }

  private add(step: number, wall: number, value: SummaryValue, window: LogWindow): void {
    switch (value.kind) {
      case 'scalar':
        this.points +=
          this.series(this.scalars, value.tag, () => new ScalarSeries(value.tag))?.add(step, wall, value.value) ?? 0;
        break;
      case 'image':
        return this.note('images', value.tag, step, window);
      case 'histogram':
        return this.note('histograms', value.tag, step, window);
      case 'tensor':
        return this.note('tensors', value.tag, step, window);
      case 'text':
      case 'unread':
        break;
    }
  }

  private note(kind: LocatedKind, tag: string, step: number, window: LogWindow): void {
    this.points += this.series(this.located[kind], tag, () => new LocatedSeries(tag))?.add(step, window) ?? 0;
  }

  private collectLocated<R>(
    take: (series: LocatedSeries) => R | undefined,
    room?: { left: number },
  ): Record<LocatedKind, R[]> {
    const { images, histograms, tensors } = this.located;
    return {
      images: collect(images, take, room),
      histograms: collect(histograms, take, room),
      tensors: collect(tensors, take, room),
    };
  }

  /** The tag's series, created if new; undefined if the log exceeds a limit. */
  private series<S>(all: Map<string, S>, tag: string, make: () => S): S | undefined {
    if (this.points >= this.limits.points) {
      this.overLimits.add(`The log has more than ${this.limits.points} points; the later ones are not shown.`);
      return undefined;
    }
    const known = all.get(tag);
    if (known !== undefined) return known;
    const located = LOCATED_KINDS.reduce((sum, kind) => sum + this.located[kind].size, 0);
    if (this.scalars.size + located >= this.limits.tags) {
      this.overLimits.add(`The log has more than ${this.limits.tags} tags; the later ones are not shown.`);
      return undefined;
    }
    const made = make();
    all.set(tag, made);
    return made;
  }

  private cut(step: number): void {
    for (const all of [this.scalars, ...LOCATED_KINDS.map((kind) => this.located[kind])]) {
      for (const series of all.values()) this.points -= series.cut(step);
    }
  }
}

/** The share of each series, until there is no room for more. */
function collect<S, R>(
  all: ReadonlyMap<string, S>,
  take: (series: S) => R | undefined,
  room = { left: Infinity },
): R[] {
  const taken: R[] = [];
  for (const series of all.values()) {
    if (room.left <= 0) break;
    const one = take(series);
    if (one === undefined) continue;
    taken.push(one);
    room.left -= 1;
  }
  return taken;
}
