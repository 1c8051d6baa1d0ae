import { plural } from '../../../src/common/plural';
import { cancelled } from '../../../src/protocol/channel';
import type { LatentHost } from '../host/latentHost';
import { brokenRows } from '../maths/vectors';
import { runJob } from '../projections/jobs';
import type { ProgressBar } from '../stage/progressBar';
import type { Encoding } from './encoding';
import { PointSource } from './loader';
import { Model } from './model';
import { Portrayal } from './portrayal';
import type { SetChoice } from './pointSet';
import type { ExplorerStore, Points } from './state';

/** Points of a model at one checkpoint, before labels and statistics are known. */
interface Loaded {
  readonly model: Model;
  readonly source: PointSource;
  readonly encoding: Encoding;
  /** Step of the checkpoint; undefined for the newest weights. */
  readonly at: number | undefined;
}

interface Prepared extends Loaded, Pick<Points, 'labels' | 'statistics'> {}

/**
 * Loads points into the store: describe the model, encode, compute labels and statistics, publish. The published points
 * stay until all of the new ones is there, so that points, images, labels and weights always belong together. Only the
 * work begun last is published; it cancels the work before it.
 */
export class PointPipeline {
  private loading = new AbortController();
  private source: PointSource | undefined;
  /** The test set, for a run that is followed while the training set is shown. */
  private testSet: PointSource | undefined;

  constructor(
    private readonly host: LatentHost,
    private readonly store: ExplorerStore,
    private readonly progress: Pick<ProgressBar, 'during'>,
  ) {}

  /**
   * Describes the model and loads the points of `set`.
   * @param step of the checkpoint whose weights encode; undefined for those that the model has
   * @throws RequestError if a request failed or was cancelled, unless newer work replaced it
   */
  load(set: SetChoice, step: number | undefined): Promise<void> {
    return this.newest(async (loading) => {
      const { signal } = loading;
      const { value: description } = await this.progress.during('Reading the model', loading, () =>
        this.host.request('describe', {}, { signal }),
      );
      const model = new Model(this.host, description, () => this.store.state.label);
      this.store.update({ description });
      const source = this.sourceOf(model, set);
      try {
        await this.encode(model, source, this.stepOf(model, step), loading);
      } finally {
        if (this.source !== source) source.dispose();
      }
    });
  }

  /** Encodes the same points with the weights of a checkpoint. @see load */
  goTo(step: number | undefined): Promise<void> {
    const { source } = this;
    const { points } = this.store.state;
    if (!source || !points) return Promise.resolve();
    const { model } = points;
    return this.newest((loading) => this.encode(model, source, this.stepOf(model, step), loading));
  }

  /** Publishes latents that a live run sent. @see load */
  async publishFollowed(encoding: Encoding): Promise<void> {
    const { source } = this;
    const { points } = this.store.state;
    if (!source || !points) return;
    const { signal } = this.cancel();
    const { model } = points;
    try {
      const loaded = { model, source: this.followedSource(source, model), encoding, at: undefined };
      this.publish(await this.prepare(loaded, signal), signal, true);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Cancels the work in progress. */
  cancel(): AbortController {
    this.loading.abort();
    return (this.loading = new AbortController());
  }

  private async newest(work: (loading: AbortController) => Promise<void>): Promise<void> {
    const loading = this.cancel();
    try {
      await work(loading);
    } catch (error) {
      if (this.loading === loading) throw error;
    }
  }

  /** A live run's newest weights have no fixed step. */
  private stepOf({ description }: Model, step: number | undefined): number | undefined {
    return step ?? (this.store.isLive ? undefined : description.step);
  }

  private sourceOf(model: Model, set: SetChoice): PointSource {
    return new PointSource(this.host, model, set, this.store.state.draws, () => this.store.imagesArrived());
  }

  private async encode(
    model: Model,
    source: PointSource,
    at: number | undefined,
    loading: AbortController,
  ): Promise<void> {
    const { signal } = loading;
    const [verb, one, many] = model.encodes ? ['Encoding', 'image', 'images'] : ['Decoding', 'draw', 'draws'];
    const activity = `${verb} ${plural(source.count, one, many, source.count.toLocaleString('en-US'))}`;
    const prepared = await this.progress.during(activity, loading, async (report) => {
      const encoding = await source.latents(at, (done) => report(done / source.count), signal);
      report(1, 'Labels and statistics');
      return this.prepare({ model, source, at, encoding }, signal);
    });
    this.publish(prepared, signal);
  }

  /** A run sends the latents of test images, which are the first points of `test` and of `all`. */
  private followedSource(source: PointSource, model: Model): PointSource {
    if (source.points.choice !== 'train') return source;
    return (this.testSet ??= this.sourceOf(model, 'test'));
  }

  /** @throws RangeError if a latent is not finite */
  private async prepare(loaded: Loaded, signal: AbortSignal): Promise<Prepared> {
    const { latents, logVariances } = loaded.encoding;
    checkFinite(loaded.encoding);
    const prior = loaded.model.hasNormalPrior;
    const statistics = await runJob<'statistics'>({ kind: 'statistics', latents, logVariances, prior }, {}, signal);
    const labels = firstLabels(await loaded.source.labels(), latents.count);
    if (signal.aborted) throw cancelled();
    return { ...loaded, statistics, labels };
  }

  private publish(
    { model, source, encoding, at, statistics, labels }: Prepared,
    signal: AbortSignal,
    followed = false,
  ): void {
    if (signal.aborted) throw cancelled();
    const replaced = source !== this.source;
    if (replaced) {
      this.source?.dispose();
      [this.source, this.testSet] = [source, undefined];
      this.store.selection.reset(source.count);
    }
    // Without an encoder the images are decoded draws, which depend on the weights and the class.
    if (!model.encodes) source.images.forget();
    model.at = at;
    model.portrayal = encoding.generated && new Portrayal(encoding.generated);
    const { classes } = model.description;
    const { images, all } = source;
    const set = source.points.choice;
    const points: Points = {
      ...{ model, set, followed, encoding, images, all, labels, statistics },
      name: (index) => source.name(index),
      className: (index) => (labels && classes ? (classes[labels[index] ?? -1] ?? '') : undefined),
    };
    const { picked } = this.store.state;
    const kept = replaced ? [] : picked.filter((index) => index < encoding.latents.count);
    images.prefetch();
    this.store.update({ points, set, picked: kept.length === picked.length ? picked : kept });
  }
}

/** Labels of the first `count` points; the same array for the same arguments. */
function firstLabels(labels: Uint8Array | undefined, count: number): Uint8Array | undefined {
  if (!labels || labels.length === count) return labels;
  const known = shortened.get(labels);
  if (known?.length === count) return known;
  const first = labels.subarray(0, count);
  shortened.set(labels, first);
  return first;
}
const shortened = new WeakMap<Uint8Array, Uint8Array>();

/** @throws RangeError if the model has diverged: no projection could show its latents */
function checkFinite({ latents, step }: Encoding): void {
  const broken = brokenRows(latents);
  if (broken === 0) return;
  const [some, all] = [broken, latents.count].map((count) => count.toLocaleString('en-US'));
  throw new RangeError(
    `${some} of ${plural(latents.count, 'latent', 'latents', all)} ${broken === 1 ? 'is' : 'are'} not finite: the weights of step ${step} have diverged. Choose an earlier checkpoint.`,
  );
}
