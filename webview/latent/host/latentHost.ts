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

/** The view's end of the conversation with the host. */
export class LatentHost extends Channel<LatentExchanges, LatentToHost, HostToLatent> {
  private readonly sourced = new Emitter<LatentSource>();
  private readonly followed = new Emitter<LatentsMessage>();
  private readonly trained = new Emitter<LatentTraining>();
  readonly onSource = this.sourced.event;
  readonly onLatents = this.followed.event;
  readonly onTraining = this.trained.event;

  /** Starts listening, and says so. */
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

  /** Hands a file to the host's save dialog. Rejects with RequestError where it could not be saved. */
  save(kind: 'csv' | 'png' | 'gif', name: string, bytes: Uint8Array): Promise<Saved> {
    return this.request('save', { kind, name: fileName(name), bytes });
  }

  /** Hands images (PNG) to the host, which asks for a folder. @param of how many were selected, of which they are the first */
  saveImages(images: readonly { readonly name: string; readonly bytes: Uint8Array }[], of: number): Promise<Saved> {
    return this.request('saveImages', {
      of,
      images: images.map(({ name, bytes }) => ({ name: fileName(name), bytes })),
    });
  }
}

/** As the host accepts it: letters, digits and dashes. */
export function fileName(wanted: string): string {
  const kept = wanted.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return kept.slice(0, 80) || 'latents';
}
