import { errorMessage } from '../../src/common/systemError';
import { isCancelled, type MethodOf } from '../../src/protocol/channel';
import type { HostToView, ViewExchanges, ViewToHost } from '../../src/protocol/views';
import { Channel } from './channel';
import type { RunsMessage } from './runStore';

export type InspectionMessage = Extract<HostToView, { type: 'inspection' }>;
/** The outcome of a user's action in the view. */
export type OutcomeMessage = InspectionMessage | Extract<HostToView, { type: 'notApplied' | 'acted' }>;

/** A value of the log that the host could not provide, or that cannot be drawn; the message is for users. */
export class ValueError extends Error {
  override name = 'ValueError';
}

const VALUE_TIMEOUT_MS = 15_000;

/**
 * While a view is being filled, drawing takes at most a fixed share of its time: every message brings more curves, and
 * redrawing all of them each time would take longer than fetching them.
 */
const FILLING_SHARE = 4;

/**
 * The view's end of the channel. Messages wait for the next frame and are then applied together; each is acknowledged
 * only after it was drawn, so that the host sends no more than this view can show. While the view is being filled, some
 * frames are skipped.
 */
export class Host extends Channel<ViewExchanges, ViewToHost, HostToView> {
  private readonly waiting: HostToView[] = [];
  private frame = 0;
  /** Whether a requested snapshot is pending; messages before it are ignored. */
  private outdated = false;
  /** Whether the host has more to send before the view is complete. */
  private filling = false;
  private drawn = { at: -Infinity, milliseconds: 0 };
  /** Everything since the snapshot could be applied. */
  private whole = true;

  /**
   * @param apply applies one message; if it returns a reason why it cannot, a snapshot is requested, once
   * @param draw called once per frame, after all messages of that frame
   * @param outcome receives the outcomes of the user's actions
   */
  constructor(
    private readonly apply: (message: RunsMessage) => string | undefined,
    private readonly draw: () => void,
    private readonly outcome: (message: OutcomeMessage) => void = () => undefined,
  ) {
    super();
  }

  /** Starts listening and reports to the host that the page is ready. */
  start(): void {
    const receive = (message: HostToView) => this.receive(message);
    this.listen({ snapshot: receive, delta: receive, inspection: receive, notApplied: receive, acted: receive });
  }

  override ready(): void {
    this.outdated = true;
    super.ready();
  }

  /** Draws with the next frame, for changes by the user and not by the host. */
  requestDraw(): void {
    this.frame ||= requestAnimationFrame(() => this.flush());
  }

  /** A value of a run's log. Rejects with {@link ValueError}, at the latest after 15 seconds. */
  async value<M extends MethodOf<ViewExchanges>>(
    method: M,
    parameters: ViewExchanges[M]['request'],
    unwanted?: AbortSignal,
  ): Promise<ViewExchanges[M]['answer']> {
    const patience = AbortSignal.timeout(VALUE_TIMEOUT_MS);
    try {
      const signal = unwanted === undefined ? patience : AbortSignal.any([patience, unwanted]);
      return await this.request(method, parameters, { signal });
    } catch (error) {
      throw new ValueError(isCancelled(error) ? 'The values did not arrive.' : errorMessage(error));
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
        if (isRuns(message)) this.note(message, this.apply(message));
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
}

function isRuns(message: HostToView): message is RunsMessage {
  return message.type === 'snapshot' || message.type === 'delta';
}
