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
  /** Keys of the runs that the view shows, asked again at {@link ViewSession.reselect}. */
  readonly shows: () => readonly string[];
  /** All runs that the view may overlay, for a view that lets choose. */
  readonly choices?: () => readonly RunChoice[];
  /** What of a run's log the view shows; all of it without. */
  readonly part?: (run: RunSummary, update: LogUpdate) => LogUpdate;
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

/** Full messages that are on their way at once: one is drawn while the next is carried. */
const MOST_ON_THEIR_WAY = 3;

/**
 * One view's share of the registry: a snapshot when it says that it is ready, then deltas, each sent only when the one
 * before was acknowledged; of what is too much for one message some are under way at once. While suspended (the view is
 * hidden, where messages get lost) nothing is read or sent; the view says that it is ready when it comes back.
 */
export class ViewSession implements Disposable {
  private readonly store = new DisposableStore();
  private readonly shown = new Map<string, ShownRun>();
  private readonly pending = new PendingDelta();
  private sequence = 0;
  /** Not acknowledged yet, oldest first. */
  private readonly onTheirWay = new Set<number>();
  /** The last message did not hold all that waited. */
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

  /** The view starts, or starts over: it gets the runs at once and their series as they are read. */
  ready(): void {
    this.suspend();
    this.active = true;
    for (const key of this.options.shows()) this.show(key);
    this.tellChoices();
    this.send('snapshot');
  }

  /** What only a snapshot says has changed: the view starts over, if it is there. */
  restart(): void {
    if (this.active) this.ready();
  }

  acknowledge(sequence: number): void {
    if (!this.onTheirWay.has(sequence)) return;
    // They are drawn in order: whatever was sent before it has been drawn with it.
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

  /** The runs to show may be others now. */
  reselect(): void {
    if (!this.active) return;
    const wanted = new Set(this.options.shows());
    for (const key of [...this.shown.keys()]) if (!wanted.has(key)) this.hide(key);
    for (const key of wanted) if (!this.shown.has(key)) this.show(key);
    this.tellChoices();
    this.flush();
  }

  /** An image of the log, once it is sure that it is one. Images wait for no acknowledgement. */
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

  /** A hyperparameter keeps its value, although the view wanted another. */
  notApplied(name: string): void {
    if (this.active) this.options.post({ sequence: ++this.sequence, type: 'notApplied', name });
  }

  /** An intent of the view has been carried out, or has failed. */
  acted(intent: RunIntent): void {
    if (this.active) this.options.post({ sequence: ++this.sequence, type: 'acted', intent });
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
    // Of a run that the registry does not know yet there is nothing to open: it is shown with the change that brings
    // it.
    if (this.options.registry.run(key) === undefined) return;
    const entry = { lease: this.options.registry.openLog(key), loaded: false, told: '' };
    this.shown.set(key, entry);
    this.tellRun(key, entry);
    this.load(key, entry);
  }

  /** Asks for all of a log; until it is there, updates of it are passed over. */
  private load(key: string, entry: ShownRun): void {
    entry.loaded = false;
    const loaded = (update?: LogUpdate) => {
      // Updates before this moment are part of the snapshot; the next one continues it.
      if (this.shown.get(key) !== entry) return;
      entry.loaded = true;
      if (update !== undefined) this.update(key, update);
      this.flush();
    };
    // Where the log service went down it comes up again by itself, and then says everything of the logs that are open.
    this.options.registry.snapshot(key).then(loaded, () => loaded());
  }

  /** False where points are missing before those that came. */
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

  /** Sends what waits, unless the view is still busy with what it has got. */
  private flush(): void {
    const most = this.backlog ? MOST_ON_THEIR_WAY : 1;
    if (!this.active || this.onTheirWay.size >= most) return;
    if (!this.pending.empty || this.toldComplete !== this.complete) this.send('delta');
  }

  /** Whether the view has, with what waits, all that is known. */
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
    // In turns, so that what else this thread has to do comes in between.
    if (this.backlog) this.more = setImmediate(() => this.flush());
  }
}
