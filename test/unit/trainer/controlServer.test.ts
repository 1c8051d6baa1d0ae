import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deferred } from '../../../src/common/deferred';
import { ControlClient } from '../../../src/process/client';
import { withControl } from '../../../src/process/control';
import { secretPath, socketPath } from '../../../src/process/runtimeFolder';
import { createSecret } from '../../../src/process/secret';
import type { ControlRequest, LiveState } from '../../../src/protocol/control';
import { encodeFrame, FrameDecoder, PROTOCOL_VERSION } from '../../../src/protocol/frames';
import { Clients } from '../../../src/trainer/socket/clients';
import { ControlServer, type Answer, type RequestHandler } from '../../../src/trainer/socket/controlServer';
import { RefusedError } from '../../../src/trainer/errors/refused';
import { createWorkspace, type Workspace } from '../support/workspace';

vi.mock(import('node:fs/promises'), async (original) => {
  const real = await original();
  return { ...real, realpath: vi.fn(real.realpath) as unknown as typeof real.realpath };
});

const ID = 'a'.repeat(32);
const STATE: LiveState = {
  status: 'running',
  step: 3,
  totalSteps: 10,
  stepsPerEpoch: 5,
  epoch: 0.6,
  stepsPerSecond: 1,
  secondsLeft: 7,
  metrics: {},
};

let workspace: Workspace;
let server: ControlServer;
let clients: Clients;
let asked: ControlRequest[];
let answer: RequestHandler['answer'];
let locate: () => Promise<string>;

beforeEach(async () => {
  workspace = await createWorkspace();
  asked = [];
  locate = () => Promise.resolve(workspace.folder);
  answer = (request) => {
    asked.push(request);
    return Promise.resolve({ value: { step: 3 } });
  };
  server = await listen();
});
afterEach(async () => {
  await server.close('the test is over');
  await workspace.remove();
});

function listen(): Promise<ControlServer> {
  const identity = { id: ID, pid: process.pid, startTime: '4711' };
  clients = new Clients();
  return ControlServer.listen(identity, clients, {
    state: () => STATE,
    logs: () => [{ file: 'events', size: 12 }],
    locate: () => locate(),
    answer: (request, body, client) => answer(request, body, client),
  });
}

const controller = () => ControlClient.connect({ id: ID, role: 'controller' });
const watcher = () => ControlClient.connect({ id: ID, role: 'watcher' });

describe('the handshake', () => {
  it('welcomes a client that knows the secret with who the trainer is and how the run stands', async () => {
    const expectations = { expectedPid: process.pid, expectedStartTime: '4711', expectedPath: workspace.folder };
    const client = await ControlClient.connect({ id: ID, role: 'controller', ...expectations });
    expect(client.state).toEqual(STATE);
    expect(client.logs).toEqual([{ file: 'events', size: 12 }]);
    expect(client.pid).toBe(process.pid);
    client.dispose();
  });

  it('tells a client of its end also when the trainer ends while the client still looks where the run lies', async () => {
    vi.mocked(realpath).mockImplementationOnce(async (place) => {
      await server.close('the training has ended');
      // By then the client's socket has heard of it.
      await sleep(50);
      return String(place);
    });
    const client = await ControlClient.connect({ id: ID, role: 'watcher', expectedPath: workspace.folder });
    expect(await new Promise((resolve) => client.onClose(resolve))).toMatch(/closed/);
  });

  it('refuses a client with another secret', async () => {
    await writeFile(await secretPath(ID), Buffer.alloc(32, 1));
    // Already the trainer's proof does not fit the false secret, so nothing is said to it.
    await expect(controller()).rejects.toMatchObject({ reason: 'refused', message: /does not know the run’s secret/ });
  });

  it('refuses an answer with a wrong proof', async () => {
    const raw = await rawClient();
    raw.send({ type: 'hello', version: PROTOCOL_VERSION, role: 'controller', id: ID, nonce: '0'.repeat(64) });
    expect(await raw.next()).toMatchObject({ type: 'challenge', pid: process.pid });
    raw.send({ type: 'answer', proof: '0'.repeat(64) });
    expect(await raw.next()).toMatchObject({ type: 'refused', reason: expect.stringContaining('secret') as string });
    await raw.closed;
  });

  it('refuses a greeting for another run and one of another version, and says why', async () => {
    for (const [change, reason] of [
      [{ id: 'b'.repeat(32) }, /another run/],
      [{ version: 99 }, /version 1 .* greeted in version 99/],
      [{ nonce: 'short' }, /not a greeting/],
    ] as const) {
      const raw = await rawClient();
      const hello = { type: 'hello', version: PROTOCOL_VERSION, role: 'watcher', id: ID, nonce: '0'.repeat(64) };
      raw.send({ ...hello, ...change });
      expect(await raw.next()).toMatchObject({ type: 'refused', reason: expect.stringMatching(reason) as string });
      await raw.closed;
    }
  });

  it('cuts off a frame that is too large, and garbage, before it takes memory for them', async () => {
    for (const bytes of [Buffer.from([255, 255, 255, 127]), Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(64)]) {
      const raw = await rawClient();
      raw.socket.write(bytes);
      await raw.closed;
    }
    await (await watcher()).dispose();
  });

  it('takes a frame byte by byte with work that grows with its length, and no faster', () => {
    const frame = encodeFrame({}, new Uint8Array(200_000));
    const decoder = new FrameDecoder();
    const chunks = new CountedChunks();
    Object.assign(decoder, { chunks });
    let frames = 0;
    for (let at = 0; at < frame.length; at++) frames += decoder.push(frame.subarray(at, at + 1)).length;
    expect(frames).toBe(1);
    expect(chunks.taken).toBeGreaterThan(0);
    // Taken out one by one it was the square of their number.
    expect(chunks.moved).toBeLessThan(frame.length);
  });

  it('turns a crowd away and continues with those who are there', async () => {
    const client = await controller();
    const crowd = await Promise.all(Array.from({ length: 300 }, () => rawClient()));
    let closed = 0;
    for (const one of crowd) void one.closed.then(() => (closed += 1));
    await expect.poll(() => closed).toBeGreaterThan(200);
    expect((await client.request('pause', {})).value.step).toBe(3);
    for (const one of crowd) one.socket.destroy();
    client.dispose();
  });

  it('hangs up on a client that says nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const raw = await rawClient();
      await expect.poll(() => vi.getTimerCount()).toBe(1); // the server waits for a greeting
      let closed = false;
      void raw.closed.then(() => (closed = true));
      vi.advanceTimersByTime(4_000);
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(closed).toBe(false);
      vi.advanceTimersByTime(2_000);
      await raw.closed;
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not fooled by an impostor that listens at the address without the secret', async () => {
    await server.close('make room');
    await createSecret(ID);
    const impostor = createServer((socket) => {
      socket.on('data', () => {
        const challenge = { version: PROTOCOL_VERSION, id: ID, pid: 1, startTime: '4711', nonce: '0'.repeat(64) };
        socket.write(encodeFrame({ type: 'challenge', ...challenge, proof: '0'.repeat(64) }));
      });
      socket.on('error', () => undefined);
    });
    const address = await socketPath(ID);
    await new Promise<void>((resolve) => impostor.listen(address, resolve));
    await expect(controller()).rejects.toMatchObject({ reason: 'refused', message: /not the run’s trainer/ });
    await new Promise((resolve) => impostor.close(resolve));
  });

  it('turns away who means another process, another start of it or another folder', async () => {
    const connect = (expectation: object) => ControlClient.connect({ id: ID, role: 'watcher', ...expectation });
    await expect(connect({ expectedPid: 1 })).rejects.toThrow(`Process ${process.pid} trains the run, not process 1.`);
    await expect(connect({ expectedStartTime: '4712' })).rejects.toThrow(/not the one that holds the run’s lock/);
    await expect(connect({ expectedPath: workspace.runs })).rejects.toThrow(/this folder is a copy of it/);
  });

  it.skipIf(process.platform !== 'linux')('takes one whose queue is full for silent, not for absent', async () => {
    await server.close('make room');
    await createSecret(ID);
    const address = await socketPath(ID);
    const deaf = `require('net').createServer().listen({ path: process.argv[1], backlog: 1 }, () => {
      process.stdout.write('listening');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    })`;
    const listener = spawn(process.execPath, ['-e', deaf, address]);
    await new Promise((resolve) => listener.stdout.once('data', resolve));
    const crowd = Array.from({ length: 4 }, () => connect(address));
    // The first ones wait in its queue; who finds it full is turned away by the system.
    await Promise.any(
      crowd.map((one) =>
        once(
          one.on('error', () => undefined),
          'error',
        ),
      ),
    );
    await expect(watcher()).rejects.toMatchObject({ reason: 'silent' });
    for (const one of crowd) one.destroy();
    listener.kill('SIGKILL');
    await new Promise((resolve) => listener.once('exit', resolve));
  });

  it('says that there is no trainer where none listens', async () => {
    await server.close('over');
    await expect(controller()).rejects.toMatchObject({ reason: 'absent' });
    await createSecret(ID); // as a killed trainer leaves it
    await expect(controller()).rejects.toMatchObject({ reason: 'absent' });
  });
});

describe('control', () => {
  it('is with one client at a time; another has it when the first has left', async () => {
    const first = await controller();
    await expect(controller()).rejects.toMatchObject({ reason: 'controlled' });
    (await watcher()).dispose();
    setTimeout(() => first.dispose(), 100);
    const step = await withControl({ id: ID }, async (client) => (await client.request('pause', {})).value.step);
    expect(step).toBe(3);
  });

  it('is with one client also where two come while the folder is looked for', async () => {
    const found = new Deferred<string>();
    let waiting = 0;
    locate = () => {
      waiting += 1;
      return found.promise;
    };
    const both = [controller(), controller()];
    await vi.waitFor(() => expect(waiting).toBe(2));
    found.resolve(workspace.folder);
    const outcomes = await Promise.allSettled(both);
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') outcome.value.dispose();
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { reason: 'controlled' } });
  });

  it('is not for watchers: they may ask for what changes nothing', async () => {
    const client = await watcher();
    await expect(client.request('pause', {})).rejects.toMatchObject({ code: 'forbidden' });
    await client.request('state', {});
    expect(asked.map((request) => request.method)).toEqual(['state']);
    client.dispose();
  });

  it('takes what travels beside a request, of a size that no greeting may have', async () => {
    const large = new Uint8Array(2 * 1024 * 1024).fill(7);
    let sent: Uint8Array | undefined;
    answer = (_request, body) => {
      sent = body;
      return Promise.resolve({ value: { step: 3 } });
    };
    const client = await watcher();
    await client.request('decode', { count: 1 }, large);
    expect(Buffer.compare(sent!, large)).toBe(0); // number by number it would take seconds
    client.dispose();
    const stranger = await rawClient();
    stranger.socket.write(encodeFrame({ type: 'hello' }, large));
    await stranger.closed;
  });

  it('lets one client be told what others are not', async () => {
    const latents = { step: 5, count: 1, latent: 1, variance: false, every: 10, share: 0 };
    answer = (_request, _body, client) => {
      client.send({ type: 'latents', latents }, Uint8Array.of(1, 2, 3, 4));
      return Promise.resolve({ value: { step: 3 } });
    };
    const [one, other] = [await watcher(), await watcher()];
    const heard: string[] = [];
    one.onLatents(({ step, body }) => heard.push(`one: ${step}, ${body.join(' ')}`));
    other.onLatents(({ step }) => heard.push(`other: ${step}`));
    await one.request('follow', {});
    // What was sent to the other one before this answer would have come by now.
    answer = () => Promise.resolve({ value: STATE });
    await other.request('state', {});
    expect(heard).toEqual(['one: 5, 1 2 3 4']);
    for (const client of [one, other]) client.dispose();
  });

  it('answers with a value and a body, or with words and a code', async () => {
    const client = await controller();
    answer = () => Promise.resolve({ value: { step: 1 }, body: Uint8Array.of(1, 2, 3) });
    expect(await client.request('checkpoint', {})).toEqual({ value: { step: 1 }, body: Uint8Array.of(1, 2, 3) });
    answer = () => Promise.reject(new RefusedError('No.', 'unsupported'));
    await expect(client.request('sample', {})).rejects.toMatchObject({ message: 'No.', code: 'unsupported' });
    await expect(client.request('sample', { count: -1 })).rejects.toMatchObject({ code: 'invalid' });
    client.dispose();
  });

  it('lets no request hang when the trainer goes', async () => {
    const client = await controller();
    const closed = new Promise<string>((resolve) => client.onClose(resolve));
    answer = () => new Promise(() => undefined);
    const request = client.request('stop', {});
    const rejected = expect(request).rejects.toMatchObject({ reason: 'silent' });
    setTimeout(() => void server.close('gone'), 50);
    await rejected;
    expect(await closed).toBe('the connection was closed');
    await expect(client.request('state', {})).rejects.toThrow(/is gone/);
  });

  it('refuses more than a handful of requests that wait', async () => {
    const client = await controller();
    const gate = new Deferred<Answer>();
    answer = () => gate.promise;
    const requests = Array.from({ length: 40 }, () =>
      client.request('pause', {}).then(
        () => 'done',
        () => 'refused',
      ),
    );
    setTimeout(() => gate.resolve({ value: { step: 0 } }), 100);
    const results = await Promise.all(requests);
    expect(results.filter((result) => result === 'refused')).toHaveLength(8);
    client.dispose();
  });
});

describe('a client that takes no answers', () => {
  it('is disconnected before they fill the memory', async () => {
    const deaf = await authenticatedRaw();
    deaf.socket.pause();
    answer = () => Promise.reject(new RefusedError('x'.repeat(500_000), 'unsupported'));
    for (let id = 0; id < 400 && !deaf.socket.destroyed; id++) {
      deaf.send({ type: 'request', id, method: 'state', parameters: {} });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => clients.count).toBe(0);
    deaf.socket.destroy();
  });
});

describe('an answer that takes several turns to leave', () => {
  it('is waited for while its client reads, and no longer than said where it does not', async () => {
    const reader = await authenticatedRaw();
    reader.socket.pause();
    const answered = new Deferred<void>();
    answer = () => {
      answered.resolve();
      return Promise.resolve({ value: { step: 1 }, body: new Uint8Array(8 * 1024 * 1024) });
    };
    reader.send({ type: 'request', id: 1, method: 'state', parameters: {} });
    await answered.promise;
    await clients.delivered(20);
    let left = false;
    const delivered = clients.delivered(600_000).then(() => (left = true));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(left).toBe(false);
    reader.socket.resume();
    await delivered;
    await clients.delivered(600_000);
    reader.socket.destroy();
  });
});

describe('what is sent to everybody', () => {
  it('reaches every client, in order and from the welcome on', async () => {
    const watchers = await Promise.all([watcher(), watcher()]);
    const heard = watchers.map((client) => {
      const offsets: number[] = [];
      client.onLog(({ offset, bytes }) => offsets.push(offset, bytes.length));
      return offsets;
    });
    for (let i = 0; i < 5; i++) clients.broadcast({ type: 'log', file: 'events', offset: i }, new Uint8Array(i));
    const last = watchers.map((client) => new Promise((resolve) => client.onState(resolve)));
    clients.broadcast({ type: 'state', state: { ...STATE, step: 4 } });
    await Promise.all(last);
    expect(heard).toEqual([
      [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
      [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
    ]);
    expect(watchers[0]!.state.step).toBe(4);
    for (const client of watchers) client.dispose();
  });

  it('is dropped for a client that does not read, whose share of memory stays bounded', async () => {
    const slow = await authenticatedRaw();
    slow.socket.pause();
    const quick = await watcher();
    const megabyte = new Uint8Array(1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100; i++) {
      const arrived = new Promise<number>((resolve) => {
        const subscription = quick.onLog(({ bytes }) => {
          subscription.dispose();
          resolve(bytes.length);
        });
      });
      clients.broadcast({ type: 'log', file: 'events', offset: i }, megabyte);
      expect(await arrived).toBe(megabyte.length);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
    slow.socket.resume();
    expect(await slow.next()).toMatchObject({ type: 'log' });
    slow.socket.destroy();
    quick.dispose();
  }, 20_000);
});

describe('closing', () => {
  it('lets the last frame arrive and leaves neither socket nor secret', async () => {
    const client = await watcher();
    const last = new Promise<LiveState>((resolve) => client.onState(resolve));
    clients.broadcast({ type: 'state', state: { ...STATE, status: 'finished' } });
    await server.close('finished');
    expect((await last).status).toBe('finished');
    expect(existsSync(await socketPath(ID))).toBe(false);
    expect(existsSync(await secretPath(ID))).toBe(false);
  });

  it('is not for others to do: the address of a living trainer is not taken over', async () => {
    await expect(listen()).rejects.toThrow(/same id is training already.*copy of the other/s);
    expect((await watcher()).state.step).toBe(3);
  });
});

describe('trainers of copies of one run, at the same instant', () => {
  const runtime = () => path.join(workspace.folder, 'runtime', 'latent-studio');

  it.each(['nothing was there', 'a killed trainer left its socket and its secret'])(
    'are one trainer, which stays reachable, where %s',
    async (before) => {
      await server.close('make room');
      if (before !== 'nothing was there') await leaveDeadSocket();
      const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => listen()));
      const [winner, ...more] = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(more).toEqual([]);
      server = winner!.value;
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(String(outcome.reason)).toMatch(/same id is training already/);
      }
      expect((await watcher()).state.step).toBe(3);
      const stem = ID.slice(0, 16);
      expect((await readdir(runtime())).sort()).toEqual([`${stem}.secret`, `${stem}.sock`]);
    },
  );

  it('leave each other’s secret alone when they end', async () => {
    const secret = await createSecret(ID);
    await server.close('another one has the address by now');
    expect(await readFile(await secretPath(ID))).toEqual(secret);
  });

  /** As kill -9 leaves it. */
  async function leaveDeadSocket(): Promise<void> {
    await createSecret(ID);
    const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', script, await socketPath(ID)]), 'exit');
    expect(existsSync(await socketPath(ID))).toBe(true);
  }
});

/** Counts what taking elements out costs: all that are behind them move up. */
class CountedChunks extends Array<Uint8Array> {
  static override readonly [Symbol.species] = Array;
  taken = 0;
  moved = 0;

  override shift(): Uint8Array | undefined {
    this.taken += 1;
    this.moved += Math.max(0, this.length - 1);
    return super.shift();
  }

  override splice(start: number, count: number): Uint8Array[] {
    this.taken += count;
    this.moved += count === 0 ? 0 : this.length - start - count;
    return super.splice(start, count);
  }
}

interface RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  send(header: object): void;
  next(): Promise<unknown>;
}

/** A client that keeps to nothing by itself. */
async function rawClient(): Promise<RawClient> {
  const socket = connect(await socketPath(ID));
  const decoder = new FrameDecoder();
  const frames: unknown[] = [];
  const waiting: ((header: unknown) => void)[] = [];
  socket.on('data', (chunk: Buffer) => {
    for (const { header } of decoder.push(chunk)) {
      const next = waiting.shift();
      if (next === undefined) frames.push(header);
      else next(header);
    }
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  return {
    socket,
    closed,
    send: (header) => socket.write(encodeFrame(header)),
    next: () => (frames.length > 0 ? Promise.resolve(frames.shift()) : new Promise((resolve) => waiting.push(resolve))),
  };
}

/** A raw client after a proper handshake. */
async function authenticatedRaw(): Promise<RawClient> {
  const { readSecret, prove } = await import('../../../src/process/secret');
  const raw = await rawClient();
  const clientNonce = '1'.repeat(64);
  raw.send({ type: 'hello', version: PROTOCOL_VERSION, role: 'watcher', id: ID, nonce: clientNonce });
  const challenge = (await raw.next()) as { startTime: string; nonce: string };
  const claim = { id: ID, startTime: challenge.startTime, clientNonce, trainerNonce: challenge.nonce };
  raw.send({ type: 'answer', proof: prove((await readSecret(ID))!, { side: 'client', ...claim }) });
  await raw.next();
  return raw;
}
