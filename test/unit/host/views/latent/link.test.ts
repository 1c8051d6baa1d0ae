import { describe, expect, it } from 'vitest';
import { Deferred } from '../../../../../src/common/deferred';
import { Emitter } from '../../../../../src/common/emitter';
import { LatentLink, type LatentAsk } from '../../../../../src/host/views/latent/link';
import { LatentRequests } from '../../../../../src/host/views/latent/requests';
import type { ModelClient } from '../../../../../src/host/studio';
import type { LiveState } from '../../../../../src/protocol/control';
import type { HostToLatent, LatentSource, LatentTraining } from '../../../../../src/protocol/latent';

/** A process that notes what it is asked, and answers when the test says so. */
class FakeClient {
  readonly asked: { readonly method: string; readonly answer: Deferred<{ value: unknown; body: Uint8Array }> }[] = [];
  readonly emitters = {
    state: new Emitter<LiveState>(),
    latents: new Emitter<never>(),
    checkpoint: new Emitter<{ file: string; step: number }>(),
    close: new Emitter<string>(),
  };
  readonly onState = this.emitters.state.event;
  readonly onLatents = this.emitters.latents.event;
  readonly onCheckpoint = this.emitters.checkpoint.event;
  readonly onClose = this.emitters.close.event;
  disposed = false;

  constructor(public state: LiveState = live('running')) {}

  request(method: string): Promise<{ value: unknown; body: Uint8Array }> {
    const answer = new Deferred<{ value: unknown; body: Uint8Array }>();
    this.asked.push({ method, answer });
    return answer.promise;
  }

  dispose(): void {
    this.disposed = true;
    this.emitters.close.fire('disconnected');
  }

  get methods(): string[] {
    return this.asked.map(({ method }) => method);
  }

  get client(): ModelClient {
    return this as unknown as ModelClient;
  }
}

function live(status: LiveState['status']): LiveState {
  const zero = { step: 1, totalSteps: 1, stepsPerEpoch: 1, epoch: 1, stepsPerSecond: 1, secondsLeft: null };
  return { status, ...zero, metrics: {} };
}

function linked({ trainer, trusted = true }: { trainer?: FakeClient; trusted?: boolean } = {}) {
  const told: LatentSource['state'][] = [];
  const trained: LatentTraining[] = [];
  const inspectors: FakeClient[] = [];
  const world = { trainer, trusted, failure: undefined as Error | undefined };
  const link = new LatentLink({
    attach: () => Promise.resolve(world.trainer?.client),
    inspect: () => {
      if (world.failure) return Promise.reject(world.failure);
      const inspector = new FakeClient();
      inspectors.push(inspector);
      return Promise.resolve(inspector.client);
    },
    trusted: () => world.trusted,
    onState: (state) => told.push(state),
    onTraining: (training) => trained.push(training),
    onLatents: () => undefined,
    onCheckpoint: () => undefined,
  });
  return { link, told, trained, inspectors, world, kinds: () => told.map(({ kind }) => kind) };
}

const decode = (id: number, at?: number): LatentAsk => ({
  type: 'request',
  id,
  method: 'decode',
  parameters: { count: 1, at },
});
const encode = (id: number): LatentAsk => ({
  type: 'request',
  id,
  method: 'encode',
  parameters: { set: 'test', from: 0, count: 5 },
});

describe('what answers for a tab', () => {
  it('is the run while it lives, and an inspector of its newest checkpoint when it has ended', async () => {
    const trainer = new FakeClient(live('starting'));
    const { link, told, inspectors, world } = linked({ trainer });
    await link.connect();
    expect(told.at(-1)).toMatchObject({ kind: 'starting' });
    trainer.state = live('running');
    trainer.emitters.state.fire(trainer.state);
    expect(told.at(-1)).toEqual({ kind: 'ready', live: true });
    void link.request(decode(1)).catch(() => undefined);
    await expect.poll(() => trainer.methods).toEqual(['decode']);
    expect(inspectors).toHaveLength(0);

    world.trainer = undefined;
    trainer.emitters.close.fire('the trainer has ended');
    await expect.poll(() => told.at(-1)).toEqual({ kind: 'ready', live: false });
    void link.request(decode(2)).catch(() => undefined);
    await expect.poll(() => inspectors[0]?.methods).toEqual(['decode']);
    link.dispose();
    await expect.poll(() => inspectors[0]?.disposed).toBe(true);
  });

  it('says how far the run is, while it is what answers', async () => {
    const trainer = new FakeClient(live('starting'));
    const { link, trained } = linked({ trainer });
    await link.connect();
    expect(trained).toEqual([]);
    const turn = (status: LiveState['status'], step: number) => {
      trainer.state = { ...live(status), step };
      trainer.emitters.state.fire(trainer.state);
    };
    turn('running', 7);
    turn('running', 8);
    turn('paused', 9);
    expect(trained).toEqual([
      { step: 7, paused: false },
      { step: 8, paused: false },
      { step: 9, paused: true },
    ]);
    link.dispose();
    turn('running', 10);
    expect(trained).toHaveLength(3);
  });

  it('is an inspector beside the run for the weights of an earlier checkpoint', async () => {
    const trainer = new FakeClient();
    const { link, inspectors } = linked({ trainer });
    await link.connect();
    void link.request(decode(1, 469)).catch(() => undefined);
    await expect.poll(() => inspectors[0]?.methods).toEqual(['decode']);
    expect(trainer.methods).toEqual([]);
    // Its crash is no matter of the run's: the next such request starts another.
    inspectors[0]!.emitters.close.fire('killed');
    void link.request(decode(2, 469)).catch(() => undefined);
    await expect.poll(() => inspectors[1]?.methods).toEqual(['decode']);
    link.dispose();
    expect(trainer.disposed).toBe(true);
  });

  it('is nothing in an untrusted workspace, and nothing is started there', async () => {
    const { link, kinds, inspectors, world } = linked({ trusted: false });
    await link.connect();
    expect(kinds()).toEqual(['untrusted']);
    await expect(link.request(decode(1, 3))).rejects.toThrow('no process');
    expect(inspectors).toHaveLength(0);
    world.trusted = true;
    await link.connect();
    expect(kinds().at(-1)).toBe('ready');
  });

  it('says why it cannot be had, and comes back when it is asked for again', async () => {
    const { link, told, world, inspectors } = linked();
    world.failure = new Error('The run has no checkpoint yet.');
    await link.connect();
    expect(told.at(-1)).toEqual({ kind: 'problem', message: 'The run has no checkpoint yet.' });
    world.failure = undefined;
    await link.connect();
    inspectors[0]!.emitters.close.fire('the connection was closed');
    expect(told.at(-1)).toMatchObject({ kind: 'problem', message: expect.stringContaining('has ended') as string });
    await expect(link.request(decode(1))).rejects.toThrow('no process');
    await link.connect();
    expect(told.at(-1)).toEqual({ kind: 'ready', live: false });
  });

  it('ends with the tab also when it was still being started', async () => {
    const { link, inspectors } = linked();
    const connecting = link.connect();
    link.dispose();
    await connecting;
    await expect.poll(() => inspectors.every(({ disposed }) => disposed)).toBe(true);
  });

  it('keeps following with the next run', async () => {
    const trainer = new FakeClient();
    const { link, world } = linked({ trainer });
    await link.connect();
    link.follow({ count: 10, every: 5 });
    expect(trainer.methods).toEqual(['follow']);
    world.trainer = new FakeClient();
    await link.connect();
    expect(world.trainer.methods).toEqual(['follow']);
    link.follow({ count: 10, every: 0 });
    world.trainer = new FakeClient();
    await link.connect();
    expect(world.trainer.methods).toEqual([]);
  });
});

describe('requests of a page', () => {
  async function page() {
    const trainer = new FakeClient();
    const { link } = linked({ trainer });
    await link.connect();
    const posted: HostToLatent[] = [];
    const requests = new LatentRequests(link, (message) => posted.push(message));
    const answer = (place: number) =>
      trainer.asked[place]!.answer.resolve({ value: { count: place }, body: Buffer.from([place]) });
    return { trainer, requests, posted, answer };
  }

  it('are answered with what the model gave', async () => {
    const { trainer, requests, posted, answer } = await page();
    requests.take(decode(7));
    await expect.poll(() => trainer.asked.length).toBe(1);
    answer(0);
    await expect.poll(() => posted).toMatchObject([{ type: 'answer', id: 7, value: { count: 0 } }]);
    const { body } = posted[0] as Extract<HostToLatent, { type: 'answer' }>;
    expect([...body]).toEqual([0]);
  });

  it('go a few at a time, a dragged point before what fills the background', async () => {
    const { trainer, requests, answer } = await page();
    for (let id = 0; id < 10; id++) requests.take(encode(id));
    requests.take(decode(10));
    requests.take(decode(11));
    await expect.poll(() => trainer.methods).toEqual(Array.from({ length: 6 }, () => 'encode'));
    for (const place of [0, 1, 2]) answer(place);
    await expect.poll(() => trainer.methods.slice(6)).toEqual(['decode', 'decode', 'encode']);
  });

  it('can be cancelled while they wait, and are forgotten when the page starts anew', async () => {
    const { trainer, requests, posted, answer } = await page();
    for (let id = 0; id < 8; id++) requests.take(encode(id));
    requests.cancel(7);
    expect(posted).toMatchObject([{ type: 'failure', id: 7, code: 'cancelled' }]);
    requests.cancel(0);
    await expect.poll(() => trainer.methods.length).toBe(6);
    requests.forget();
    requests.take(decode(0));
    await expect.poll(() => trainer.methods.at(-1)).toBe('decode');
    answer(0); // to the page that is gone
    answer(6);
    await expect.poll(() => posted.length).toBe(2);
    expect(posted[1]).toMatchObject({ type: 'answer', id: 0, value: { count: 6 } });
  });

  it('fail with what the process says, or with that it is gone', async () => {
    const { trainer, requests, posted } = await page();
    requests.take(decode(1));
    requests.take(decode(2));
    await expect.poll(() => trainer.asked.length).toBe(2);
    trainer.asked[0]!.answer.reject(Object.assign(new Error('takes no labels'), { name: 'RequestError' }));
    trainer.asked[1]!.answer.reject(new Error('The trainer did not answer: it was killed.'));
    await expect
      .poll(() => posted)
      .toMatchObject([
        { type: 'failure', id: 1, code: 'refused', message: 'takes no labels' },
        { type: 'failure', id: 2, code: 'gone' },
      ]);
  });
});
