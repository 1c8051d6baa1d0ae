import { lstat, readdir } from 'node:fs/promises';
import { errorCode, errorMessage } from './error';
import { compareEventFileNames, isEventFileName } from './eventLogName';
import type { LocatedSeries, LogWindow } from './locatedSeries';
import { LogFile, readWindows } from './logFile';
import { printable } from './printable';
import { coarse, MOST_HISTOGRAMS, thinned } from './sampling';
import { SeriesStore } from './series';
import type { SummaryValue } from '../formats/tfevents';
import type { HistogramSample, LocatedKind, LoggedImage, LoggedTensor, LogUpdate } from '../protocol/logs';

/** A run of ours has one for each time that it was resumed. */
const MAX_FILES = 1000;
const MAX_PROBLEMS = 100;

/** Beyond this, live bytes that wait are read from disk instead. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

interface LiveBytes {
  readonly file: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads the event files of a run's folder, in the order of their names and as they grow, into series. Live bytes from a
 * trainer take the same way; what does not continue the file exactly is left to the disk.
 */
export class RunLogReader {
  private files = new Map<string, LogFile>();
  private readonly store = new SeriesStore();
  /** Why something is not shown, by file name; the run's path and '' mean the whole run. */
  private readonly unreadable = new Map<string, string>();
  private reading: Promise<void> | undefined;
  private again = false;
  private held: LiveBytes[] = [];
  private heldBytes = 0;

  /**
   * @param run the run's folder
   * @param onChange called whenever there may be something to {@link take}, also while a long file is being read
   */
  constructor(
    readonly run: string,
    private readonly onChange: () => void = () => undefined,
  ) {}

  /** Reads data added since the last call. Never rejects: read errors are among the update's problems. */
  refresh(): Promise<void> {
    if (this.reading !== undefined) {
      this.again = true;
      return this.reading;
    }
    this.reading = this.readUntilQuiet().finally(() => {
      this.reading = undefined;
      this.feedHeld();
    });
    return this.reading;
  }

  /**
   * Takes bytes that a trainer appended to `file` at `offset`, unless they are known already. False when they were not
   * taken because something before them is not known: {@link refresh} finds both on disk.
   */
  feed(file: string, offset: number, bytes: Uint8Array): boolean {
    const known = this.files.get(file);
    if (known?.givenUp) return true;
    if (known !== undefined && known.received >= offset + bytes.length) return true;
    if (this.reading !== undefined) {
      this.hold({ file, offset, bytes });
      return true;
    }
    if (known === undefined || known.received !== offset) return false;
    // A file other than the last one is closed; late additions could not be put in order.
    if ([...this.files.keys()].at(-1) !== file) return false;
    known.push(bytes);
    return true;
  }

  /** Changes since the last call, of a limited number of series. */
  take(most?: number): LogUpdate {
    return { run: this.run, ...this.store.take(most), problems: this.problems() };
  }

  /** Everything; of more than `most` series the rest is left to {@link take}. */
  snapshot(most?: number): LogUpdate {
    return { run: this.run, ...this.store.snapshot(most), problems: this.problems() };
  }

  /** All points of one tag, and nothing of the others. */
  only(tag: string): LogUpdate {
    const series = this.store.scalar(tag);
    const scalars = series === undefined ? [] : [series];
    return { run: this.run, scalars, images: [], histograms: [], tensors: [], problems: this.problems() };
  }

  /** The image logged for a tag at exactly this step; null if there is none. */
  async image(tag: string, step: number): Promise<LoggedImage | null> {
    return this.one('images', tag, step, (value) =>
      value.kind === 'image'
        ? { step, width: value.width, height: value.height, bytes: value.bytes.slice() }
        : undefined,
    );
  }

  /** The tensor logged for a tag at exactly this step; null if there is none. */
  async tensor(tag: string, step: number): Promise<LoggedTensor | null> {
    return this.one('tensors', tag, step, (value) =>
      value.kind === 'tensor' ? { step, shape: value.shape, values: value.values } : undefined,
    );
  }

  /**
   * The histograms of a tag at step `from` and later, by step: thinned evenly, with the newest, to {@link MOST_HISTOGRAMS},
   * each of few enough buckets to be drawn. Rejects as soon as `signal` is aborted, with its reason.
   */
  async histograms(tag: string, from = -Infinity, signal?: AbortSignal): Promise<HistogramSample[]> {
    const series = this.store.locate('histograms', tag);
    if (series === undefined) return [];
    const wanted = thinned(
      series.entries().filter(([step]) => step >= from),
      MOST_HISTOGRAMS,
    );
    const files = new Set(wanted.map(([, { file }]) => file));
    const samples: HistogramSample[] = [];
    for (const name of files) {
      const entries = wanted.filter(([, { file }]) => file === name);
      const found = await this.decodeAgain(
        series,
        entries,
        (value) => (value.kind === 'histogram' ? coarse(value) : undefined),
        signal,
      );
      for (const [step, buckets] of found) samples.push({ step, ...buckets });
    }
    return samples.sort((a, b) => a.step - b.step);
  }

  /** Live bytes wait while the disk is read: to ask it again for each would keep it busy as long as they come. */
  private hold(live: LiveBytes): void {
    this.held.push(live);
    this.heldBytes += live.bytes.length;
    if (this.heldBytes < MAX_HELD_BYTES) return;
    this.again = true;
    this.held = [];
    this.heldBytes = 0;
  }

  private feedHeld(): void {
    const held = this.held;
    this.held = [];
    this.heldBytes = 0;
    const taken = held.every(({ file, offset, bytes }) => this.feed(file, offset, bytes));
    if (!taken) void this.refresh();
  }

  private async readUntilQuiet(): Promise<void> {
    do {
      this.again = false;
      try {
        await this.readAll();
        this.unreadable.delete(this.run);
      } catch (error) {
        // The series stay as they were: a folder on another machine may come back.
        this.unreadable.set(this.run, `The run’s folder cannot be read: ${printable(errorMessage(error))}`);
      }
    } while (this.again);
  }

  private async readAll(): Promise<void> {
    // A run's folder may come from a cloned repository: targets of its links must not be read.
    if ((await lstat(this.run)).isSymbolicLink()) throw new Error('it is a link, which is not followed');
    for (let attempt = 0; attempt < 3; attempt++) {
      const all = (await readdir(this.run)).filter(isEventFileName).sort(compareEventFileNames);
      const names = all.slice(0, MAX_FILES);
      if (!this.startsLike(names)) this.startOver();
      for (const name of names) if (!this.files.has(name)) this.files.set(name, this.newFile(name));
      if (all.length > MAX_FILES) {
        this.unreadable.set('', `The run has ${all.length} event files; the first ${MAX_FILES} are read.`);
      }
      if (await this.readFiles()) return;
      this.startOver();
    }
  }

  private newFile(name: string): LogFile {
    return new LogFile(this.run, name, (events, window) => {
      this.store.apply(events, window);
      this.onChange();
    });
  }

  /** False when a file was replaced, so that everything must be read again. */
  private async readFiles(): Promise<boolean> {
    for (const file of this.files.values()) {
      try {
        const { ino, size } = await lstat(file.path);
        if (!file.continues(ino, size)) return false;
        if (size !== file.received && !file.givenUp && !(await file.readOn())) return false;
        this.unreadable.delete(file.name);
      } catch (error) {
        if (errorCode(error) === 'ENOENT' && file.received > 0) return false;
        this.unreadable.set(file.name, printable(errorMessage(error)));
      }
    }
    return true;
  }

  /** Whether the files that were read are the first of those that there are: neither gone nor now behind another. */
  private startsLike(names: readonly string[]): boolean {
    return [...this.files.keys()].every((name, index) => names[index] === name);
  }

  private startOver(): void {
    this.files = new Map();
    this.unreadable.clear();
    this.store.reset();
    this.onChange();
  }

  private problems(): string[] {
    const ofFiles = [...this.files.values()].flatMap((file) => file.problems);
    return [...this.unreadable.values(), ...this.store.problems, ...ofFiles].slice(0, MAX_PROBLEMS);
  }

  private async one<V>(
    kind: LocatedKind,
    tag: string,
    step: number,
    pick: (value: SummaryValue) => V | undefined,
  ): Promise<V | null> {
    const series = this.store.locate(kind, tag);
    const window = series?.find(step);
    if (series === undefined || window === undefined) return null;
    return (await this.decodeAgain(series, [[step, window]], pick)).get(step) ?? null;
  }

  /**
   * Reads the values of one tag at some steps, all in one file, from disk. A window can hold several; the last counts.
   * @param pick extracts the part to keep; must not reference a larger value
   */
  private async decodeAgain<V>(
    series: LocatedSeries,
    entries: readonly (readonly [number, LogWindow])[],
    pick: (value: SummaryValue) => V | undefined,
    signal?: AbortSignal,
  ): Promise<Map<number, V>> {
    const first = series.first(entries[0]![1].file);
    const windows = new Set([...(first === undefined ? [] : [first]), ...entries.map(([, window]) => window)]);
    const wanted = new Set(entries.map(([step]) => step));
    const found = new Map<number, V>();
    for await (const events of readWindows(this.run, windows)) {
      signal?.throwIfAborted();
      for (const event of events) {
        if (event.kind !== 'summary' || !wanted.has(event.step)) continue;
        for (const value of event.values) {
          const picked = value.tag === series.tag ? pick(value) : undefined;
          if (picked !== undefined) found.set(event.step, picked);
        }
      }
    }
    return found;
  }
}
