import { Deferred } from '../../../common/deferred';
import type { LatentAnswer, LatentMethod } from '../../../protocol/latent';
import type { LatentAsk, LatentLink } from './link';

/**
 * Maximum number of requests in flight. The process refuses more than 32 per client, and requests waiting here can be
 * canceled.
 */
const MOST_ASKED = 6;
/** Interactive requests go before background ones. */
const URGENT: readonly LatentMethod[] = ['decode', 'encodeImages', 'describe'];

interface Waiting {
  readonly urgent: boolean;
  readonly turn: Deferred<void>;
}

/** Queues requests of one page for the process that answers them. */
export class LatentRequests {
  private asked = 0;
  private readonly waiting: Waiting[] = [];

  constructor(private readonly link: Pick<LatentLink, 'request'>) {}

  /** Rejects with RequestError, or with the reason of `signal` if that is aborted before the request is sent. */
  async request(ask: LatentAsk, signal: AbortSignal): Promise<LatentAnswer<LatentMethod>> {
    await this.turn(URGENT.includes(ask.method), signal);
    try {
      return await this.link.request(ask);
    } finally {
      this.next();
    }
  }

  private async turn(urgent: boolean, signal: AbortSignal): Promise<void> {
    if (this.asked < MOST_ASKED) {
      this.asked += 1;
      return;
    }
    const waiting: Waiting = { urgent, turn: new Deferred<void>() };
    const place = urgent ? this.waiting.findIndex((other) => !other.urgent) : -1;
    this.waiting.splice(place === -1 ? this.waiting.length : place, 0, waiting);
    const leave = () => {
      const mine = this.waiting.indexOf(waiting);
      if (mine === -1) return;
      this.waiting.splice(mine, 1);
      waiting.turn.reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    await waiting.turn.promise.finally(() => signal.removeEventListener('abort', leave));
  }

  /** A finished request makes room for the next one in the queue. */
  private next(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.asked -= 1;
    else next.turn.resolve();
  }
}
