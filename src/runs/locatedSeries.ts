import { lowerBound } from './scalarSeries';

/** A section of an event file that consists of complete records. */
export interface LogWindow {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Where the images, histograms or tensors of one tag are logged; the bytes stay on disk. Steps ascend strictly. */
export class LocatedSeries {
  private steps: number[] = [];
  private windows: LogWindow[] = [];
  /**
   * Where the tag appears first in each file: newer styles of logs say there, and only there, what its values mean.
   */
  private firsts = new Map<string, LogWindow>();
  private changed = true;

  constructor(readonly tag: string) {}

  get length(): number {
    return this.steps.length;
  }

  /** As ScalarSeries.add. */
  add(step: number, window: LogWindow): number {
    const before = this.steps.length;
    this.cut(step);
    if (!this.firsts.has(window.file)) this.firsts.set(window.file, window);
    this.steps.push(step);
    this.windows.push(window);
    this.changed = true;
    return this.steps.length - before;
  }

  cut(step: number): number {
    const index = lowerBound(this.steps, this.steps.length, step);
    const dropped = this.steps.length - index;
    if (dropped === 0) return 0;
    this.steps.length = index;
    this.windows.length = index;
    this.changed = true;
    return dropped;
  }

  /** Forgets everything, the files it was in included. */
  reset(): number {
    this.firsts.clear();
    return this.cut(-Infinity);
  }

  /** Position of the tag's first value in a file. */
  first(file: string): LogWindow | undefined {
    return this.firsts.get(file);
  }

  find(step: number): LogWindow | undefined {
    const index = lowerBound(this.steps, this.steps.length, step);
    return this.steps[index] === step ? this.windows[index] : undefined;
  }

  /** All, in order: each step with its window. */
  entries(): readonly (readonly [number, LogWindow])[] {
    return this.steps.map((step, index) => [step, this.windows[index]!] as const);
  }

  snapshot(): { tag: string; steps: Float64Array } {
    return { tag: this.tag, steps: Float64Array.from(this.steps) };
  }

  /** Lets {@link takeChange} give the list. */
  touch(): void {
    this.changed = true;
  }

  /** The whole list, when it changed since the last call. */
  takeChange(): { tag: string; steps: Float64Array } | undefined {
    if (!this.changed) return undefined;
    this.changed = false;
    return this.snapshot();
  }
}
