import { describe, expect, it } from 'vitest';
import { Deferred } from '../../../../../src/common/deferred';
import { Emitter } from '../../../../../src/common/emitter';
import { LatentLink, type LatentAsk } from '../../../../../src/host/views/latent/link';
import { LatentRequests } from '../../../../../src/host/views/latent/requests';
import { LatentTab } from '../../../../../src/host/views/latent/tab';
import type { ModelClient } from '../../../../../src/host/studio';
import { RequestError, type ToPage } from '../../../../../src/protocol/channel';
import type { LiveState } from '../../../../../src/protocol/control';
import type { HostToLatent, LatentExchanges, LatentSource, LatentTraining } from '../../../../../src/protocol/latent';

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

const body = new Uint8Array(4);
const decode = (at?: number): LatentAsk => ({ method: 'decode', parameters: { count: 1, at, body } });
const encode: LatentAsk = { method: 'encode', parameters: { set: 'test', from: 0, count: 5 } };

describe('what answers for a tab', () => {
  it('is the run while it lives, and an inspector of its newest checkpoint when it has ended', async () => {
    const trainer = new FakeClient(live('starting'));
    const { link, told, inspectors, world } = linked({ trainer });
    await link.connect();
    expect(told.at(-1)).toMatchObject({ kind: 'starting' });
    trainer.state = live('running');
    trainer.emitters.state.fire(trainer.state);
    expect(told.at(-1)).toEqual({ kind: 'ready', live: true });
    void link.request(decode()).catch(() => undefined);
    await expect.poll(() => trainer.methods).toEqual(['decode']);
    expect(inspectors).toHaveLength(0);

    world.trainer = undefined;
    trainer.emitters.close.fire('the trainer has ended');
    await expect.poll(() => told.at(-1)).toEqual({ kind: 'ready', live: false });
    void link.request(decode()).catch(() => undefined);
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
    void link.request(decode(469)).catch(() => undefined);
    await expect.poll(() => inspectors[0]?.methods).toEqual(['decode']);
    expect(trainer.methods).toEqual([]);
    // Its crash is no matter of the run's: the next such request starts another.
    inspectors[0]!.emitters.close.fire('killed');
    void link.request(decode(469)).catch(() => undefined);
    await expect.poll(() => inspectors[1]?.methods).toEqual(['decode']);
    link.dispose();
    expect(trainer.disposed).toBe(true);
  });

  it('is nothing in an untrusted workspace, and nothing is started there', async () => {
    const { link, kinds, inspectors, world } = linked({ trusted: false });
    await link.connect();
    expect(kinds()).toEqual(['untrusted']);
    await expect(link.request(decode())).rejects.toThrow('No process');
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
    await expect(link.request(decode())).rejects.toThrow('No process');
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
    const requests = new LatentRequests(link);
    const controllers: AbortController[] = [];
    /** How each request has ended, by its place; a request that was cancelled says why. */
    const ended = new Map<number, unknown>();
    const ask = (what: LatentAsk) => {
      const [place, controller] = [controllers.length, new AbortController()];
      controllers.push(controller);
      requests.request(what, controller.signal).then(
        (answer) => ended.set(place, answer),
        (error: unknown) => ended.set(place, error),
      );
    };
    const answer = (place: number) =>
      trainer.asked[place]!.answer.resolve({ value: { count: place }, body: Buffer.from([place]) });
    return { trainer, ask, answer, ended, controllers };
  }

  it('are answered with what the model gave', async () => {
    const { trainer, ask, answer, ended } = await page();
    ask(decode());
    await expect.poll(() => trainer.asked.length).toBe(1);
    answer(0);
    await expect.poll(() => ended.get(0)).toEqual({ value: { count: 0 }, body: Buffer.from([0]) });
  });

  it('go a few at a time, a dragged point before what fills the background', async () => {
    const { trainer, ask, answer } = await page();
    for (let i = 0; i < 10; i++) ask(encode);
    ask(decode());
    ask(decode());
    await expect.poll(() => trainer.methods).toEqual(Array.from({ length: 6 }, () => 'encode'));
    for (const place of [0, 1, 2]) answer(place);
    await expect.poll(() => trainer.methods.slice(6)).toEqual(['decode', 'decode', 'encode']);
  });

  it('can be cancelled while they wait, and the process is not asked then', async () => {
    const { trainer, ask, answer, ended, controllers } = await page();
    for (let i = 0; i < 8; i++) ask(encode);
    await expect.poll(() => trainer.asked.length).toBe(6);
    controllers[6]!.abort(new RequestError('Cancelled.', 'cancelled'));
    await expect.poll(() => ended.get(6)).toMatchObject({ code: 'cancelled' });
    // One that is with the process keeps its place until that has answered.
    controllers[0]!.abort();
    ask(decode());
    expect(trainer.asked).toHaveLength(6);
    answer(0);
    await expect.poll(() => trainer.methods.slice(6)).toEqual(['decode']);
    answer(6);
    await expect.poll(() => trainer.methods.slice(7)).toEqual(['encode']);
    answer(7);
    await expect.poll(() => ended.get(7)).toMatchObject({ value: { count: 7 } });
  });

  it('fail with what the process says, or with that it is gone', async () => {
    const { trainer, ask, ended } = await page();
    ask(decode());
    ask(decode());
    await expect.poll(() => trainer.asked.length).toBe(2);
    trainer.asked[0]!.answer.reject(new RequestError('takes no labels', 'invalid'));
    trainer.asked[1]!.answer.reject(new Error('The trainer did not answer: it was killed.'));
    await expect.poll(() => ended.size).toBe(2);
    expect(ended.get(0)).toMatchObject({ code: 'invalid', message: 'takes no labels' });
    expect(ended.get(1)).toMatchObject({ code: 'gone', message: expect.stringContaining('killed') as string });
  });
});

describe('a tab', () => {
  it('forgets what an earlier page asked for, whose numbers begin again', async () => {
    const inspector = new FakeClient();
    const told: ToPage<LatentExchanges, HostToLatent>[] = [];
    const tab = new LatentTab({
      launcher: { attach: () => Promise.resolve(undefined), open: () => Promise.resolve(inspector.client) },
      key: 'k',
      name: () => 'vae-mnist-001',
      subject: () => ({ kind: 'checkpoint', key: 'k', file: import.meta.filename }),
      trusted: () => true,
      post: (message) => told.push(message),
      intend: () => undefined,
      saving: { save: () => ({}), saveImages: () => ({}) },
      warn: () => undefined,
    });
    tab.connect();
    await tab.receive({ type: 'ready' });
    const state = () =>
      told.flatMap((message) => (message.type === 'source' ? [message.source.state.kind] : [])).at(-1);
    await expect.poll(state).toBe('ready');
    const ask = (id: number) =>
      tab.receive({ type: 'request', id, method: 'encode', parameters: { set: 'test', count: 5 } });
    for (let id = 1; id <= 8; id++) await ask(id);
    await expect.poll(() => inspector.asked.length).toBe(6);
    await tab.receive({ type: 'ready' });
    await ask(1);
    await expect.poll(() => inspector.methods.filter((method) => method === 'encode').length).toBe(7);
    // To the page that is gone: neither it nor what waited is heard of again.
    inspector.asked[0]!.answer.resolve({ value: { count: 0 }, body });
    inspector.asked.at(-1)!.answer.resolve({ value: { count: 9 }, body });
    await expect.poll(() => told.filter(({ type }) => type === 'answer').length).toBe(1);
    expect(told.at(-1)).toMatchObject({ type: 'answer', id: 1, value: { value: { count: 9 } } });
    expect(inspector.methods.filter((method) => method === 'encode')).toHaveLength(7);
    tab.dispose();
  });
});
