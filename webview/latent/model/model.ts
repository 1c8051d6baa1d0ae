import type { LatentDescription } from '../../../src/protocol/latent';
import { floatBytes } from '../host/bytes';
import type { LatentHost } from '../host/latentHost';
import { latentsOf, type Encoding } from './encoding';
import { imagesOf, type Pixels } from './pixels';

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

/** Images, and the steps of the weights that decoded the first and the last one: a live run trains between requests. */
export interface DecodedImages extends Pick<Encoding, 'first' | 'step'> {
  readonly images: Pixels[];
}

/** The explored model at one state of its weights. */
export class Model {
  /** Step of the checkpoint whose weights answer; undefined for the newest. */
  at: number | undefined;
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

  /** Whether encoding and decoding take a label. */
  get isConditional(): boolean {
    return this.description.capabilities.classes !== 0;
  }

  get imageBytes(): number {
    const { imageShape } = this.description;
    if (imageShape === null) throw new TypeError('The explorer shows images, and this is a model of points.');
    const [height, width, channels] = imageShape;
    return height * width * channels;
  }

  /** One image for each latent. Throws {@link RequestError}. */
  async decode(latents: readonly ArrayLike<number>[]): Promise<Pixels[]> {
    return (await this.decodeAll(latents)).images;
  }

  /** The same with the steps of the weights. Throws {@link RequestError}. */
  async decodeAll(latents: readonly ArrayLike<number>[]): Promise<DecodedImages> {
    const images: Pixels[] = [];
    const steps: number[] = [];
    // All parts use the same checkpoint and class, even if another one is chosen meanwhile.
    const by = { at: this.at, ...this.labels };
    const most = Math.max(1, Math.min(DECODED_A_REQUEST, Math.floor(MOST_DECODED_BYTES / this.imageBytes)));
    for (let from = 0; from < latents.length; from += most) {
      const part = await this.decodePart(latents.slice(from, from + most), by);
      images.push(...part.images);
      steps.push(part.step);
    }
    return { images, first: steps[0] ?? 0, step: steps.at(-1) ?? 0 };
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

  private async decodePart(rows: readonly ArrayLike<number>[], by: Weights) {
    const parameters = { count: rows.length, ...by, body: floatBytes(rows) };
    const { value, body } = await this.host.request('decode', parameters);
    return { images: imagesOf(value, body), step: value.step };
  }

  private get labels(): { readonly labels?: number[] } {
    return this.isConditional ? { labels: [this.label()] } : {};
  }
}
