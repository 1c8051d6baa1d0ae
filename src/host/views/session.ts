import { errorMessage } from '../../common/systemError';
import { DisposableStore, type Disposable } from '../../common/disposable';
import type { HostToView, Inspection, InspectionNews, RunChoice } from '../../protocol/views';
import type { RunRegistry } from '../registry/registry';
import { checkImage } from './image';
import { PendingDelta } from './pending';

type Registry = Pick<RunRegistry, 'run' | 'marks' | 'detail' | 'openLog' | 'snapshot' | 'image' | 'onChange' | 'onLog'>;

export interface SessionOptions {
  readonly registry: Registry;
  readonly post: (message: HostToView) => void;
  /** Keys of the runs that the view shows, asked again at {@link ViewSession.reselect}. */
  readonly shows: () => readonly string[];
  /** All runs that the view may overlay, for a view that lets choose. */
  readonly choices?: () => readonly RunChoice[];
  /** Why nothing may be launched from here, in words; undefined where it may. */
  readonly lookOnly: () => string | undefined;
}

interface ShownRun {
  readonly lease: Disposable;
  /** The view has had, or is about to get, everything that updates continue. */
  loaded: boolean;
  /** Marks and details as they were told last: a live run changes ten times a second, they seldom. */
  told: string;
}

/**
 * One view's share of the registry: a snapshot when it says that it is ready, then deltas, each sent only when the one
 * before was acknowledged. While suspended (the view is hidden, where messages get lost) nothing is read or sent; the
 * view says that it is ready when it comes back.
 */
export class ViewSession implements Disposable {
  private readonly store = new DisposableStore();
  private readonly shown = new Map<string, ShownRun>();
  private readonly pending = new PendingDelta();
  private sequence = 0;
  private awaited: number | undefined;
  private active = false;
  private toldChoices = '';

  constructor(private readonly options: SessionOptions) {
    const { registry } = options;
    this.store.add(
      registry.onChange(({ changed, removed }) => {
        if (!this.active) return;
        for (const key of removed) this.hide(key);
        for (const key of changed) {
          const entry = this.shown.get(key);
          if (entry) this.tellRun(key, entry);
        }
        this.reselect();
      }),
    );
    this.store.add(
      registry.onLog(({ key, update }) => {
        const entry = this.shown.get(key);
        if (entry?.loaded !== true) return;
        if (!this.pending.update(key, update)) this.load(key, entry);
        this.flush();
      }),
    );
  }

  /** The view starts, or starts over: it gets the runs at once and their series as they are read. */
  ready(): void {
    this.suspend();
    this.active = true;
    for (const key of this.options.shows()) this.show(key);
    this.tellChoices();
    this.send({ type: 'snapshot', ...this.pending.take(), lookOnly: this.options.lookOnly() });
  }

  /** What only a snapshot says has changed: the view starts over, if it is there. */
  restart(): void {
    if (this.active) this.ready();
  }

  acknowledge(sequence: number): void {
    if (sequence !== this.awaited) return;
    this.awaited = undefined;
    this.flush();
  }

  suspend(): void {
    this.active = false;
    this.awaited = undefined;
    for (const { lease } of this.shown.values()) lease.dispose();
    this.shown.clear();
    this.pending.clear();
    this.toldChoices = '';
  }

  /** The runs to show may be others now. */
  reselect(): void {
    if (!this.active) return;
    const wanted = new Set(this.options.shows());
    for (const key of [...this.shown.keys()]) if (!wanted.has(key)) this.hide(key);
    for (const key of wanted) if (!this.shown.has(key)) this.show(key);
    this.tellChoices();
    this.flush();
  }

  /** Answers with an image of the log, once it is sure that it is one. Images wait for no acknowledgement. */
  async image(request: number, key: string, tag: string, step: number): Promise<void> {
    const answer = await this.options.registry.image(key, tag, step).then(
      (logged) => (logged === null ? {} : checkImage(logged)),
      (error: unknown) => ({ problem: errorMessage(error) }),
    );
    if (this.active) this.options.post({ sequence: ++this.sequence, type: 'image', request, ...answer });
  }

  /** A hyper-parameter keeps its value, although the view wanted another. */
  notApplied(name: string): void {
    if (this.active) this.options.post({ sequence: ++this.sequence, type: 'notApplied', name });
  }

  /** News of an inspection, at once. */
  inspection(what: Inspection, news: InspectionNews): void {
    if (this.active) this.options.post({ sequence: ++this.sequence, type: 'inspection', what, news });
  }

  dispose(): void {
    this.suspend();
    this.store.dispose();
  }

  private show(key: string): void {
    const entry = { lease: this.options.registry.openLog(key), loaded: false, told: '' };
    this.shown.set(key, entry);
    this.tellRun(key, entry);
    this.load(key, entry);
  }

  /** Asks for all of a log; until it is there, updates of it are passed over. */
  private load(key: string, entry: ShownRun): void {
    entry.loaded = false;
    this.options.registry.snapshot(key).then(
      (update) => {
        // Updates before this moment are part of the snapshot; the next one continues it.
        if (this.shown.get(key) !== entry || update === undefined) return;
        entry.loaded = true;
        this.pending.update(key, update);
        this.flush();
      },
      // The log service went down. It comes up again by itself, and then says everything of the logs that are open.
      () => {
        entry.loaded = true;
      },
    );
  }

  private hide(key: string): void {
    const entry = this.shown.get(key);
    if (entry === undefined) return;
    entry.lease.dispose();
    this.shown.delete(key);
    this.pending.remove(key);
  }

  private tellRun(key: string, entry: ShownRun): void {
    const { registry } = this.options;
    const summary = registry.run(key);
    if (summary === undefined) return;
    this.pending.run(summary);
    const [marks, detail] = [registry.marks(key), registry.detail(key)];
    const told = JSON.stringify([marks, detail]);
    if (told === entry.told) return;
    entry.told = told;
    this.pending.mark(key, marks);
    if (detail !== undefined) this.pending.detail(key, detail);
  }

  private tellChoices(): void {
    const choices = this.options.choices?.();
    const told = JSON.stringify(choices ?? '');
    if (choices === undefined || told === this.toldChoices) return;
    this.toldChoices = told;
    this.pending.choose(choices);
  }

  private flush(): void {
    if (!this.active || this.awaited !== undefined || this.pending.empty) return;
    this.send({ type: 'delta', ...this.pending.take() });
  }

  private send(message: Omit<Extract<HostToView, { type: 'snapshot' | 'delta' }>, 'sequence'>): void {
    this.awaited = ++this.sequence;
    this.options.post({ sequence: this.awaited, ...message });
  }
}
