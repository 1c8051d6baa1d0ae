import { Emitter } from '../../../src/common/emitter';
import type {
  HostToLatent,
  LatentExchanges,
  LatentSource,
  LatentToHost,
  LatentTraining,
  Saved,
} from '../../../src/protocol/latent';
import { Channel } from '../../shared/channel';

export type LatentsMessage = Extract<HostToLatent, { type: 'latents' }>;

/** The page's end of the channel to the host. */
export class LatentHost extends Channel<LatentExchanges, LatentToHost, HostToLatent> {
  private readonly sourced = new Emitter<LatentSource>();
  private readonly followed = new Emitter<LatentsMessage>();
  private readonly trained = new Emitter<LatentTraining>();
  readonly onSource = this.sourced.event;
  readonly onLatents = this.followed.event;
  readonly onTraining = this.trained.event;

  /** Starts listening and reports to the host that the page is ready. */
  start(): void {
    this.listen({
      source: ({ source }) => {
        this.recovery.succeeded();
        this.sourced.fire(source);
      },
      latents: (message) => this.followed.fire(message),
      training: (message) => this.trained.fire(message),
    });
  }

  /** Saves a file with the host's save dialog. Rejects with RequestError if that fails. */
  save(kind: 'csv' | 'png' | 'gif', name: string, bytes: Uint8Array): Promise<Saved> {
    return this.request('save', { kind, name: fileName(name), bytes });
  }

  /**
   * Saves PNG images in a folder that the host asks for.
   * @param of number of selected images, of which these are the first
   */
  saveImages(images: readonly { readonly name: string; readonly bytes: Uint8Array }[], of: number): Promise<Saved> {
    return this.request('saveImages', {
      of,
      images: images.map(({ name, bytes }) => ({ name: fileName(name), bytes })),
    });
  }
}

/** Reduces a name to the letters, digits and dashes that the host accepts. */
export function fileName(wanted: string): string {
  const kept = wanted.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return kept.slice(0, 80) || 'latents';
}
