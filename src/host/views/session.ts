import { DisposableStore, type Disposable } from '../../common/disposable';
import { RequestError } from '../../protocol/channel';
import type { HistogramSample, LoggedTensor, LogUpdate } from '../../protocol/logs';
import type {
  HostToView,
  Inspection,
  InspectionNews,
  RunChoice,
  RunIntent,
  RunSummary,
  ShownImage,
} from '../../protocol/views';
import type { RunRegistry } from '../registry/registry';
import { checkImage } from './image';
import { PendingDelta } from './pending';

type Registry = Pick<
  RunRegistry,
  'run' | 'marks' | 'detail' | 'openLog' | 'snapshot' | 'image' | 'tensor' | 'histograms' | 'onChange' | 'onLog'
>;

export interface SessionOptions {
  readonly registry: Registry;
  readonly post: (message: HostToView) => void;
  /** Keys of the runs that the view shows, requested again by {@link ViewSession.reselect}. */
  readonly shows: () => readonly string[];
  /** All runs that the view may overlay, for a view with a choice of runs. */
  readonly choices?: () => readonly RunChoice[];
  /** Which part of a run's log the view shows; all of it if absent. */
  readonly part?: (run: RunSummary, update: LogUpdate) => LogUpdate;
  /** Why nothing may be launched from the view, for users; undefined if it may. */
  readonly lookOnly: () => string | undefined;
}

interface ShownRun {
  readonly lease: Disposable;
  /** Whether the view has, or is about to get, the snapshot that updates continue. */
  loaded: boolean;
  /** Marks and details as last sent: a live run changes ten times a second, these rarely. */
  told: string;
}

/** Full messages in flight: one is drawn while the next is transferred. */
const MOST_ON_THEIR_WAY = 3;

/**
 * One view's share of the registry: a snapshot when it reports ready, then deltas, each sent only after the previous
 * one was acknowledged; content that exceeds one message is sent in several, some of them in flight together. While the
 * session is suspended (a hidden view loses messages), nothing is read or sent; the view reports ready when it comes
 * back.
 */
export class ViewSession implements Disposable {
  private readonly store = new DisposableStore();
  private readonly shown = new Map<string, ShownRun>();
  private readonly pending = new PendingDelta();
  private sequence = 0;
  /** Not acknowledged yet, oldest first. */
  private readonly onTheirWay = new Set<number>();
  /** Whether the last message could not hold everything that was pending. */
  private backlog = false;
  private more: NodeJS.Immediate | undefined;
  private active = false;
  private toldComplete = false;
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
        if (!this.update(key, update)) this.load(key, entry);
        this.flush();
      }),
    );
  }

  /** The view starts, or starts over: it gets the runs at once, and their series as they are read. */
  ready(): void {
    this.suspend();
    this.active = true;
    for (const key of this.options.shows()) this.show(key);
    this.tellChoices();
    this.send('snapshot');
  }

  /** Something that only a snapshot contains has changed: the view starts over, if it is ready. */
  restart(): void {
    if (this.active) this.ready();
  }

  acknowledge(sequence: number): void {
    if (!this.onTheirWay.has(sequence)) return;
    // Messages are drawn in order, so everything sent before this one has been drawn too.
    for (const earlier of this.onTheirWay) if (earlier <= sequence) this.onTheirWay.delete(earlier);
    this.flush();
  }

  suspend(): void {
    this.active = false;
    this.onTheirWay.clear();
    this.backlog = false;
    clearImmediate(this.more);
    for (const { lease } of this.shown.values()) lease.dispose();
    this.shown.clear();
    this.pending.clear();
    this.toldChoices = '';
  }

  /** The set of shown runs may have changed. */
  reselect(): void {
    if (!this.active) return;
    const wanted = new Set(this.options.shows());
    for (const key of [...this.shown.keys()]) if (!wanted.has(key)) this.hide(key);
    for (const key of wanted) if (!this.shown.has(key)) this.show(key);
    this.tellChoices();
    this.flush();
  }

  /** Sends an image of the log after checking it. Images are not acknowledged. */
  async image(key: string, tag: string, step: number): Promise<ShownImage> {
    const logged = await this.options.registry.image(key, tag, step);
    if (logged === null) throw new RequestError('This image is no longer in the log.', 'absent');
    const { image, problem } = checkImage(logged);
    if (image === undefined) throw new RequestError(problem ?? 'The image is not shown.', 'unsupported');
    return image;
  }

  /** A tensor of the log. */
  async tensor(key: string, tag: string, step: number): Promise<LoggedTensor> {
    const logged = await this.options.registry.tensor(key, tag, step);
    if (logged === null) throw new RequestError('These values are no longer in the log.', 'absent');
    return logged;
  }

  /** Histograms of the log. */
  histograms(key: string, tag: string, from: number, signal: AbortSignal): Promise<readonly HistogramSample[]> {
    return this.options.registry.histograms(key, tag, from, signal);
  }

  /** A hyperparameter keeps its value, although the view asked to change it. */
  notApplied(name: string): void {
    if (this.active) this.options.post({ sequence: ++this.sequence, type: 'notApplied', name });
  }

  /** An intent of the view has been carried out, or has failed. */
  acted(intent: RunIntent): void {
    if (this.active) this.options.post({ sequence: ++this.sequence, type: 'acted', intent });
  }

  /** Sends the progress of an inspection at once. */
  inspection(what: Inspection, news: InspectionNews): void {
    if (this.active) this.options.post({ sequence: ++this.sequence, type: 'inspection', what, news });
  }

  dispose(): void {
    this.suspend();
    this.store.dispose();
  }

  private show(key: string): void {
    // A run that the registry does not know yet cannot be opened: it is shown with the change event that adds it.
    if (this.options.registry.run(key) === undefined) return;
    const entry = { lease: this.options.registry.openLog(key), loaded: false, told: '' };
    this.shown.set(key, entry);
    this.tellRun(key, entry);
    this.load(key, entry);
  }

  /** Requests the snapshot of a log; updates received before it are ignored. */
  private load(key: string, entry: ShownRun): void {
    entry.loaded = false;
    const loaded = (update?: LogUpdate) => {
      // Earlier updates are part of the snapshot; the next one continues it.
      if (this.shown.get(key) !== entry) return;
      entry.loaded = true;
      if (update !== undefined) this.update(key, update);
      this.flush();
    };
    // After a crash the log service restarts by itself and sends the open logs again.
    this.options.registry.snapshot(key).then(loaded, () => loaded());
  }

  /** Returns false if points before the received ones are missing. */
  private update(key: string, update: LogUpdate): boolean {
    const { part, registry } = this.options;
    const summary = registry.run(key);
    return this.pending.update(key, part === undefined || summary === undefined ? update : part(summary, update));
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

  /** Sends pending updates, unless the view is still processing previous ones. */
  private flush(): void {
    const most = this.backlog ? MOST_ON_THEIR_WAY : 1;
    if (!this.active || this.onTheirWay.size >= most) return;
    if (!this.pending.empty || this.toldComplete !== this.complete) this.send('delta');
  }

  /** Whether the view will have everything that is known, including pending updates. */
  private get complete(): boolean {
    return this.pending.empty && [...this.shown.values()].every(({ loaded }) => loaded);
  }

  private send(type: 'snapshot' | 'delta'): void {
    const content = this.pending.take();
    const { complete } = this;
    this.toldComplete = complete;
    this.backlog = !this.pending.empty;
    const sequence = ++this.sequence;
    this.onTheirWay.add(sequence);
    const lookOnly = type === 'snapshot' ? this.options.lookOnly() : undefined;
    this.options.post({ sequence, type, ...content, complete, lookOnly });
    // In slices, so that this thread can do other work in between.
    if (this.backlog) this.more = setImmediate(() => this.flush());
  }
}
