import type { LatentHost } from '../host/latentHost';
import { normalDraws, seededRandom } from '../maths/random';
import { vectors } from '../maths/vectors';
import { encode, MOST_NUMBERS, type Encoding } from './encoding';
import { ImageStore } from './imageStore';
import type { Model } from './model';
import { imagesOf, type Pixels } from './pixels';
import { PointSet, type SetChoice } from './pointSet';

/** The size of MNIST; further images are left out. */
export const MOST_POINTS = 70_000;
/** Draws from the prior that are the points of a model without an encoder. */
export const PRIOR_DRAWS = 1_000;
/** Limit of the cache of encodings by checkpoint. */
const KEPT_BYTES = 192 * 1024 * 1024;

/** The points of a model: their names, images and labels, and their latents at any checkpoint. */
export class PointSource {
  readonly images: ImageStore;
  readonly points: PointSet;
  private readonly encodings = new Map<number, Encoding>();
  private known: Promise<Uint8Array | undefined> | undefined;

  /** @param arrived called when images have arrived */
  constructor(
    private readonly host: LatentHost,
    private readonly model: Model,
    choice: SetChoice,
    arrived: () => void,
  ) {
    const { sets } = model.description;
    const most = Math.min(MOST_POINTS, Math.floor(MOST_NUMBERS / Math.max(1, model.latent)));
    this.points = new PointSet(choice, sets, most);
    this.images = new ImageStore(
      this.count,
      model.imageBytes,
      (begin, count) => (model.encodes ? this.ask(begin, count) : this.decoded(begin, count)),
      arrived,
    );
  }

  /** Number of images; the points are the first of them. */
  get all(): number {
    return this.model.encodes ? this.points.of(this.model.description.sets) : PRIOR_DRAWS;
  }

  get count(): number {
    return this.model.encodes ? this.points.count : PRIOR_DRAWS;
  }

  name(index: number): string {
    return this.model.encodes ? this.points.name(index) : `draw ${index}`;
  }

  /**
   * Latents of the points with the weights of a checkpoint, or the newest; draws from the prior without an encoder.
   * @throws RequestError if the model refuses, or `signal` cancels the request
   */
  async latents(at: number | undefined, progress: (done: number) => void, signal: AbortSignal): Promise<Encoding> {
    const { latent, encodes, description } = this.model;
    const { step } = description;
    if (!encodes) return { first: at ?? step, step: at ?? step, latents: draws(latent) };
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
    if (!classes || !this.model.encodes) return undefined;
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

  private async decoded(begin: number, count: number): Promise<Pixels[]> {
    const { data } = draws(this.model.latent);
    const size = this.model.latent;
    const rows = Array.from({ length: count }, (_, i) => data.subarray((begin + i) * size, (begin + i + 1) * size));
    return this.model.decode(rows);
  }
}

/** Draws from N(0, I), the same each time. */
function draws(latent: number): Encoding['latents'] {
  return vectors(Float32Array.from(normalDraws(PRIOR_DRAWS * latent, seededRandom(11))), latent);
}
