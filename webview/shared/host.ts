import { Deferred } from '../../src/common/deferred';
import type { HostToView, ViewToHost } from '../../src/protocol/views';
import type { RunsMessage } from './runStore';

/** What VS Code gives a webview, once, to talk to the extension and to remember its controls by. */
export interface HostApi {
  postMessage(message: ViewToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): HostApi;

export type InspectionMessage = Extract<HostToView, { type: 'inspection' }>;
/** What came of something that a person asked for in the view. */
export type OutcomeMessage = InspectionMessage | Extract<HostToView, { type: 'notApplied' }>;
export type ReceivedImage = NonNullable<Extract<HostToView, { type: 'image' }>['image']>;

/** An image that the host could not give; the message is for people. */
export class ImageError extends Error {
  override name = 'ImageError';
}

const TYPES: readonly HostToView['type'][] = ['snapshot', 'delta', 'image', 'inspection', 'notApplied'];
const IMAGE_TIMEOUT_MS = 15_000;

/**
 * The view's end of the conversation. Messages wait for the next frame and are then applied together; each is
 * acknowledged only after it was drawn, so that the host sends no more than this view can show.
 */
export class Host {
  private readonly waiting: HostToView[] = [];
  private readonly requests = new Map<number, Deferred<ReceivedImage>>();
  private lastRequest = 0;
  private frame = 0;

  /**
   * @param apply takes one message in; false asks the host for a snapshot
   * @param draw is called once a frame, after all messages of that frame
   * @param outcome takes what came of what the view asked for
   */
  constructor(
    readonly api: HostApi,
    private readonly apply: (message: RunsMessage) => boolean,
    private readonly draw: () => void,
    private readonly outcome: (message: OutcomeMessage) => void = () => undefined,
  ) {}

  static acquire(
    apply: (message: RunsMessage) => boolean,
    draw: () => void,
    outcome?: (message: OutcomeMessage) => void,
  ): Host {
    return new Host(acquireVsCodeApi(), apply, draw, outcome);
  }

  /** Starts listening, and says so. */
  start(): void {
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (isHostMessage(event.data)) this.receive(event.data);
    });
    this.post({ type: 'ready' });
  }

  post(message: ViewToHost): void {
    this.api.postMessage(message);
  }

  /** Draws with the next frame, for changes that came from the person and not from the host. */
  requestDraw(): void {
    this.frame ||= requestAnimationFrame(() => this.flush());
  }

  /** The image that `run` logged as `tag` at `step`. Rejects with {@link ImageError}, at the latest after 15 seconds. */
  async image(run: string, tag: string, step: number): Promise<ReceivedImage> {
    const request = ++this.lastRequest;
    const answer = new Deferred<ReceivedImage>();
    this.requests.set(request, answer);
    const timer = setTimeout(() => answer.reject(new ImageError('The image did not arrive.')), IMAGE_TIMEOUT_MS);
    this.post({ type: 'image', request, run, tag, step });
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.requests.delete(request);
    }
  }

  private receive(message: HostToView): void {
    this.waiting.push(message);
    this.requestDraw();
  }

  private flush(): void {
    this.frame = 0;
    const messages = this.waiting.splice(0);
    try {
      let whole = true;
      for (const message of messages) {
        if (message.type === 'image') this.settle(message);
        else if (message.type === 'inspection' || message.type === 'notApplied') this.outcome(message);
        else whole = this.apply(message) && whole;
      }
      if (!whole) this.post({ type: 'ready' });
      this.draw();
    } finally {
      for (const { sequence } of messages) this.post({ type: 'acknowledge', sequence });
    }
  }

  private settle(message: Extract<HostToView, { type: 'image' }>): void {
    const answer = this.requests.get(message.request);
    if (message.image) answer?.resolve(message.image);
    else answer?.reject(new ImageError(message.problem ?? 'This image is no longer in the log.'));
  }
}

function isHostMessage(data: unknown): data is HostToView {
  if (typeof data !== 'object' || data === null) return false;
  const { sequence, type } = data as Partial<HostToView>;
  return typeof sequence === 'number' && type !== undefined && TYPES.includes(type);
}
