import { createHash } from 'node:crypto';
import { DisposableStore, type Disposable } from '../../common/disposable';
import { Emitter } from '../../common/emitter';
import type { HistogramSample, LoggedImage, LoggedTensor, LogUpdate } from '../../protocol/logs';
import type { Specification } from '../../protocol/specification';
import type { RunDetail, RunIntent, RunSummary } from '../../protocol/views';
import { detailOf } from './detail';
import { marksOf } from './marks';
import { perform, setHyperparameter, type Applied, type IntentDetails, type Performance } from './perform';
import type { Logs, Trainers } from './ports';
import { RegisteredRun, type RunFound } from './registeredRun';

export interface RegistryOptions {
  readonly trainers: Trainers;
  readonly logs: Logs;
  /** Scans the runs folders; never rejects because of one bad folder. */
  readonly scan: () => Promise<readonly RunFound[]>;
  readonly trusted: () => boolean;
}

/** For this many of the newest runs that are not training, the log is read for the value shown in the tree. */
const HEADLINES_READ = 50;

/** Keys of runs whose summary changed, and of removed runs. */
export interface RegistryChange {
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** The folder of a run was renamed, so its key changed; everything else is the same. */
export interface RegistryMove {
  readonly from: string;
  readonly to: string;
}

/**
 * The single owner of run state in this window. Trees, views and commands read summaries from it and subscribe to
 * changes; none of them keeps state of its own. Everything can be rebuilt from disk, so a reload of the window loses
 * nothing.
 */
export class RunRegistry implements Disposable {
  private readonly store = new DisposableStore();
  private readonly entries = new Map<string, RegisteredRun>();
  private readonly byPath = new Map<string, RegisteredRun>();
  private readonly changes = this.store.add(new Emitter<RegistryChange>());
  private readonly moves = this.store.add(new Emitter<RegistryMove>());
  private readonly updates = this.store.add(new Emitter<{ readonly key: string; readonly update: LogUpdate }>());
  private readonly intents = new Map<string, RunIntent>();
  private ordered: readonly RegisteredRun[] = [];
  private scanning: Promise<void> | undefined;
  private headlines: Promise<void> | undefined;
  private again = false;
  private colors = 0;

  readonly onChange = this.changes.event;
  /** Fires before the change event that removes the old key. */
  readonly onMove = this.moves.event;
  /** Decoded log data of runs whose log is open. */
  readonly onLog = this.updates.event;

  constructor(private readonly options: RegistryOptions) {
    this.store.add(options.logs.onUpdate((update) => this.receive(update)));
  }

  /** Newest first. */
  runs(): RunSummary[] {
    const trusted = this.options.trusted();
    return this.ordered.map((run) => run.summary(trusted));
  }

  run(key: string): RunSummary | undefined {
    return this.entries.get(key)?.summary(this.options.trusted());
  }

  /** The run directory. */
  pathOf(key: string): string | undefined {
    const run = this.entries.get(key);
    return run?.isLink === true ? undefined : run?.path;
  }

  keyOf(path: string): string {
    return createHash('sha256').update(path).digest('hex').slice(0, 24);
  }

  specification(key: string): Specification | undefined {
    return this.entries.get(key)?.record?.specification;
  }

  /** What is to be marked on the curves. */
  marks(key: string): { step: number; text: string }[] {
    const record = this.entries.get(key)?.record;
    return record === undefined ? [] : marksOf(record);
  }

  /** Details beyond the summary; undefined if there is no record. */
  detail(key: string): RunDetail | undefined {
    const run = this.entries.get(key);
    const trusted = this.options.trusted();
    return run?.record && detailOf(run.record, run.summary(trusted), { trusted, resumesFrom: run.resumesFrom });
  }

  /** Whether a run claims a trainer that we are not attached to, whose end would go unnoticed. */
  get uncertain(): boolean {
    return [...this.entries.values()].some((run) => run.claimed && !run.live);
  }

  /** Scans the disk again. Calls during a scan share one further scan. */
  refresh(): Promise<void> {
    if (this.scanning !== undefined) {
      this.again = true;
      return this.scanning;
    }
    this.scanning = this.scanUntilQuiet().finally(() => (this.scanning = undefined));
    return this.scanning;
  }

  /** Recomputes all summaries: the workspace's trust has changed. */
  touch(): void {
    this.changes.fire({ changed: [...this.entries.keys()], removed: [] });
  }

  /** Keeps a run's log decoded and up to date with the disk until the lease is disposed of. */
  openLog(key: string): Disposable {
    return this.entries.get(key)?.openLog() ?? { dispose: () => undefined };
  }

  /** Everything decoded so far of a run whose log is open; later {@link onLog} updates continue it. */
  async snapshot(key: string): Promise<LogUpdate | undefined> {
    const run = this.entries.get(key);
    if (run === undefined) return undefined;
    const whole = await this.options.logs.snapshot(run.path);
    // Updates do not repeat the contents of a snapshot.
    if (run.apply(whole) === 'changed' && !this.store.disposed) this.changes.fire({ changed: [key], removed: [] });
    return whole;
  }

  async image(key: string, tag: string, step: number): Promise<LoggedImage | null> {
    const run = this.entries.get(key);
    return run === undefined ? null : this.options.logs.image(run.path, tag, step);
  }

  async tensor(key: string, tag: string, step: number): Promise<LoggedTensor | null> {
    const run = this.entries.get(key);
    return run === undefined ? null : this.options.logs.tensor(run.path, tag, step);
  }

  async histograms(key: string, tag: string, from: number, signal: AbortSignal): Promise<readonly HistogramSample[]> {
    const run = this.entries.get(key);
    return run === undefined ? [] : this.options.logs.histograms(run.path, tag, from, signal);
  }

  /** Reads new data of logs that have readers; those of attached runs come through the socket. */
  refreshLogs(): void {
    for (const run of this.entries.values()) if (run.read && !run.live) this.options.logs.refresh(run.path);
  }

  /** The last intent that this window carried out on a run. */
  asked(key: string): RunIntent | undefined {
    return this.intents.get(key);
  }

  /** Carries out an intent. Throws {@link ActionError} if it does not apply now, or the trainer's error. */
  async perform(key: string, intent: RunIntent, details: IntentDetails = {}): Promise<Performance> {
    const run = this.entries.get(key);
    this.intents.set(key, intent);
    const outcome = await perform({
      intent,
      details,
      run: run === undefined ? undefined : { path: run.path, id: run.record?.id },
      summary: run?.summary(this.options.trusted()),
      trusted: this.options.trusted(),
      trainers: this.options.trainers,
    });
    // The trainer writes steps of single phases to run.json before it answers.
    if (intent === 'continue' || details.phase !== undefined) await this.refresh();
    return outcome;
  }

  /** Changes a hyperparameter from the next update on. Throws as {@link perform} does. */
  async set(key: string, name: string, value: number): Promise<Applied> {
    const run = this.entries.get(key);
    const applied = await setHyperparameter({
      name,
      value,
      run: run === undefined ? undefined : { path: run.path, id: run.record?.id },
      detail: this.detail(key),
      trusted: this.options.trusted(),
      trainers: this.options.trainers,
    });
    // The trainer writes run.json before it answers.
    await this.refresh();
    return applied;
  }

  dispose(): void {
    this.store.dispose();
    for (const run of this.entries.values()) run.dispose();
    this.entries.clear();
    this.byPath.clear();
  }

  private async scanUntilQuiet(): Promise<void> {
    do {
      this.again = false;
      const found = await this.options.scan();
      if (this.store.disposed) return;
      this.reconcile(found);
      // Not awaited: attaching takes as long as a trainer takes to answer, and the list is shown meanwhile.
      void Promise.all([...this.entries.values()].map((run) => run.attach()));
    } while (this.again);
    this.headlines ??= this.readHeadlines().finally(() => (this.headlines = undefined));
  }

  /** One log at a time, so that logs with readers do not wait long. */
  private async readHeadlines(): Promise<void> {
    for (const { key } of this.runs().slice(0, HEADLINES_READ)) {
      const changed = await this.entries
        .get(key)
        ?.readHeadline()
        .catch(() => false);
      if (this.store.disposed) return;
      if (changed === true) this.changes.fire({ changed: [key], removed: [] });
    }
  }

  private reconcile(found: readonly RunFound[]): void {
    const gone = new Map(this.entries);
    for (const { path } of found) gone.delete(this.keyOf(path));
    const missing = new Set(gone.values());
    const moves: RegistryMove[] = [];
    const changed: string[] = [];
    // Colors are assigned in order of creation, so that a reload assigns the same ones.
    for (const item of [...found].sort((a, b) => compare(createdAt(a), createdAt(b)))) {
      const key = this.keyOf(item.path);
      const known = this.entries.get(key);
      if (known === undefined) {
        const before = [...missing].find((run) => isSame(run, item));
        if (before !== undefined) {
          // A second folder with the same id is a copy.
          missing.delete(before);
          moves.push({ from: before.key, to: key });
        }
        this.add(key, item, before?.color);
        changed.push(key);
        continue;
      }
      if (known.update(item)) changed.push(key);
    }
    for (const [key, run] of gone) {
      this.entries.delete(key);
      this.byPath.delete(run.path);
      run.dispose();
    }
    this.ordered = [...this.entries.values()].sort(newestFirst);
    for (const move of moves) this.moves.fire(move);
    if (changed.length + gone.size > 0) this.changes.fire({ changed, removed: [...gone.keys()] });
  }

  private add(key: string, found: RunFound, color = this.colors++): void {
    const run = new RegisteredRun(key, color, found, this.options.trainers, this.options.logs);
    this.entries.set(key, run);
    this.byPath.set(found.path, run);
    run.onChange((what) => {
      this.changes.fire({ changed: [key], removed: [] });
      if (what === 'detached') void this.refresh();
    });
  }

  private receive(update: LogUpdate): void {
    const run = this.byPath.get(update.run);
    if (run === undefined) return;
    const what = run.apply(update);
    this.updates.fire({ key: run.key, update });
    if (what === 'changed') this.changes.fire({ changed: [run.key], removed: [] });
    if (what === 'gap') void this.rereadHeadline(run);
  }

  private async rereadHeadline(run: RegisteredRun): Promise<void> {
    const changed = await run.rereadHeadline().catch(() => false);
    if (changed && !this.store.disposed) this.changes.fire({ changed: [run.key], removed: [] });
  }
}

/** Whether a listing is this run under another name. */
function isSame(run: RegisteredRun, found: RunFound): boolean {
  return found.kind === 'run' && run.record?.id === found.record.id;
}

function createdAt(found: RunFound): string {
  return found.kind === 'run' ? found.record.createdAt : '';
}

function newestFirst(a: RegisteredRun, b: RegisteredRun): number {
  return compare(b.record?.createdAt ?? '', a.record?.createdAt ?? '') || compare(b.path, a.path);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
