import { Emitter } from '../../../src/common/emitter';
import type { MethodOf } from '../../../src/protocol/channel';
import type {
  HostToLatent,
  LatentExchanges,
  LatentSource,
  LatentToHost,
  LatentTraining,
  Saved,
} from '../../../src/protocol/latent';
import { Channel, type EditorApi, type RequestOptions } from '../../shared/channel';
import { Recovery } from '../../shared/recovery';

export type LatentsMessage = Extract<HostToLatent, { type: 'latents' }>;

/** The view's end of the conversation with the host. */
export class LatentHost {
  private readonly sourced = new Emitter<LatentSource>();
  private readonly followed = new Emitter<LatentsMessage>();
  private readonly trained = new Emitter<LatentTraining>();
  readonly onSource = this.sourced.event;
  readonly onLatents = this.followed.event;
  readonly onTraining = this.trained.event;
  private readonly recovery = new Recovery(() => this.channel.ready());
  private readonly channel = new Channel<LatentExchanges, LatentToHost, HostToLatent>((reason) =>
    this.recovery.failed(reason),
  );

  /** What has to be said where asking for everything did not help. */
  get trouble(): HTMLElement {
    return this.recovery.node;
  }

  get editor(): EditorApi {
    return this.channel.editor;
  }

  /** Starts listening, and says so. */
  start(): void {
    this.channel.start({
      source: ({ source }) => {
        this.recovery.succeeded();
        this.sourced.fire(source);
      },
      latents: (message) => this.followed.fire(message),
      training: (message) => this.trained.fire(message),
    });
  }

  post(message: LatentToHost): void {
    this.channel.post(message);
  }

  /** Rejects with RequestError; with code `cancelled` as soon as a signal says so. */
  request<M extends MethodOf<LatentExchanges>>(
    method: M,
    parameters: LatentExchanges[M]['request'],
    options?: Pick<RequestOptions<never>, 'signal'>,
  ): Promise<LatentExchanges[M]['answer']> {
    return this.channel.request(method, parameters, options);
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
