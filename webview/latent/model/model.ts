import type { LatentDescription, LatentResults } from '../../../src/protocol/latent';
import { floatBytes, floats } from '../host/bytes';
import type { LatentHost } from '../host/latentHost';
import { priorDeviation, type DrawnPrior } from '../maths/priorDraws';
import { row, vectors, type Vectors } from '../maths/vectors';
import { latentsOf, type Encoding } from './encoding';
import { imagesOf, type Pixels } from './pixels';
import { Portrayal, PORTRAYAL_SIDE } from './portrayal';

/** Rows per request: half of the limit, so that a live run is interrupted only briefly. */
export const DECODED_A_REQUEST = 512;
export const REENCODED_A_REQUEST = 64;
/** Limit of an answer; large images take more requests. */
const MOST_DECODED_BYTES = 16 * 1024 * 1024;

/** Weights and labels of a request. */
interface Weights {
  readonly at: number | undefined;
  readonly labels?: number[];
}

/** Steps of the weights that decoded the first and the last latent: a live run trains between requests. */
type Steps = Pick<Encoding, 'first' | 'step'>;

/** Images, or pictures of points with their coordinates. */
export interface DecodedImages extends Steps {
  readonly images: Pixels[];
  /** Of a model of points: [count, size] */
  readonly points?: Vectors;
}

type Part = Pick<DecodedImages, 'images' | 'points' | 'step'>;

/** The explored model at one state of its weights. */
export class Model {
  /** Step of the checkpoint whose weights answer; undefined for the newest. */
  at: number | undefined;
  /** Makes the pictures of a model of points; undefined before its first points are generated. */
  portrayal: Portrayal | undefined;

  /** @param label the class to encode and decode as, for models that take labels */
  constructor(
    private readonly host: LatentHost,
    readonly description: LatentDescription,
    private readonly label: () => number,
  ) {}

  /** Number of latent dimensions; 0 for a model without a latent space. */
  get latent(): number {
    return this.description.capabilities.latent?.size ?? 0;
  }

  /** The kind of encoding; undefined for a model without an encoder. */
  get encodes(): 'gaussian' | 'point' | 'codes' | undefined {
    return this.description.capabilities.latent?.encodes ?? undefined;
  }

  /** Whether p(z) = N(0, I), so that decoded draws are samples. */
  get hasNormalPrior(): boolean {
    return this.description.capabilities.latent?.prior === 'normal';
  }

  /** The prior whose draws are the points of a model without an encoder; undefined for one that encodes. */
  get drawnPrior(): DrawnPrior | undefined {
    const { prior, encodes, decodes } = this.description.capabilities.latent ?? {};
    if (encodes || !decodes || !prior || prior === 'codebook') return undefined;
    return prior;
  }

  /** Standard deviation of each dimension of {@link drawnPrior}; undefined without it. */
  get priorDeviation(): number | undefined {
    return this.drawnPrior && priorDeviation(this.drawnPrior);
  }

  /** Whether it decodes to points rather than images. */
  get isOfPoints(): boolean {
    return this.description.imageShape === null;
  }

  /** Whether encoding and decoding take a label. */
  get isConditional(): boolean {
    return this.description.capabilities.classes !== 0;
  }

  get imageBytes(): number {
    const { imageShape } = this.description;
    if (imageShape === null) {
      if (this.encodes) throw new TypeError('The explorer shows encoded images, and this is a model of points.');
      return PORTRAYAL_SIDE * PORTRAYAL_SIDE;
    }
    const [height, width, channels] = imageShape;
    return height * width * channels;
  }

  /** One image for each latent. Throws {@link RequestError}. */
  async decode(latents: readonly ArrayLike<number>[]): Promise<Pixels[]> {
    return (await this.decodeAll(latents)).images;
  }

  /** The same with the steps of the weights. Throws {@link RequestError}. */
  async decodeAll(latents: readonly ArrayLike<number>[]): Promise<DecodedImages> {
    // All parts use the same checkpoint and class, even if another one is chosen meanwhile.
    const by = { at: this.at, ...this.labels };
    const parts: Part[] = [];
    const most = Math.max(1, Math.min(DECODED_A_REQUEST, Math.floor(MOST_DECODED_BYTES / this.imageBytes)));
    for (let from = 0; from < latents.length; from += most) {
      parts.push(await this.decodePart(latents.slice(from, from + most), by));
    }
    const images = parts.flatMap((part) => part.images);
    return { images, points: joined(parts.flatMap((part) => part.points ?? [])), ...stepsOfParts(parts) };
  }

  /**
   * The points that a model of points generates, [count, size], by the weights of a checkpoint or (undefined) the
   * newest. Throws {@link RequestError}.
   */
  async generate(
    latents: Vectors,
    at: number | undefined,
    progress: (done: number) => void,
    signal: AbortSignal,
  ): Promise<Steps & { readonly points: Vectors }> {
    const by = { at, ...this.labels };
    const parts: { points: Vectors; step: number }[] = [];
    for (let from = 0; from < latents.count; from += DECODED_A_REQUEST) {
      const to = Math.min(latents.count, from + DECODED_A_REQUEST);
      const rows = Array.from({ length: to - from }, (_, i) => row(latents, from + i));
      const { value, body } = await this.ask(rows, by, signal);
      parts.push({ points: pointsOf(value, body), step: value.step });
      progress(to);
    }
    return {
      points: joined(parts.map(({ points }) => points)) ?? vectors(new Float32Array(0), 2),
      ...stepsOfParts(parts),
    };
  }

  /**
   * The image of one latent, and the step of the weights that decoded it, which differs between requests to a live
   * run. Throws {@link RequestError}.
   */
  async decodeOne(latent: ArrayLike<number>): Promise<{ readonly image: Pixels | undefined; readonly step: number }> {
    const { images, step } = await this.decodePart([latent], { at: this.at, ...this.labels });
    return { image: images[0], step };
  }

  /** One latent for each of at most 64 images of the data set's shape. Throws {@link RequestError}. */
  async encodeImages(images: readonly Pixels[]): Promise<Encoding> {
    const body = new Uint8Array(images.length * this.imageBytes);
    images.forEach(({ data }, i) => body.set(data, i * this.imageBytes));
    const parameters = { count: images.length, at: this.at, ...this.labels, body };
    return latentsOf(await this.host.request('encodeImages', parameters));
  }

  private async decodePart(rows: readonly ArrayLike<number>[], by: Weights): Promise<Part> {
    const { value, body } = await this.ask(rows, by);
    const { step } = value;
    if ('height' in value) return { images: imagesOf(value, body), step };
    const points = pointsOf(value, body);
    const portrayal = this.portrayal ?? new Portrayal(points);
    return { images: Array.from(rows, (_, i) => portrayal.picture(row(points, i))), points, step };
  }

  private ask(rows: readonly ArrayLike<number>[], by: Weights, signal?: AbortSignal) {
    const parameters = { count: rows.length, ...by, body: floatBytes(rows) };
    return this.host.request('decode', parameters, { signal });
  }

  private get labels(): { readonly labels?: number[] } {
    return this.isConditional ? { labels: [this.label()] } : {};
  }
}

/** Coordinates of an answer. Throws RangeError for one whose length contradicts its shape. */
function pointsOf(value: LatentResults['decode'], body: Uint8Array): Vectors {
  if (!('size' in value) || body.byteLength !== 4 * value.count * value.size) {
    throw new RangeError('The length of the answer contradicts its shape.');
  }
  return vectors(floats(body, 0, value.count * value.size), value.size);
}

/** The rows of all parts; undefined without any. */
function joined(parts: readonly Vectors[]): Vectors | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return vectors(data, first.dimensions);
}

function stepsOfParts(parts: readonly { readonly step: number }[]): Steps {
  return { first: parts[0]?.step ?? 0, step: parts.at(-1)?.step ?? 0 };
}
