import type { LatentHost } from '../host/latentHost';
import { MOST_DRAWS, priorDraws, type Draws } from '../maths/priorDraws';
import { row, type Vectors } from '../maths/vectors';
import { encode, MOST_NUMBERS, type Encoding } from './encoding';
import { ImageStore } from './imageStore';
import type { Model } from './model';
import { imagesOf, type Pixels } from './pixels';
import { PointSet, type SetChoice } from './pointSet';

/** The size of MNIST; further images are left out. */
export const MOST_POINTS = 70_000;
/** Limit of the cache of encodings by checkpoint. */
const KEPT_BYTES = 192 * 1024 * 1024;

/** The points of a model: their names, images and labels, and their latents at any checkpoint. */
export class PointSource {
  readonly images: ImageStore;
  readonly points: PointSet;
  /** The draws from its prior that are the points of a model without an encoder. */
  private readonly drawn: Vectors | undefined;
  /** What a model of points made of them last, [count, size]. */
  private generated: Vectors | undefined;
  private readonly encodings = new Map<number, Encoding>();
  private known: Promise<Uint8Array | undefined> | undefined;

  /** @param arrived called when images have arrived */
  constructor(
    private readonly host: LatentHost,
    private readonly model: Model,
    choice: SetChoice,
    draws: Draws,
    arrived: () => void,
  ) {
    const { sets } = model.description;
    const most = Math.min(MOST_POINTS, Math.floor(MOST_NUMBERS / Math.max(1, model.latent)));
    this.points = new PointSet(choice, sets, most);
    this.drawn = drawsOf(model, { ...draws, count: Math.min(draws.count, MOST_DRAWS, most) });
    this.images = new ImageStore(
      this.count,
      model.imageBytes,
      (begin, count) => (this.drawn ? this.decoded(this.drawn, begin, count) : this.ask(begin, count)),
      arrived,
    );
  }

  /** Number of images; the points are the first of them. */
  get all(): number {
    return this.drawn?.count ?? this.points.of(this.model.description.sets);
  }

  get count(): number {
    return this.drawn?.count ?? this.points.count;
  }

  name(index: number): string {
    return this.drawn ? `draw ${index}` : this.points.name(index);
  }

  /**
   * Latents of the points with the weights of a checkpoint, or the newest; draws from the prior without an encoder.
   * @throws RequestError if the model refuses, or `signal` cancels the request
   */
  async latents(at: number | undefined, progress: (done: number) => void, signal: AbortSignal): Promise<Encoding> {
    const { latent, encodes } = this.model;
    if (this.drawn) return this.decodedDraws(this.drawn, at, progress, signal);
    const known = at === undefined ? undefined : this.encodings.get(at);
    if (known) return known;
    const encoding = await encode(
      this.host,
      this.points,
      { latent, variance: encodes === 'gaussian' },
      at,
      progress,
      signal,
    );
    if (at !== undefined) this.keep(at, encoding);
    return encoding;
  }

  /** One label per point; undefined if images have none. Requested once. */
  labels(): Promise<Uint8Array | undefined> {
    if (!this.known) {
      this.known = this.readLabels();
      this.known.catch(() => (this.known = undefined));
    }
    return this.known;
  }

  dispose(): void {
    this.images.dispose();
    this.encodings.clear();
  }

  private async readLabels(): Promise<Uint8Array | undefined> {
    const { classes } = this.model.description;
    if (!classes || this.drawn) return undefined;
    const labels = new Uint8Array(this.count);
    for (const { set, row, index, count } of this.points.ranges(0, this.count, MOST_POINTS)) {
      const { body } = await this.host.request('labels', { set });
      labels.set(body.subarray(row, row + count), index);
    }
    return labels;
  }

  private keep(at: number, encoding: Encoding): void {
    this.encodings.set(at, encoding);
    const bytes = ({ latents, logVariances }: Encoding) => latents.data.byteLength + (logVariances?.byteLength ?? 0);
    let kept = [...this.encodings.values()].reduce((sum, each) => sum + bytes(each), 0);
    for (const [step, each] of this.encodings) {
      if (kept <= KEPT_BYTES || step === at) break;
      this.encodings.delete(step);
      kept -= bytes(each);
    }
  }

  private async ask(begin: number, count: number): Promise<Pixels[]> {
    const images: Pixels[] = [];
    for (const part of this.points.ranges(begin, begin + count, count)) {
      const { value, body } = await this.host.request('images', {
        set: part.set,
        rows: { from: part.row, count: part.count },
      });
      images.push(...imagesOf(value, body));
    }
    return images;
  }

  /** The draws with the weights that decode them; those of a model of points are generated at once. */
  private async decodedDraws(
    latents: Vectors,
    at: number | undefined,
    progress: (done: number) => void,
    signal: AbortSignal,
  ): Promise<Encoding> {
    if (this.model.isOfPoints) {
      const { points, first, step } = await this.model.generate(latents, at, progress, signal);
      this.generated = points;
      return { first, step, latents, generated: points };
    }
    // A live run has trained since it was described.
    const step = at ?? (await this.host.request('describe', {}, { signal })).value.step;
    return { first: step, step, latents };
  }

  private async decoded(drawn: Vectors, begin: number, count: number): Promise<Pixels[]> {
    const rows = (of: Vectors) => Array.from({ length: count }, (_, i) => row(of, begin + i));
    const { generated, model } = this;
    if (!generated || !model.portrayal) return model.decode(rows(drawn));
    const { portrayal } = model;
    return rows(generated).map((point) => portrayal.picture(point));
  }
}

/** @throws RangeError for a model that neither encodes nor has a prior to draw from */
function drawsOf(model: Model, draws: Draws): Vectors | undefined {
  if (model.encodes) return undefined;
  const prior = model.drawnPrior;
  if (!prior) throw new RangeError('The model has neither an encoder nor a prior whose draws could be shown.');
  return priorDraws(prior, draws, model.latent);
}
