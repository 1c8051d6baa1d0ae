import type { HostToLatent, LatentMethod } from '../../../protocol/latent';
import { GoneError, type Answered, type LatentAsk, type LatentLink } from './link';

/** So many are with the process at a time. It refuses more than 32 of a client, and what waits here can be cancelled. */
const MOST_ASKED = 6;
/** So many may wait; a page that asks for more does not look at what it gets. */
const MOST_WAITING = 256;
/** What a hand is waiting for: it goes before what fills the background. */
const URGENT: readonly LatentMethod[] = ['decode', 'encodeImages', 'describe'];

/** The requests of a page, on their way to what answers them and back. */
export class LatentRequests {
  private readonly asked = new Set<number>();
  private waiting: LatentAsk[] = [];
  /** A page that starts anew forgets what it asked; its numbers begin again. */
  private page = 0;

  constructor(
    private readonly link: Pick<LatentLink, 'request'>,
    private readonly post: (message: HostToLatent) => void,
  ) {}

  /** The page starts anew. */
  forget(): void {
    this.page += 1;
    this.asked.clear();
    this.waiting = [];
  }

  take(ask: LatentAsk): void {
    if (this.waiting.length >= MOST_WAITING)
      return this.fail(ask.id, 'refused', 'Too many requests wait for an answer.');
    const urgent = URGENT.includes(ask.method);
    const place = urgent ? this.waiting.findIndex(({ method }) => !URGENT.includes(method)) : -1;
    this.waiting.splice(place === -1 ? this.waiting.length : place, 0, ask);
    this.next();
  }

  /** What is on its way is answered all the same. */
  cancel(id: number): void {
    const place = this.waiting.findIndex((ask) => ask.id === id);
    if (place === -1) return;
    this.waiting.splice(place, 1);
    this.fail(id, 'cancelled', 'Cancelled.');
  }

  private next(): void {
    while (this.asked.size < MOST_ASKED) {
      const ask = this.waiting.shift();
      if (ask === undefined) return;
      this.asked.add(ask.id);
      void this.answer(ask, this.page);
    }
  }

  private async answer(ask: LatentAsk, page: number): Promise<void> {
    const outcome = await this.outcome(ask);
    if (page !== this.page) return;
    this.asked.delete(ask.id);
    if (outcome instanceof Error) {
      const refused = outcome.name === 'RequestError';
      this.fail(ask.id, refused ? 'refused' : 'gone', outcome.message);
    } else {
      this.post({ type: 'answer', id: ask.id, value: outcome.value, body: outcome.body });
    }
    this.next();
  }

  private async outcome(ask: LatentAsk): Promise<Answered | Error> {
    try {
      return await this.link.request(ask);
    } catch (error) {
      return error instanceof Error ? error : new GoneError(String(error));
    }
  }

  private fail(id: number, code: Extract<HostToLatent, { type: 'failure' }>['code'], message: string): void {
    this.post({ type: 'failure', id, code, message });
  }
}
