import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { Deferred } from '../../../src/common/deferred';
import { HostChannel, type Carrying } from '../../../src/host/ui/channel';
import { isCancelled, RequestError } from '../../../src/protocol/channel';
import { pack } from '../../../src/protocol/packing';
import { Channel } from '../../../webview/shared/channel';

/** Why a page could not apply what it got; what it shows of that has tests of its own. */
const broken: string[] = [];
vi.mock(import('../../../webview/shared/recovery'), () => ({
  Recovery: class {
    failed = (reason: string) => broken.push(reason);
  } as never,
}));

interface Sums {
  readonly add: { readonly request: { a: number; b: number }; readonly answer: { sum: number; bytes: Uint8Array } };
  readonly count: { readonly request: { to: number }; readonly answer: number; readonly progress: number };
}
const PageSays = z.object({ type: z.literal('look'), at: z.string() });
type PageSays = z.output<typeof PageSays>;
type HostSays = { readonly type: 'shown'; readonly what: string } | { readonly type: 'hidden' };

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Both ends, joined as VS Code joins them: in turns of their own, and to the page in packed messages. */
class Joined {
  readonly counted: { to: number; carrying: Carrying<number>; answer: Deferred<number> }[] = [];
  readonly looked: PageSays[] = [];
  readonly warned: string[] = [];
  readonly shown: string[] = [];
  readonly sent: { type?: unknown }[] = [];
  readonly told: { readonly type: string }[] = [];
  readies = 0;
  /** What takes the page's messages of the window. */
  private readonly listeners: ((event: { data: unknown }) => void)[] = [];

  readonly host = new HostChannel<Sums, PageSays, HostSays>({
    grammar: () =>
      Promise.resolve({
        requests: { add: z.object({ a: z.number(), b: z.number() }), count: z.object({ to: z.int() }) },
        messages: PageSays,
      }),
    post: (message) => {
      this.told.push(message);
      this.deliver(pack(message));
    },
    ready: () => (this.readies += 1),
    take: (message) => this.looked.push(message),
    warn: (message) => this.warned.push(message),
    handlers: {
      add: ({ a, b }) => {
        if (a === 13) throw new RequestError('13 is refused.', 'unsupported');
        if (a === 14) throw new TypeError('14 is a fault.');
        return { sum: a + b, bytes: Uint8Array.of(a, b) };
      },
      count: ({ to }, carrying) => {
        const answer = new Deferred<number>();
        this.counted.push({ to, carrying, answer });
        return answer.promise;
      },
    },
  });

  readonly page: Channel<Sums, PageSays, HostSays>;

  constructor() {
    vi.stubGlobal('window', {
      addEventListener: (_: string, listener: (event: { data: unknown }) => void) => this.listeners.push(listener),
    });
    this.page = new Channel<Sums, PageSays, HostSays>({
      postMessage: (message) => {
        this.sent.push(message as { type?: unknown });
        void this.host.receive(message);
      },
      getState: () => undefined,
      setState: () => undefined,
    });
    this.page.listen({ shown: ({ what }) => this.shown.push(what), hidden: () => this.shown.push('') });
  }

  deliver(data: unknown): void {
    setTimeout(() => this.listeners.forEach((listener) => listener({ data })), 0);
  }
}

describe('the channel between a page and the host', () => {
  let ends: Joined;
  beforeEach(async () => {
    broken.length = 0;
    ends = new Joined();
    await settled();
  });

  it('answers each request with its own answer, bytes included', async () => {
    const [one, two] = await Promise.all([
      ends.page.request('add', { a: 1, b: 2 }),
      ends.page.request('add', { a: 3, b: 4 }),
    ]);
    expect(one).toEqual({ sum: 3, bytes: Uint8Array.of(1, 2) });
    expect(two).toEqual({ sum: 7, bytes: Uint8Array.of(3, 4) });
  });

  it('tells a failure with its code, and a fault as failed', async () => {
    await expect(ends.page.request('add', { a: 13, b: 0 })).rejects.toMatchObject({
      name: 'RequestError',
      code: 'unsupported',
      message: '13 is refused.',
    });
    await expect(ends.page.request('add', { a: 14, b: 0 })).rejects.toMatchObject({ code: 'failed' });
  });

  it('fails a request whose answer cannot travel', async () => {
    const counting = ends.page.request('count', { to: 1 });
    await expect.poll(() => ends.counted.length).toBe(1);
    ends.counted[0]!.answer.resolve(new Map() as unknown as number);
    await expect(counting).rejects.toMatchObject({ code: 'failed', message: expect.stringContaining('Map') as string });
  });

  it('tells how far a request is, until it is answered', async () => {
    const heard: number[] = [];
    const counting = ends.page.request('count', { to: 9 }, { onProgress: (done) => heard.push(done) });
    await expect.poll(() => ends.counted.length).toBe(1);
    const [{ to, carrying, answer }] = ends.counted as [(typeof ends.counted)[0]];
    expect(to).toBe(9);
    carrying.onProgress(0.25);
    carrying.onProgress(0.75);
    answer.resolve(9);
    expect(await counting).toBe(9);
    carrying.onProgress(1);
    await settled();
    expect(heard).toEqual([0.25, 0.75]);
    expect(ends.told.map(({ type }) => type)).toEqual(['progress', 'progress', 'answer']);
  });

  it('rejects a cancelled request at once, ends its work, and says nothing more of it', async () => {
    const controller = new AbortController();
    const counting = ends.page.request('count', { to: 1 }, { signal: controller.signal });
    await expect.poll(() => ends.counted.length).toBe(1);
    controller.abort();
    const error = await counting.catch((reason: unknown) => reason);
    expect(isCancelled(error)).toBe(true);
    await settled();
    const [{ carrying, answer }] = ends.counted as [(typeof ends.counted)[0]];
    expect(carrying.signal.aborted).toBe(true);
    expect(carrying.signal.reason).toMatchObject({ code: 'cancelled' });
    carrying.onProgress(0.5);
    answer.resolve(1);
    await settled();
    expect(ends.told).toEqual([]);
  });

  it('makes no request whose signal is aborted already, and cancels none that was answered', async () => {
    const controller = new AbortController();
    await ends.page.request('add', { a: 1, b: 1 }, { signal: controller.signal });
    controller.abort();
    await expect(ends.page.request('add', { a: 1, b: 1 }, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(ends.sent.map(({ type }) => type)).toEqual(['ready', 'request']);
  });

  it('passes over an answer and a cancellation of nothing that is open', async () => {
    ends.deliver(pack({ type: 'answer', id: 77, value: 1 }));
    ends.deliver(pack({ type: 'failure', id: 78, code: 'failed', message: 'No.' }));
    await ends.host.receive({ type: 'cancel', id: 79 });
    await settled();
    expect([ends.told, ends.warned, broken]).toEqual([[], [], []]);
  });

  it('carries messages of the view in both directions, in order', async () => {
    ends.page.post({ type: 'look', at: 'a' });
    ends.page.post({ type: 'look', at: 'b' });
    ends.host.post({ type: 'shown', what: 'c' });
    ends.host.post({ type: 'hidden' });
    await expect.poll(() => ends.shown).toEqual(['c', '']);
    expect(ends.looked.map(({ at }) => at)).toEqual(['a', 'b']);
  });

  it('ignores messages not from the host, and those without a listener', async () => {
    for (const data of [null, 'text', { type: 'hidden' }, pack({ type: 'toString' }), pack(null), pack({})]) {
      ends.deliver(data);
    }
    await settled();
    expect([ends.shown, broken]).toEqual([[], []]);
  });

  it('fails a malformed request that has a number, and warns of everything malformed', async () => {
    for (const data of [
      { type: 'request', id: 5, method: 'add', parameters: { a: 'one', b: 2 } },
      { type: 'request', id: 6, method: 'erase', parameters: {} },
      { type: 'request', id: 7, method: 'toString', parameters: {} },
      { type: 'request', id: 8, method: 'add' },
      { type: 'request', id: -1, method: 'add', parameters: { a: 1, b: 2 } },
      { type: 'request', id: '9', method: 'add', parameters: { a: 1, b: 2 } },
      { type: 'look', at: 7 },
      { type: 'cancel', id: 'all' },
      null,
      'ready',
      [],
    ]) {
      await ends.host.receive(data);
    }
    expect(ends.told).toMatchObject([5, 6, 7, 8].map((id) => ({ type: 'failure', id, code: 'invalid' })));
    expect(ends.warned).toHaveLength(11);
    expect(ends.looked).toEqual([]);
  });

  it('refuses what a page asks for that does not look at its answers', async () => {
    const asked = Array.from({ length: 257 }, () => ends.page.request('count', { to: 1 }));
    await expect(asked.at(-1)).rejects.toMatchObject({ code: 'busy' });
    expect(ends.counted).toHaveLength(256);
    ends.counted.forEach(({ answer }) => answer.resolve(1));
    await Promise.all(asked.slice(0, -1));
    expect((await ends.page.request('add', { a: 1, b: 2 })).sum).toBe(3);
  });

  it('rejects what was requested before the page asked for everything', async () => {
    const counting = ends.page.request('count', { to: 1 });
    await expect.poll(() => ends.counted.length).toBe(1);
    ends.page.ready();
    await expect(counting).rejects.toMatchObject({ code: 'gone' });
    await expect.poll(() => ends.readies).toBe(2);
    expect(ends.counted[0]!.carrying.signal.reason).toMatchObject({ code: 'gone' });
    ends.counted[0]!.answer.resolve(1);
    await settled();
    expect(ends.told).toEqual([]);
  });

  it('does not give the answer for one page to the next, whose numbers begin again', async () => {
    void ends.page.request('count', { to: 1 }).catch(() => undefined);
    await expect.poll(() => ends.counted.length).toBe(1);
    await ends.host.receive({ type: 'ready' });
    const next = ends.host.receive({ type: 'request', id: 1, method: 'count', parameters: { to: 2 } });
    ends.counted[0]!.answer.resolve(1);
    await next;
    await settled();
    expect(ends.told).toEqual([]);
    ends.counted[1]!.answer.resolve(2);
    await settled();
    expect(ends.told).toEqual([{ type: 'answer', id: 1, value: 2 }]);
  });

  it('rejects all that is open when a message arrives damaged, and says so', async () => {
    const counting = ends.page.request('count', { to: 1 });
    ends.deliver({ ...pack({ type: 'shown', what: new Uint8Array(3) }), buffer: new ArrayBuffer(0) });
    await expect(counting).rejects.toMatchObject({
      code: 'gone',
      message: expect.stringContaining('0 of its 3 bytes'),
    });
    expect(broken).toEqual(['a message arrived with 0 of its 3 bytes']);
  });

  it('ends with the host: work is aborted, and nothing is taken or said', async () => {
    void ends.page.request('count', { to: 1 }).catch(() => undefined);
    await expect.poll(() => ends.counted.length).toBe(1);
    ends.host.dispose();
    expect(ends.counted[0]!.carrying.signal.reason).toMatchObject({ code: 'gone' });
    ends.counted[0]!.answer.reject(new Error('aborted'));
    ends.page.post({ type: 'look', at: 'a' });
    void ends.page.request('add', { a: 1, b: 2 }).catch(() => undefined);
    ends.host.post({ type: 'hidden' });
    await settled();
    expect([ends.told, ends.looked, ends.shown]).toEqual([[], [], []]);
  });
});
