import { DisposableStore, type Disposable } from '../../common/disposable';
import { Emitter } from '../../common/emitter';
import type { LiveState } from '../../protocol/control';
import type { LogUpdate } from '../../protocol/logs';
import type { RunRecord } from '../../protocol/run';
import { isLive } from '../../protocol/status';
import type { RunSummary } from '../../protocol/views';
import type { LockState } from '../../runs/lock';
import { printable } from '../../runs/printable';
import type { RunListing } from '../../runs/scan';
import { Attachment } from './attachment';
import { Headline } from './headline';
import type { Logs, Trainers } from './ports';
import { mayBeAlive, summarize } from './summary';

/** The result of a scan for one run. */
export type RunFound = RunListing & {
  /** Looked up only if the trainer may be alive. */
  readonly lock?: LockState;
  /** The step from which a resume would continue; looked up only if there may be a later edit. */
  readonly resumesFrom?: number;
};

/** One run of the registry: what was found on disk, combined with what its trainer reports while there is one. */
export class RegisteredRun implements Disposable {
  private readonly store = new DisposableStore();
  private readonly changes = new Emitter<'summary' | 'detached'>();
  private attachment: Attachment | undefined;
  private headline: Headline | undefined;
  /** Cached, since views ask far more often than anything changes. */
  private cached: { readonly trusted: boolean; readonly summary: RunSummary } | undefined;
  /** The record's state when the headline was last read. */
  private headlineAsOf: string | undefined;
  private rereading: Promise<boolean> | undefined;
  private logProblems: readonly string[] = [];
  private readers = 0;
  /** The log is decoded during training, for the headline. */
  private liveLease: Disposable | undefined;

  readonly onChange = this.changes.event;

  constructor(
    readonly key: string,
    readonly color: number,
    private found: RunFound,
    private readonly trainers: Trainers,
    private readonly logs: Logs,
  ) {
    this.store.add(this.changes);
    this.update(found);
  }

  get path(): string {
    return this.found.path;
  }

  /** A link in the runs folder, which is listed and never followed. */
  get isLink(): boolean {
    return this.found.kind === 'problem' && this.found.link === true;
  }

  get record(): RunRecord | undefined {
    return this.found.kind === 'run' ? this.found.record : undefined;
  }

  get resumesFrom(): number | undefined {
    return this.found.resumesFrom;
  }

  /** A live process holds its lock. */
  get claimed(): boolean {
    return this.found.lock?.state === 'held';
  }

  /** Whether we are attached to its trainer. */
  get live(): boolean {
    return this.attachment?.live !== undefined;
  }

  /** Whether its log has readers; a log without readers is not decoded. */
  get read(): boolean {
    return this.readers > 0;
  }

  /** Updates from a new scan; returns whether anything changed. */
  update(found: RunFound): boolean {
    const before = this.record;
    const changed = !same(this.found, found);
    this.found = found;
    this.cached = undefined;
    const record = this.record;
    const presentation = record?.presentation;
    if (presentation !== undefined && presentation.headline.tag !== this.headline?.tag) {
      const { tag, label, mode } = presentation.headline;
      this.headline = new Headline(tag, label, mode);
    }
    if (record?.id !== before?.id) this.detach();
    return changed;
  }

  /** Connects to the trainer that the record claims, unless already connected or there is none. */
  async attach(): Promise<void> {
    const record = this.record;
    if (record === undefined || !mayBeAlive(record) || this.found.lock?.state !== 'held') return;
    this.attachment ??= this.createAttachment(record.id);
    await this.attachment.ensure();
  }

  summary(trusted: boolean): RunSummary {
    if (this.cached?.trusted !== trusted) this.cached = { trusted, summary: this.summarize(trusted) };
    return this.cached.summary;
  }

  /** Keeps the log decoded until the lease is disposed of. */
  openLog(): Disposable {
    if (this.readers++ === 0) this.logs.open(this.path);
    let open = true;
    return {
      dispose: () => {
        if (!open) return;
        open = false;
        if (--this.readers === 0) this.logs.close(this.path);
      },
    };
  }

  /** Tracks the headline and problems in the files. `gap`: points before the received ones are missing. */
  apply(update: LogUpdate): 'same' | 'changed' | 'gap' {
    const what = this.headline?.apply(update.scalars) ?? 'same';
    const others = update.problems.join('\n') !== this.logProblems.join('\n');
    this.logProblems = update.problems;
    if (what === 'changed' || others) this.cached = undefined;
    return what === 'same' && others ? 'changed' : what;
  }

  /**
   * Reads the headline from the log again, which must be open; returns whether it changed. Rejects if it cannot be
   * read.
   */
  rereadHeadline(): Promise<boolean> {
    this.rereading ??= this.logs
      .snapshot(this.path, this.headline?.tag)
      .then((whole) => this.apply(whole) === 'changed')
      .finally(() => (this.rereading = undefined));
    return this.rereading;
  }

  /**
   * Reads the log of a run that is not training once, only for its headline; returns whether that changed. Rejects if
   * it cannot be read.
   */
  async readHeadline(): Promise<boolean> {
    const asOf = this.record?.updatedAt;
    if (this.headline === undefined || this.live || asOf === this.headlineAsOf) return false;
    this.headlineAsOf = asOf;
    const lease = this.openLog();
    try {
      return await this.rereadHeadline();
    } finally {
      lease.dispose();
    }
  }

  dispose(): void {
    this.detach();
    this.store.dispose();
  }

  private summarize(trusted: boolean): RunSummary {
    return summarize({
      key: this.key,
      // Folder names are untrusted: bidirectional control characters could disguise them.
      name: printable(this.found.name),
      color: this.color,
      record: this.record,
      problem: this.found.kind === 'problem' ? this.found.problem : undefined,
      lock: this.found.lock,
      resumesFrom: this.found.resumesFrom,
      live: this.attachment?.live,
      trainer: this.attachment?.trainer,
      attachProblem: this.attachment?.problem,
      headline: this.headline?.summary(),
      logProblems: this.logProblems,
      trusted,
    });
  }

  private createAttachment(id: string): Attachment {
    const attachment = new Attachment({ id, expectedPath: this.path }, this.trainers, this.logs);
    attachment.onChange((what) => {
      this.cached = undefined;
      if (what === 'attached') this.liveLease ??= this.openLog();
      if (what === 'detached') {
        this.found = asLeft(this.found, attachment.lastWords);
        // The trainer's last writes may not have arrived through the socket.
        this.logs.refresh(this.path);
        this.releaseLog();
      }
      this.changes.fire(what === 'detached' ? 'detached' : 'summary');
    });
    return attachment;
  }

  private detach(): void {
    this.attachment?.dispose();
    this.attachment = undefined;
    this.cached = undefined;
    this.releaseLog();
  }

  private releaseLog(): void {
    this.liveLease?.dispose();
    this.liveLease = undefined;
  }
}

/**
 * Anticipates the next scan of a run whose trainer reported how it ended; the record on disk is written before that
 * report. The previous scan may be many steps old, and would show the run as training until the next one.
 */
function asLeft(found: RunFound, last: LiveState | undefined): RunFound {
  if (found.kind !== 'run' || last === undefined || isLive(last.status)) return found;
  const { status, step, epoch } = last;
  return { ...found, record: { ...found.record, status, step, epoch } };
}

/** Whether two scans found the same; `updatedAt` changes with every write, so it is ignored. */
function same(a: RunFound, b: RunFound): boolean {
  if (a.lock?.evidence !== b.lock?.evidence || a.resumesFrom !== b.resumesFrom) return false;
  if (a.kind === 'run' && b.kind === 'run')
    return a.record.id === b.record.id && a.record.updatedAt === b.record.updatedAt;
  if (a.kind === 'problem' && b.kind === 'problem') return a.problem === b.problem;
  return a.kind === b.kind;
}
