import { Deferred } from '../../src/common/deferred';
import type { HostToView, ViewToHost } from '../../src/protocol/views';
import { listenToHost } from './hostMessages';
import { Recovery } from './recovery';
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
export type OutcomeMessage = InspectionMessage | Extract<HostToView, { type: 'notApplied' | 'acted' }>;
export type ReceivedImage = NonNullable<Extract<HostToView, { type: 'image' }>['image']>;

/** An image that the host could not give; the message is for people. */
export class ImageError extends Error {
  override name = 'ImageError';
}

const TYPES: readonly HostToView['type'][] = ['snapshot', 'delta', 'image', 'inspection', 'notApplied', 'acted'];
const IMAGE_TIMEOUT_MS = 15_000;

/**
 * While a view is being filled, drawing takes at most a fixed share of its time: every message brings more curves, and
 * to draw all of them for each would take longer than to fetch them.
 */
const FILLING_SHARE = 4;

/**
 * The view's end of the conversation. Messages wait for the next frame and are then applied together; each is
 * acknowledged only after it was drawn, so that the host sends no more than this view can show. Only while the host has
 * still more to say of what it knows some are not drawn each.
 */
export class Host {
  private readonly waiting: HostToView[] = [];
  private readonly requests = new Map<number, Deferred<ReceivedImage>>();
  private lastRequest = 0;
  private frame = 0;
  private readonly recovery = new Recovery(() => {
    this.outdated = true;
    this.post({ type: 'ready' });
  });
  /** A snapshot was asked for: what comes before it continues what is not there. */
  private outdated = false;
  /** More is to come of what the host knows. */
  private filling = false;
  private drawn = { at: -Infinity, milliseconds: 0 };
  /** Everything since the snapshot could be applied. */
  private whole = true;

  /**
   * @param apply takes one message in; where it says what cannot be applied, the host is asked for a snapshot, once
   * @param draw is called once a frame, after all messages of that frame
   * @param outcome takes what came of what the view asked for
   */
  constructor(
    readonly api: HostApi,
    private readonly apply: (message: RunsMessage) => string | undefined,
    private readonly draw: () => void,
    private readonly outcome: (message: OutcomeMessage) => void = () => undefined,
  ) {}

  static acquire(
    apply: (message: RunsMessage) => string | undefined,
    draw: () => void,
    outcome?: (message: OutcomeMessage) => void,
  ): Host {
    return new Host(acquireVsCodeApi(), apply, draw, outcome);
  }

  /** What has to be said where a snapshot did not help. */
  get trouble(): HTMLElement {
    return this.recovery.node;
  }

  /** Starts listening, and says so. */
  start(): void {
    listenToHost<HostToView>(
      TYPES,
      (message) => this.receive(message),
      (reason) => this.recovery.failed(reason),
    );
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
      for (const message of messages) {
        if (message.type === 'image') this.settle(message);
        else if (isRuns(message)) this.note(message, this.apply(message));
        else this.outcome(message);
      }
      this.drawUnlessFilling();
    } finally {
      for (const { sequence } of messages) this.post({ type: 'acknowledge', sequence });
    }
  }

  private drawUnlessFilling(): void {
    const begun = performance.now();
    const { at, milliseconds } = this.drawn;
    if (this.filling && begun - at < (FILLING_SHARE - 1) * milliseconds) return this.requestDraw();
    this.draw();
    const ended = performance.now();
    this.drawn = { at: ended, milliseconds: ended - begun };
  }

  private note({ type, complete }: RunsMessage, problem: string | undefined): void {
    this.filling = !complete;
    if (type === 'snapshot') [this.outdated, this.whole] = [false, true];
    if (this.outdated) return;
    if (problem !== undefined) {
      this.whole = false;
      this.recovery.failed(problem);
    } else if (complete && this.whole) {
      this.recovery.succeeded();
    }
  }

  private settle(message: Extract<HostToView, { type: 'image' }>): void {
    const answer = this.requests.get(message.request);
    if (message.image) answer?.resolve(message.image);
    else answer?.reject(new ImageError(message.problem ?? 'This image is no longer in the log.'));
  }
}

function isRuns(message: HostToView): message is RunsMessage {
  return message.type === 'snapshot' || message.type === 'delta';
}
