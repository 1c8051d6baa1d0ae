import { plural } from '../../../src/common/plural';
import { cancelled } from '../../../src/protocol/channel';
import type { LatentDescription } from '../../../src/protocol/latent';
import { Latest } from '../host/latest';
import type { LatentHost, LatentsMessage } from '../host/latentHost';
import { brokenRows } from '../maths/vectors';
import { runJob } from '../projections/jobs';
import { latentsOf, type Encoding } from './encoding';
import { PointSource } from './loader';
import { Model } from './model';
import type { SetChoice } from './pointSet';
import type { Selection } from './selection';
import type { Explored } from './state';

/** As many images of the test set as are followed in a run, and how often. */
const FOLLOW = { count: 1_000, every: 100 };

export interface ExploringListener {
  /** Does work whose progress is shown, and which a person may cancel. */
  during<T>(
    words: string,
    controller: AbortController,
    work: (report: (share: number, words?: string) => void) => Promise<T>,
  ): Promise<T>;
  /** What the model is and can do is known; its points are not yet there. */
  described(description: LatentDescription): void;
  /** There are points, or others than before. */
  explored(explored: Explored): Promise<void>;
  imagesArrived(): void;
  /** A state of a run that is followed could not be shown. */
  failed(error: unknown): void;
}

/** Points of a model as it is at one checkpoint, not yet shown. */
interface Loaded {
  readonly model: Model;
  readonly points: PointSource;
  readonly encoding: Encoding;
  readonly at: number | undefined;
}

interface Prepared extends Loaded, Pick<Explored, 'labels' | 'statistics'> {}

/**
 * What is explored, and how it becomes something else: another data set, another checkpoint, the next state of a run.
 * What was explored stays until all of the new is there, so that points, pictures, labels and weights always belong together.
 */
export class Exploring {
  private loading = new AbortController();
  private current: Explored | undefined;
  private points: PointSource | undefined;
  /** Of the test set, for a run that is followed while the training set is shown. */
  private sample: PointSource | undefined;
  private following = false;
  private readonly followed = new Latest<LatentsMessage>((message) => this.takeFollowed(message));

  constructor(
    private readonly host: LatentHost,
    private readonly selection: Selection,
    private readonly listener: ExploringListener,
  ) {
    host.onLatents((message) => this.following && this.followed.want(message));
  }

  get explored(): Explored | undefined {
    return this.current;
  }

  get set(): SetChoice | undefined {
    return this.points?.points.choice;
  }

  get isFollowing(): boolean {
    return this.following;
  }

  /**
   * Everything from the beginning: what the model is, its points, and what they look like.
   * @param step of the checkpoint whose weights are meant; undefined: those that the model has
   * @param live whether they are those of a run, which move
   * @returns false where something else was begun meanwhile
   * @throws RequestError and what else went wrong, or was cancelled
   */
  load(set: SetChoice, step: number | undefined, live: boolean): Promise<boolean> {
    return this.newest(async (loading) => {
      const { signal } = loading;
      const { value: description } = await this.listener.during('Looking at the model', loading, () =>
        this.host.request('describe', {}, { signal }),
      );
      const model = new Model(this.host, description);
      model.label = this.current?.model.label ?? 0;
      this.listener.described(description);
      const points = new PointSource(this.host, model, set, () => this.listener.imagesArrived());
      const at = step ?? (live ? undefined : description.step);
      try {
        await this.encode(model, points, at, loading);
      } finally {
        if (this.points !== points) points.dispose();
      }
    });
  }

  /** The same points by the weights at a checkpoint. @see load */
  goTo(step: number | undefined, live: boolean): Promise<boolean> {
    const { points, current } = this;
    if (!points || !current) return Promise.resolve(false);
    const { model } = current;
    const at = step ?? (live ? undefined : model.description.step);
    return this.newest((loading) => this.encode(model, points, at, loading));
  }

  /** Begins or ends to show what a run sends of itself. */
  follow(on: boolean): void {
    this.following = on;
    this.host.post({ type: 'follow', count: FOLLOW.count, every: on ? FOLLOW.every : 0 });
    // Until there are points there is nothing that could move.
    if (on && this.current) this.restart();
  }

  /** The run has ended, and with it what is sent. */
  endFollowing(): void {
    this.following = false;
  }

  pick(picked: readonly number[]): void {
    if (this.current) this.current = { ...this.current, picked };
  }

  /** Only what was begun last comes to its end. */
  private async newest(work: (loading: AbortController) => Promise<void>): Promise<boolean> {
    const loading = this.restart();
    try {
      await work(loading);
    } catch (error) {
      if (this.loading === loading) throw error;
    }
    return this.loading === loading;
  }

  private restart(): AbortController {
    this.loading.abort();
    return (this.loading = new AbortController());
  }

  private async encode(
    model: Model,
    points: PointSource,
    at: number | undefined,
    loading: AbortController,
  ): Promise<void> {
    const { signal } = loading;
    const words = `Encoding ${plural(points.count, 'image', 'images', points.count.toLocaleString('en-US'))}`;
    const loaded = { model, points, at };
    const prepared = await this.listener.during(words, loading, async (report) => {
      const encoding = await points.latents(at, (done) => report(done / points.count), signal);
      report(1, 'Labels and statistics');
      return this.prepare({ ...loaded, encoding }, signal);
    });
    await this.explore(prepared, signal);
  }

  /** The run has encoded its sample again. */
  private async takeFollowed(message: LatentsMessage): Promise<void> {
    const { current } = this;
    if (!this.following || !current || !this.points) return;
    const { signal } = this.restart();
    try {
      await this.explore(
        await this.prepare(
          {
            model: current.model,
            points: this.followedPoints(this.points, current.model),
            encoding: latentsOf({ value: message, body: message.body }),
            at: undefined,
          },
          signal,
        ),
        signal,
      );
    } catch (error) {
      if (!signal.aborted) this.listener.failed(error);
    }
  }

  /** The sample is of the test set, which is where the points of `test` and of `all` begin. */
  private followedPoints(points: PointSource, model: Model): PointSource {
    if (points.points.choice !== 'train') return points;
    return (this.sample ??= new PointSource(this.host, model, 'test', () => this.listener.imagesArrived()));
  }

  /** What an encoding needs to be explored. @throws RangeError where it holds what is no number */
  private async prepare(loaded: Loaded, signal: AbortSignal): Promise<Prepared> {
    const { latents, logVariances } = loaded.encoding;
    checkFinite(loaded.encoding);
    const prior = loaded.model.hasNormalPrior;
    const statistics = await runJob<'statistics'>({ kind: 'statistics', latents, logVariances, prior }, {}, signal);
    const labels = ofPoints(await loaded.points.labels(), latents.count);
    if (signal.aborted) throw cancelled();
    return { ...loaded, statistics, labels };
  }

  /** Makes an encoding what is explored. */
  private async explore(
    { model, points, encoding, at, statistics, labels }: Prepared,
    signal: AbortSignal,
  ): Promise<void> {
    const { latents } = encoding;
    if (signal.aborted) throw cancelled();
    const others = points !== this.points;
    if (others) {
      this.points?.dispose();
      [this.points, this.sample] = [points, undefined];
      this.selection.reset(points.count);
    }
    // Without an encoder the pictures are what is decoded, and others with other weights.
    if (!model.encodes && model.at !== at) points.images.forget();
    model.at = at;
    const picked = (others ? [] : (this.current?.picked ?? [])).filter((index) => index < latents.count);
    const { classes } = model.description;
    const className = (index: number) => (labels && classes ? (classes[labels[index] ?? -1] ?? '') : undefined);
    const name = (index: number) => points.name(index);
    const { images, all } = points;
    const { selection } = this;
    this.current = { model, encoding, images, all, labels, selection, statistics, picked, name, className };
    images.prefetch();
    await this.listener.explored(this.current);
  }
}

/** Labels of the first so many points; the same array each time. */
function ofPoints(labels: Uint8Array | undefined, count: number): Uint8Array | undefined {
  if (!labels || labels.length === count) return labels;
  const known = cut.get(labels);
  if (known?.length === count) return known;
  const first = labels.subarray(0, count);
  cut.set(labels, first);
  return first;
}
const cut = new WeakMap<Uint8Array, Uint8Array>();

/** A model that has diverged has latents that no projection could show. */
function checkFinite({ latents, step }: Encoding): void {
  const broken = brokenRows(latents);
  if (broken === 0) return;
  const [some, all] = [broken, latents.count].map((count) => count.toLocaleString('en-US'));
  throw new RangeError(
    `${some} of ${plural(latents.count, 'latent', 'latents', all)} ${broken === 1 ? 'is' : 'are'} not finite: the weights of step ${step} have diverged. Choose an earlier checkpoint.`,
  );
}
