import { randomInt } from 'node:crypto';
import { errorMessage } from '../common/systemError';
import type { Disposable } from '../common/disposable';
import type { Inspection, InspectionNews, ViewToHost } from '../protocol/views';
import type { Inspector } from './studio';

export interface InspectionOptions {
  readonly post: (what: Inspection, news: InspectionNews) => void;
  /** Starts a trainer on the newest checkpoint of the run. */
  readonly launch: (run: string) => Promise<Inspector>;
  /** Why it may not be done now, in words; undefined where it may. */
  readonly refuses: (run: string, what: Inspection) => string | undefined;
}

/** As many as the trainer logs while it trains. */
const SAMPLES = 64;

interface Task {
  readonly what: Inspection;
  inspector?: Inspector;
}

type Order = Extract<ViewToHost, { type: 'inspect' }>;
type Sample = Extract<InspectionNews, { kind: 'sample' }>;

/**
 * What a view makes of a run's newest checkpoint: one thing at a time, each by a trainer of its own that ends with it.
 * The last news of each are kept, for a page that was gone when they came.
 */
export class Inspections implements Disposable {
  /** By what was asked for, the latest at the end. */
  private readonly last = new Map<Inspection, InspectionNews>();
  private current: Task | undefined;
  private drawn: { readonly run: string; readonly news: Sample } | undefined;

  constructor(private readonly options: InspectionOptions) {}

  /** The image that was drawn last. */
  get sample(): { readonly run: string; readonly news: Sample } | undefined {
    return this.drawn;
  }

  /** Says the last news of each again. */
  repeat(): void {
    for (const [what, news] of [...this.last]) this.options.post(what, news);
  }

  /** What it was made of is another thing now. What is under way still tells how it ends. */
  forget(): void {
    for (const what of [...this.last.keys()]) if (what !== this.current?.what) this.last.delete(what);
  }

  /** Carries one out, and tells how it goes. Never rejects; does nothing while another one is under way. */
  async start({ run, what, seed, samples }: Order): Promise<void> {
    if (this.current !== undefined) return;
    const refusal = this.options.refuses(run, what);
    if (refusal !== undefined) return this.tell(what, { kind: 'problem', message: refusal });
    const task: Task = { what };
    this.current = task;
    const going = () => this.current === task;
    this.tell(what, { kind: 'progress', activity: 'loading the checkpoint' });
    try {
      const inspector = await this.options.launch(run);
      if (!going()) return inspector.dispose();
      task.inspector = inspector;
      this.tell(what, { kind: 'progress', activity: what === 'sample' ? 'drawing samples' : 'evaluating' });
      inspector.onActivity((activity) => going() && this.tell(what, { kind: 'progress', activity }));
      const news = what === 'sample' ? await draw(inspector, seed) : await measure(inspector, samples);
      if (!going()) return;
      if (news.kind === 'sample') this.drawn = { run, news };
      this.tell(what, news);
    } catch (error) {
      if (going()) this.tell(what, { kind: 'problem', message: errorMessage(error) });
    } finally {
      task.inspector?.dispose();
      if (going()) this.current = undefined;
    }
  }

  /** Ends what is under way; its trainer ends too, at the latest when it has started. */
  cancel(): void {
    const task = this.current;
    if (task === undefined) return;
    this.current = undefined;
    task.inspector?.dispose();
    this.tell(task.what, { kind: 'cancelled' });
  }

  dispose(): void {
    this.cancel();
  }

  private tell(what: Inspection, news: InspectionNews): void {
    this.last.delete(what);
    if (news.kind !== 'cancelled') this.last.set(what, news);
    this.options.post(what, news);
  }
}

async function draw(inspector: Inspector, seed = randomInt(2 ** 32)): Promise<Sample> {
  const { step, count, width, height, bytes } = await inspector.sample(SAMPLES, seed);
  // An exact buffer: one of a pool would send all of the pool.
  return { kind: 'sample', step, seed, count, image: { step, width, height, bytes: bytes.slice(), mime: 'image/png' } };
}

async function measure(inspector: Inspector, samples: number): Promise<InspectionNews> {
  const { step, count, noun, metrics } = await inspector.evaluate(samples);
  // What there is for each latent dimension is drawn as bars where it was logged.
  const means = Object.entries(metrics).filter(([tag]) => !/\/\d+$/.test(tag));
  return { kind: 'metrics', step, count, ...(noun && { noun }), metrics: Object.fromEntries(means) };
}
