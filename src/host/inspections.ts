import { randomInt } from 'node:crypto';
import { errorMessage } from '../common/systemError';
import type { Disposable } from '../common/disposable';
import type { Inspection, InspectionNews, ViewToHost } from '../protocol/views';
import type { Inspector } from './studio';

export interface InspectionOptions {
  readonly post: (what: Inspection, news: InspectionNews) => void;
  /** Starts a trainer on the newest checkpoint of the run. */
  readonly launch: (run: string) => Promise<Inspector>;
  /** Why an inspection is not possible now, for users; undefined if it is. */
  readonly refuses: (run: string, what: Inspection) => string | undefined;
}

/** The same number as the trainer logs during training. */
const SAMPLES = 64;
/** As many as the test images of MNIST, and as the published figures of most papers. */
const COMPARED = 10_000;
const ACTIVITIES = { sample: 'drawing samples', evaluate: 'evaluating', quality: 'evaluating' } as const;

interface Task {
  readonly what: Inspection;
  inspector?: Inspector;
}

type Order = Extract<ViewToHost, { type: 'inspect' }>;
type Sample = Extract<InspectionNews, { kind: 'sample' }>;

/**
 * Sampling and evaluation of a run's newest checkpoint: one at a time, each in a trainer of its own that ends with it.
 * The last results are kept for a page that was hidden when they came.
 */
export class Inspections implements Disposable {
  /** By kind of inspection, the latest last. */
  private readonly last = new Map<Inspection, InspectionNews>();
  private current: Task | undefined;
  private drawn: { readonly run: string; readonly news: Sample } | undefined;

  constructor(private readonly options: InspectionOptions) {}

  /** The image that was drawn last. */
  get sample(): { readonly run: string; readonly news: Sample } | undefined {
    return this.drawn;
  }

  /** Sends the last results again. */
  repeat(): void {
    for (const [what, news] of [...this.last]) this.options.post(what, news);
  }

  /** Discards results, because the checkpoint has changed. An inspection in progress still reports its end. */
  forget(): void {
    for (const what of [...this.last.keys()]) if (what !== this.current?.what) this.last.delete(what);
  }

  /** Carries out an inspection and reports its progress. Never rejects; does nothing while another one is running. */
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
      this.tell(what, { kind: 'progress', activity: ACTIVITIES[what] });
      inspector.onActivity((activity) => going() && this.tell(what, { kind: 'progress', activity }));
      const news = what === 'sample' ? await draw(inspector, seed) : await measure(inspector, what, samples);
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

  /** Cancels the inspection in progress; its trainer ends as well, at the latest once it has started. */
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
  // An exact buffer: a pooled one would send the whole pool.
  return { kind: 'sample', step, seed, count, image: { step, width, height, bytes: bytes.slice(), mime: 'image/png' } };
}

async function measure(inspector: Inspector, what: 'evaluate' | 'quality', samples: number): Promise<InspectionNews> {
  const evaluation = await inspector.evaluate(samples, what === 'quality' ? COMPARED : 0);
  const { step, count, examples = 'image', metrics, errors, generated } = evaluation;
  // Metrics per latent dimension are shown as bars where they were logged.
  const means = Object.entries(metrics).filter(([tag]) => !/\/\d+$/.test(tag));
  const shown = what === 'quality' ? means.filter(([tag]) => tag.startsWith('samples/')) : means;
  return { kind: 'metrics', step, count, examples, metrics: Object.fromEntries(shown), errors, generated };
}
