import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { batchWithin } from '../../../src/trainer/workbench/encodeBatch';
import { runAll } from '../../../src/common/slices';
import { easelOf } from '../../../src/trainer/workbench/easel';
import { encode } from '../../../src/trainer/workbench/latents';
import { Workbench } from '../../../src/trainer/workbench/workbench';
import { backends } from '../support/backends';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';
import { valuesOf } from '../support/valuesOf';

/** A clock that only calls move, by so many milliseconds each, one after the other and the last one again. */
function callsOf(...milliseconds: number[]) {
  let now = 0;
  let calls = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  return () => void (now += milliseconds[Math.min(calls++, milliseconds.length - 1)]!);
}

describe('how many images a call of the encoder takes', () => {
  it('is a whole batch where that is quick enough, once the first call has warmed it up', () => {
    expect(batchWithin(15, 100, callsOf(80, 14))).toBe(100);
    vi.restoreAllMocks();
  });

  it('is as many as fit into the time, by the quickest call, and at least one', () => {
    expect(batchWithin(15, 100, callsOf(200, 60, 90))).toBe(25);
    expect(batchWithin(15, 100, callsOf(5_000))).toBe(1);
    vi.restoreAllMocks();
  });
});

describe.each(backends())('an encoder that is too slow on %s', (backend) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await createWorkspace();
  });
  afterAll(() => workspace.remove());

  it.each(['ae', 'cvae'] as const)(
    'of the family %s takes fewer images at a call and gives the same',
    async (family) => {
      const model = { family, network: { kind: 'mlp', hidden: [8] }, latent: 2 } as SpecificationInput['model'];
      const specification = tinySpecification(workspace, { model, engine: { backend, threads: 1 } });
      const source = path.join(workspace.folder, 'run');
      const workbench = await Workbench.open({ specification, source, onActivity: () => undefined });
      const { labels } = workbench.dataset.test;
      const values = valuesOf(workbench.dataset.test);
      const whole = runAll(encode(workbench, values, labels));
      const batch = workbench.encodeBatch;
      workbench.prepareLatents(1e-3);
      expect(workbench.encodeBatch).toBeLessThan(batch);
      const parts = runAll(encode(workbench, values, labels));
      expect(parts.means).toHaveLength(whole.means.length);
      for (const [i, mean] of whole.means.entries()) expect(parts.means[i]).toBeCloseTo(mean, 5);
      // What a run logs of them is their beginning.
      const { means: logged } = runAll(easelOf(workbench).encoded(5));
      expect(logged).toHaveLength(5 * 2);
      for (const [i, mean] of logged.entries()) expect(mean).toBeCloseTo(whole.means[i]!, 5);
      workbench.dispose();
    },
  );

  it('may be found so while a set is encoded, which goes on', async () => {
    const specification = tinySpecification(workspace, { engine: { backend, threads: 1 } });
    const source = path.join(workspace.folder, 'run');
    const workbench = await Workbench.open({ specification, source, onActivity: () => undefined });
    const images = new Uint8Array(250 * 36).map((_, i) => i % 251);
    const work = encode(workbench, images);
    work.next();
    workbench.prepareLatents(1e-3);
    const { means } = runAll(work);
    const again = runAll(encode(workbench, images));
    for (const [i, mean] of again.means.entries()) expect(means[i]).toBeCloseTo(mean, 5);
    workbench.dispose();
  });
});
