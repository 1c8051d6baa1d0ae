import { watch, type FSWatcher } from 'node:fs';
import { RunLogReader } from './logReader';
import type { Disposable } from '../common/disposable';
import { LOCATED_KINDS, type LogUpdate } from '../protocol/logs';

/** Twenty updates a second look smooth; more would only cost. */
const UPDATE_MILLISECONDS = 50;
/**
 * Series per message: the receiver unpacks it in a busy thread, which would be blocked for tens of
 * milliseconds by ten thousand. The next message follows soon.
 */
const MOST_SERIES = 1000;
const NEXT_MILLISECONDS = 10;
/** The file system's own notice comes at once; this is for file systems that give none (network, containers). */
const POLL_MILLISECONDS = 1000;
/** A run that has been quiet for a minute is looked at less often. */
const QUIET_POLLS = 60;
const QUIET_STRIDE = 5;

/**
 * A run whose log is followed: updates come as it grows, merged to {@link UPDATE_MILLISECONDS}. What a snapshot holds does
 * not come as an update after it.
 */
export class WatchedRun implements Disposable {
  readonly reader: RunLogReader;
  private readonly poll: NodeJS.Timeout;
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastUpdate = 0;
  private polls = 0;
  private problems = '';
  private disposed = false;
  /** An update or a snapshot was sent, which further updates must continue. */
  private told = false;
  /** Snapshots that wait for the log to be read. */
  private asked = 0;

  constructor(
    run: string,
    private readonly onUpdate: (update: LogUpdate) => void,
  ) {
    this.reader = new RunLogReader(run, () => this.changed());
    this.poll = setInterval(() => this.polled(), POLL_MILLISECONDS);
    this.refresh();
  }

  feed(file: string, offset: number, bytes: Uint8Array): void {
    if (!this.reader.feed(file, offset, bytes)) this.refresh();
  }

  /**
   * Everything read so far; later updates continue it, and contain all points of the series that do not fit into one
   * message. No update is sent before the first snapshot, since it would only repeat its content.
   */
  async snapshot(): Promise<LogUpdate> {
    this.asked++;
    await this.reader.refresh().finally(() => this.asked--);
    if (this.told) {
      this.send(); // for those who have the log up to here
    } else {
      this.reader.take();
      clearTimeout(this.timer);
      this.timer = undefined;
    }
    const whole = this.reader.snapshot(MOST_SERIES);
    this.told = true;
    this.problems = whole.problems.join('\n');
    this.goOn(whole);
    return whole;
  }

  /** All points of one tag read so far, for callers that need only that tag. */
  async only(tag: string): Promise<LogUpdate> {
    this.asked++;
    await this.reader.refresh().finally(() => this.asked--);
    // Leaves the time to close the log before all of it is sent.
    if (!this.told) this.lastUpdate = performance.now();
    this.changed();
    return this.reader.only(tag);
  }

  refresh(): void {
    this.startWatching();
    // Once more when all is read: what could not be read is part of an update too.
    void this.reader.refresh().then(() => this.changed());
  }

  dispose(): void {
    this.disposed = true;
    clearInterval(this.poll);
    clearTimeout(this.timer);
    this.watcher?.close();
  }

  private polled(): void {
    if (this.polls++ < QUIET_POLLS || this.polls % QUIET_STRIDE === 0) this.refresh();
  }

  /** Sends at once when the last update is long enough ago, else when it is. */
  private changed(): void {
    if (this.timer !== undefined || this.disposed) return;
    if (this.asked > 0 && !this.told) return;
    const wait = Math.max(0, this.lastUpdate + UPDATE_MILLISECONDS - performance.now());
    this.timer = setTimeout(() => this.send(), wait);
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.disposed) return;
    const update = this.reader.take(MOST_SERIES);
    const problems = update.problems.join('\n');
    if (seriesIn(update) === 0 && problems === this.problems) return;
    this.polls = 0;
    this.told = true;
    this.problems = problems;
    this.lastUpdate = performance.now();
    this.onUpdate(update);
    this.goOn(update);
  }

  /** Schedules another message if this one was full. */
  private goOn(update: LogUpdate): void {
    if (seriesIn(update) < MOST_SERIES || this.disposed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), NEXT_MILLISECONDS);
  }

  private startWatching(): void {
    if (this.watcher !== undefined || this.disposed) return;
    try {
      this.watcher = watch(this.reader.run, { persistent: false }, () => this.refresh());
      // The folder went away, or the system has no watches left: polling continues and retries the watch.
      this.watcher.on('error', () => this.stopWatching());
    } catch {
      this.watcher = undefined;
    }
  }

  private stopWatching(): void {
    this.watcher?.close();
    this.watcher = undefined;
  }
}

function seriesIn(update: LogUpdate): number {
  return LOCATED_KINDS.reduce((sum, kind) => sum + update[kind].length, update.scalars.length);
}
