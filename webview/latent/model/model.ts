import type { LatentDescription } from '../../../src/protocol/latent';
import { floatBytes } from '../host/bytes';
import type { LatentHost } from '../host/latentHost';
import { latentsOf, type Encoding } from './encoding';
import { imagesOf, type Pixels } from './pixels';

/** Rows of a request: half of what one may have, so that a training in progress is not kept long. */
export const DECODED_A_REQUEST = 512;
export const REENCODED_A_REQUEST = 64;
/** Of an answer, so that large images come in more of them. */
const MOST_DECODED_BYTES = 16 * 1024 * 1024;

/** The model that is explored, at one state of its weights and with one label. */
export class Model {
  /** Step of the checkpoint whose weights answer; the newest without one. */
  at: number | undefined;
  /** Step of the weights that decoded last: those of a training go on while the points stay. */
  decodedBy: number | undefined;
  /** For models that take labels: the class that is decoded. */
  label = 0;

  constructor(
    private readonly host: LatentHost,
    readonly description: LatentDescription,
  ) {}

  /** How many dimensions the latents have; 0 for a model that neither encodes nor decodes. */
  get latent(): number {
    const { encode, decode } = this.description.abilities;
    return decode?.latent ?? encode?.latent ?? 0;
  }

  get imageBytes(): number {
    const [height, width, channels] = this.description.imageShape;
    return height * width * channels;
  }

  /** One image for each latent. Throws {@link RequestError}. */
  async decode(latents: readonly ArrayLike<number>[], signal?: AbortSignal): Promise<Pixels[]> {
    const images: Pixels[] = [];
    // All parts by the same weights and as the same class, whatever is chosen meanwhile.
    const by = { at: this.at, ...this.labels };
    const most = Math.max(1, Math.min(DECODED_A_REQUEST, Math.floor(MOST_DECODED_BYTES / this.imageBytes)));
    for (let from = 0; from < latents.length; from += most) {
      const rows = latents.slice(from, from + most);
      const parameters = { count: rows.length, ...by };
      const { value, body } = await this.host.request('decode', parameters, { body: floatBytes(rows), signal });
      images.push(...imagesOf(value, body));
      this.decodedBy = value.step;
    }
    return images;
  }

  /** One latent for each of at most 64 images of the data set's shape. Throws {@link RequestError}. */
  async encodeImages(images: readonly Pixels[]): Promise<Encoding> {
    const body = new Uint8Array(images.length * this.imageBytes);
    images.forEach(({ data }, i) => body.set(data, i * this.imageBytes));
    const parameters = { count: images.length, at: this.at, ...this.labels };
    return latentsOf(await this.host.request('encodeImages', parameters, { body }));
  }

  private get labels(): { readonly labels?: number[] } {
    return this.description.abilities.labels ? { labels: [this.label] } : {};
  }
}
