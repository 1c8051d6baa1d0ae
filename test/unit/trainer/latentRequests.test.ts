import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HostTensor } from '../../../src/engine/program';
import type { LatentRequest } from '../../../src/protocol/control';
import { MAX_FRAME_BYTES, MAX_HEADER_BYTES } from '../../../src/protocol/frames';
import type { NetworkSpecification } from '../../../src/protocol/families/parts';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { SIZES } from '../../../src/models/context';
import { answerLatent, type Explored } from '../../../src/trainer/requests/latentRequests';
import { runAll } from '../../../src/common/slices';
import { RunRequests } from '../../../src/trainer/requests/runRequests';
import { Followers, paced, MOST_SHARE } from '../../../src/trainer/requests/followers';
import type { LoadedRun } from '../../../src/trainer/start/prepare';
import type { Session } from '../../../src/trainer/run/session';
import { LoopControl } from '../../../src/trainer/loop/loopControl';
import { Workbench } from '../../../src/trainer/workbench/workbench';
import { backends } from '../support/backends';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';
import { valuesOf } from '../support/valuesOf';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

const network: NetworkSpecification = { kind: 'mlp', hidden: [8], activation: 'relu' };
const PIXELS = 36;
const NOTHING: Uint8Array = new Uint8Array(0);

async function open(
  backend: 'tensorflow' | 'wasm',
  model: SpecificationInput['model'],
  changes: Partial<SpecificationInput> = {},
) {
  const specification = tinySpecification(workspace, { model, engine: { backend }, ...changes });
  const source = path.join(workspace.folder, 'run');
  const workbench = await Workbench.open({ specification, source, onActivity: () => undefined });
  const explored: Explored = {
    workbench,
    now: { step: 7, epoch: 0.5 },
    on: (at, work) => {
      const slices = work();
      for (;;) {
        const { done, value } = slices.next();
        if (done) return Promise.resolve({ step: at ?? 7, value });
      }
    },
  };
  const ask = (request: Pick<LatentRequest, 'method'> & { parameters: object }, body = NOTHING) =>
    answerLatent({ type: 'request', id: 1, ...request } as LatentRequest, body, explored);
  return { workbench, ask };
}

const floats = (body: Uint8Array | undefined) => new Float32Array(body!.slice().buffer);
const bytesOf = (values: ArrayLike<number>) => new Uint8Array(Float32Array.from(values).buffer);

describe.each(backends())('the latent requests on %s', (backend) => {
  const families: SpecificationInput['model']['family'][] = ['vae', 'ae', 'cvae'];
  it.each(families)(
    'encode what the %s itself makes of the images, a part of the set and filled up',
    async (family) => {
      const { workbench, ask } = await open(backend, { family, network, latent: 2 });
      const { test } = workbench.dataset;
      const batch = workbench.model.latent!.encode!.batch;
      expect(test.count).toBeLessThan(batch);
      const images = new Float32Array(batch * PIXELS);
      for (const [i, byte] of valuesOf(test).entries()) images[i] = byte / 255;
      const labels = Int32Array.from({ length: batch }, (_, row) => test.labels![row] ?? 0);
      const { mean, logVariance } = workbench.call('encode', { examples: images, labels });
      const expected = (tensor: HostTensor) => [...tensor.data].slice(5 * 2, 25 * 2);

      const { value, body } = await ask({ method: 'encode', parameters: { set: 'test', from: 5, count: 20 } });
      expect(value).toEqual({ step: 7, count: 20, latent: 2, variance: family !== 'ae' });
      const found = [...floats(body)];
      const wanted = [...expected(mean!), ...(logVariance ? expected(logVariance) : [])];
      expect(found).toHaveLength(wanted.length);
      // Other rows of a batch move a product's last bit.
      for (const [i, number] of wanted.entries()) expect(found[i]).toBeCloseTo(number, 5);

      const again = await ask(
        {
          method: 'encodeImages',
          parameters: { count: 20, labels: family === 'cvae' ? [...labels.slice(5, 25)] : undefined },
        },
        (test.values as Uint8Array).slice(5 * PIXELS, 25 * PIXELS),
      );
      expect(again.body).toEqual(body);
      workbench.dispose();
    },
  );

  it('encode no more than there is', async () => {
    const { workbench, ask } = await open(backend, { family: 'vae', network, latent: 2 });
    const beyond = await ask({ method: 'encode', parameters: { set: 'train', from: 90, count: 5_000 } });
    expect(beyond.value).toMatchObject({ count: 6 });
    const nothing = await ask({ method: 'encode', parameters: { set: 'train', from: 1_000, count: 10 } });
    expect(nothing).toMatchObject({ value: { count: 0 } });
    workbench.dispose();
  });

  it.each([1, 16, 70])('decode %i latents as the model does', async (count) => {
    const { workbench, ask } = await open(backend, { family: 'vae', network, latent: 2 });
    const latents = Array.from({ length: count * 2 }, (_, i) => Math.sin(i));
    const { value, body } = await ask({ method: 'decode', parameters: { count } }, bytesOf(latents));
    expect(value).toEqual({ step: 7, count, height: 6, width: 6, channels: 1 });
    expect(body).toHaveLength(count * PIXELS);
    const last = new Float32Array(SIZES.decode * 2);
    last.set(latents.slice(-2));
    const { examples } = workbench.call('decode', { latent: last });
    const expected = [...examples!.data].slice(0, PIXELS).map((intensity) => intensity * 255);
    for (const [i, byte] of [...body!.slice(-PIXELS)].entries())
      expect(Math.abs(byte - expected[i]!)).toBeLessThan(0.51);
    workbench.dispose();
  });

  it('decode the same latent differently for another label, one for all rows or one for each', async () => {
    const { workbench, ask } = await open(backend, { family: 'cvae', network, latent: 2 });
    const latents = bytesOf([0.5, -1, 0.5, -1]);
    const decode = async (labels: number[]) => {
      const { body } = await ask({ method: 'decode', parameters: { count: 2, labels } }, latents);
      return [body!.slice(0, PIXELS), body!.slice(PIXELS)];
    };
    const [both, each] = [await decode([1]), await decode([0, 1])];
    expect(both[0]).toEqual(both[1]);
    expect(each[1]).toEqual(both[1]);
    expect(each[0]).not.toEqual(each[1]);
    workbench.dispose();
  });
});

describe.each(backends())('a model without an encoder on %s', (backend) => {
  const mlp: NetworkSpecification = { kind: 'mlp', hidden: [8], activation: 'relu' };
  const players = { latent: 3, generator: mlp, discriminator: mlp } as const;

  it('of points decodes latents to their coordinates, as the model does, and is refused what takes an encoder', async () => {
    const { workbench, ask } = await open(backend, { family: 'gan', ...players }, { data: { set: 'ring' } });
    expect((await ask({ method: 'describe', parameters: {} })).value).toMatchObject({
      imageShape: null,
      capabilities: {
        data: { kind: 'points', size: 2 },
        latent: { size: 3, prior: 'normal', encodes: null, decodes: true },
      },
    });
    const count = SIZES.decode + 3;
    const latents = Array.from({ length: count * 3 }, (_, i) => Math.sin(i));
    const { value, body } = await ask({ method: 'decode', parameters: { count } }, bytesOf(latents));
    expect(value).toEqual({ step: 7, count, size: 2 });
    const first = Float32Array.from(latents.slice(0, SIZES.decode * 3));
    const { examples } = workbench.call('decode', { latent: first });
    const found = [...floats(body)];
    expect(found).toHaveLength(count * 2);
    for (const [i, number] of [...examples!.data].entries()) expect(found[i]).toBeCloseTo(number, 6);
    await expect(ask({ method: 'encode', parameters: { set: 'test', from: 0, count: 5 } })).rejects.toThrow(
      'have no encoder',
    );
    await expect(ask({ method: 'images', parameters: { set: 'test', rows: [0] } })).rejects.toThrow('model of points');
    workbench.dispose();
  });

  it('of classes decodes a latent as the class that is asked for', async () => {
    const { workbench, ask } = await open(backend, { family: 'cgan', ...players });
    const decode = async (labels: number[] | undefined) =>
      (await ask({ method: 'decode', parameters: { count: 2, labels } }, bytesOf([1, 2, 3, 1, 2, 3]))).body!;
    const both = await decode([0, 1]);
    expect(both).toHaveLength(2 * PIXELS);
    expect(both.slice(0, PIXELS)).not.toEqual(both.slice(PIXELS));
    expect((await decode([1])).slice(0, PIXELS)).toEqual(both.slice(PIXELS));
    await expect(decode(undefined)).rejects.toThrow('needs labels');
    workbench.dispose();
  });
});

describe('what a model is asked', () => {
  it('encodes no more at a time than one answer holds, however many dimensions there are', async () => {
    const numbers = { shape: [250, 4_096], dtype: 'float32', data: new Float32Array(250 * 4_096) } as const;
    const workbench = {
      ...{ shape: { kind: 'image', shape: [1, 1, 1] }, takes: () => (byte: number) => byte / 255 },
      model: { latent: { size: 4_096, encode: { function: 'encode', batch: 250, to: 'gaussian' } } },
      dataset: { train: { values: new Uint8Array(5_000), count: 5_000 } },
      call: () => ({ mean: numbers, logVariance: numbers }),
    } as unknown as Workbench;
    const on: Explored['on'] = (_, work) => Promise.resolve({ step: 1, value: runAll(work()) });
    const request = { type: 'request', id: 1, method: 'encode', parameters: { set: 'train', from: 0, count: 5_000 } };
    const explored = { workbench, now: { step: 1, epoch: 1 }, on };
    const { value, body } = await answerLatent(request as LatentRequest, NOTHING, explored);
    expect(body!.length).toBe((value as { count: number }).count * 4_096 * 8);
    expect(body!.length).toBeLessThanOrEqual(MAX_FRAME_BYTES - MAX_HEADER_BYTES);
    expect((value as { count: number }).count).toBeGreaterThan(1_000);
  });

  it('is told in a description', async () => {
    const { workbench, ask } = await open('wasm', { family: 'cvae', network, latent: 3 });
    expect((await ask({ method: 'describe', parameters: {} })).value).toEqual({
      step: 7,
      epoch: 0.5,
      family: 'cvae',
      title: 'Conditional VAE · data',
      imageShape: [6, 6, 1],
      classes: ['0', '1'],
      sets: { train: 96, test: 32 },
      capabilities: {
        data: { kind: 'image', shape: [6, 6, 1] },
        ...{ sampling: 'once', likelihood: 'importance', classes: 2 },
        latent: { size: 3, prior: 'normal', encodes: 'gaussian', decodes: true },
      },
      parameters: workbench.parameters,
    });
    workbench.dispose();
  });

  it('gives the images by number and by range, and the labels', async () => {
    const { workbench, ask } = await open('wasm', { family: 'ae', network, latent: 3 });
    const { labels } = workbench.dataset.test;
    const values = valuesOf(workbench.dataset.test);
    const image = (row: number) => values.subarray(row * PIXELS, (row + 1) * PIXELS);
    const picked = await ask({ method: 'images', parameters: { set: 'test', rows: [31, 0] } });
    expect(picked.value).toEqual({ count: 2, height: 6, width: 6, channels: 1 });
    expect(picked.body).toEqual(Uint8Array.from([...image(31), ...image(0)]));
    const range = await ask({ method: 'images', parameters: { set: 'test', rows: { from: 30, count: 100 } } });
    expect([...range.body!]).toEqual([...image(30), ...image(31)]);
    const beyond = ask({ method: 'images', parameters: { set: 'test', rows: [32] } });
    await expect(beyond).rejects.toThrow('There is no image 32: the test set has 32.');
    expect((await ask({ method: 'labels', parameters: { set: 'test' } })).body).toEqual(labels);
    workbench.dispose();
  });

  it('is refused with words where it does not fit', async () => {
    const { workbench, ask } = await open('wasm', { family: 'vae', network, latent: 2 });
    const decode = (parameters: object, body: Uint8Array) => ask({ method: 'decode', parameters }, body);
    await expect(decode({ count: 2 }, bytesOf([1, 2, 3]))).rejects.toThrow(
      'For 2 latents of 2 numbers 16 bytes are expected; the request has 12.',
    );
    await expect(decode({ count: 1, labels: [0] }, bytesOf([1, 2]))).rejects.toThrow('take no labels');
    workbench.dispose();
    const conditional = await open('wasm', { family: 'cvae', network, latent: 2 });
    const conditionally = (labels: number[] | undefined) =>
      conditional.ask({ method: 'decode', parameters: { count: 3, labels } }, bytesOf([1, 2, 3, 4, 5, 6]));
    await expect(conditionally(undefined)).rejects.toThrow('needs labels');
    await expect(conditionally([0, 1])).rejects.toThrow('One label, or 3, are expected, not 2.');
    await expect(conditionally([2])).rejects.toThrow('There is no label 2: the model knows 2 classes.');
    conditional.workbench.dispose();
  });
});

describe('a run that is asked what its model can do', () => {
  it('says so at once, without waiting for a step', async () => {
    const { workbench } = await open('wasm', { family: 'vae', network, latent: 2 });
    const session = { live: { current: { step: 3, epoch: 0.1 } } } as unknown as Session;
    const requests = new RunRequests({
      ...{ session, publisher: { logs: [] }, control: new LoopControl(), followers: new Followers() },
      loaded: Promise.resolve({ workbench } as unknown as LoadedRun),
      ended: new Promise(() => undefined),
    });
    const request = { type: 'request', id: 1, method: 'describe', parameters: {} } as const;
    const answer = requests.answer(request, NOTHING, { send: () => undefined, closed: new Promise(() => undefined) });
    expect((await answer).value).toMatchObject({ step: 3, family: 'vae' });
    workbench.dispose();
  });

  it.runIf(backends().includes('tensorflow'))('has compiled all of it at its start', async () => {
    const specification = tinySpecification(workspace, { engine: { backend: 'tensorflow' } });
    const source = path.join(workspace.folder, 'run');
    const workbench = await Workbench.open({ specification, source, ready: 'training', onActivity: () => undefined });
    const traced = Object.values(workbench.model.program.functions).map((each) => vi.spyOn(each, 'body'));
    workbench.prepareLatents();
    for (const body of traced) expect(body).not.toHaveBeenCalled();
    workbench.dispose();
  });
});

describe('following a run', () => {
  it('is as often as asked, or as seldom as keeps it to its share', () => {
    expect(paced(100, 15, 5)).toBe(100);
    const every = paced(100, 150, 5);
    const share = (steps: number) => 150 / (150 + steps * 5);
    expect(share(every)).toBeLessThanOrEqual(MOST_SHARE);
    expect(share(every - 1)).toBeGreaterThan(MOST_SHARE);
    expect(paced(100, 150, undefined)).toBe(100);
  });
});
