import { describe, expect, it } from 'vitest';
import { Deferred } from '../../../src/common/deferred';
import type { TrainerMessage } from '../../../src/protocol/control';
import { SpeedMeter } from '../../../src/trainer/loop/speedMeter';
import { Followers } from '../../../src/trainer/requests/followers';
import type { Workbench } from '../../../src/trainer/workbench/workbench';

/** Four test images of one pixel, each encoded as its own byte; batches of two. */
const WORKBENCH = {
  imageShape: [1, 1, 1],
  encodeBatch: 2,
  model: { family: 'vae', latent: { size: 1, encode: { function: 'encode', batch: 2, to: 'point' } } },
  dataset: { test: { images: Uint8Array.of(51, 102, 153, 204), count: 4 } },
  call: (_name: string, { images }: { images: Float32Array }) => ({
    mean: { shape: [2, 1], dtype: 'float32', data: images.slice() },
  }),
} as unknown as Workbench;

function fakeClient() {
  const left = new Deferred<void>();
  const received: { step: number; latents: number[] }[] = [];
  const send = (message: TrainerMessage, body?: Uint8Array) => {
    if (message.type !== 'latents') return;
    const latents = [...new Float32Array(body!.slice().buffer)].map((value) => Math.round(value * 10) / 10);
    received.push({ step: message.latents.step, latents });
  };
  return { left, received, client: { send, closed: left.promise } };
}

describe('clients that follow a run', () => {
  it('are sent the latents of as many images as each has asked for, as often as it has', async () => {
    const followers = new Followers();
    const [often, seldom] = [fakeClient(), fakeClient()];
    followers.follow(often.client, { count: 3, every: 2 }, WORKBENCH, 10);
    followers.follow(seldom.client, { count: 1, every: 4 }, WORKBENCH, 10);
    const listener = followers.listener({ workbench: WORKBENCH, speed: new SpeedMeter() });
    for (let step = 11; step <= 16; step++) await listener(step, {});
    expect(often.received).toEqual([11, 13, 15].map((step) => ({ step, latents: [0.2, 0.4, 0.6] })));
    expect(seldom.received).toEqual([11, 15].map((step) => ({ step, latents: [0.2] })));
  });

  it('are sent nothing after they have stopped following or have left, and cost no call of the encoder then', async () => {
    const followers = new Followers();
    const [stopped, gone] = [fakeClient(), fakeClient()];
    for (const { client } of [stopped, gone]) followers.follow(client, { count: 1, every: 1 }, WORKBENCH, 0);
    followers.follow(stopped.client, { count: 1, every: 0 }, WORKBENCH, 0);
    gone.left.resolve();
    await gone.left.promise;
    const listener = followers.listener({ workbench: WORKBENCH, speed: new SpeedMeter() });
    expect(listener(1, {})).toBeUndefined();
    expect([stopped.received, gone.received]).toEqual([[], []]);
  });

  it('are refused by a model without an encoder', () => {
    const model = { family: 'gan', latent: { size: 1 } };
    const follow = () =>
      new Followers().follow(fakeClient().client, { count: 1, every: 1 }, { model } as unknown as Workbench, 0);
    expect(follow).toThrow('A model of the family gan has no encoder.');
  });
});
