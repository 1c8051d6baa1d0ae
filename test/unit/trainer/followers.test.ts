import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deferred } from '../../../src/common/deferred';
import type { TrainerMessage } from '../../../src/protocol/control';
import { SpeedMeter } from '../../../src/trainer/loop/speedMeter';
import { Followers } from '../../../src/trainer/requests/followers';
import { Workbench } from '../../../src/trainer/workbench/workbench';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
let workbench: Workbench;
beforeAll(async () => {
  workspace = await createWorkspace();
  const specification = tinySpecification(workspace);
  workbench = await Workbench.open({ specification, source: workspace.folder, onActivity: () => undefined });
});
afterAll(async () => {
  workbench.dispose();
  await workspace.remove();
});

function fakeClient() {
  const left = new Deferred<void>();
  const received: { step: number; means: number[] }[] = [];
  const send = (message: TrainerMessage, body?: Uint8Array) => {
    if (message.type !== 'latents') return;
    const { step, count } = message.latents;
    // Means of two dimensions, then as many log-variances.
    const numbers = [...new Float32Array(body!.slice().buffer)];
    expect(numbers).toHaveLength(4 * count);
    received.push({ step, means: numbers.slice(0, 2 * count) });
  };
  return { left, received, client: { send, closed: left.promise } };
}

describe('clients that follow a run', () => {
  it('are sent the latents of as many images as each has asked for, as often as it has', async () => {
    const followers = new Followers();
    const [often, seldom] = [fakeClient(), fakeClient()];
    followers.follow(often.client, { count: 3, every: 2 }, workbench, 10);
    followers.follow(seldom.client, { count: 1, every: 4 }, workbench, 10);
    const listener = followers.listener({ workbench: workbench, speed: new SpeedMeter() });
    for (let step = 11; step <= 16; step++) await listener(step, {});
    const { means } = often.received[0]!;
    expect(new Set(means).size).toBe(4); // the data set alternates between two images
    expect(often.received).toEqual([11, 13, 15].map((step) => ({ step, means })));
    expect(seldom.received).toEqual([11, 15].map((step) => ({ step, means: means.slice(0, 2) })));
  });

  it('are sent nothing after they have stopped following or have left, and cost no call of the encoder then', async () => {
    const followers = new Followers();
    const [stopped, gone] = [fakeClient(), fakeClient()];
    for (const { client } of [stopped, gone]) followers.follow(client, { count: 1, every: 1 }, workbench, 0);
    followers.follow(stopped.client, { count: 1, every: 0 }, workbench, 0);
    gone.left.resolve();
    await gone.left.promise;
    const listener = followers.listener({ workbench: workbench, speed: new SpeedMeter() });
    expect(listener(1, {})).toBeUndefined();
    expect([stopped.received, gone.received]).toEqual([[], []]);
  });

  it('are refused by a model without an encoder', () => {
    const model = { presentation: { title: 'GAN' }, latent: { size: 1 } };
    const follow = () =>
      new Followers().follow(fakeClient().client, { count: 1, every: 1 }, { model } as unknown as Workbench, 0);
    expect(follow).toThrow('GAN models have no encoder.');
  });
});
