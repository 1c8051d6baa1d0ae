import { describe, expect, it } from 'vitest';
import type { ExampleSet } from '../../../src/data';
import type { HostTensor, Callable } from '../../../src/engine/program';
import { importanceLogLikelihood } from '../../../src/evaluation';
import { LogMean } from '../../../src/evaluation/importance';
import { openBackend } from '../../../src/engine';
import { backends } from '../support/backends';
import { modelOf } from '../models/support/models';

describe('the mean of numbers given by their logarithms', () => {
  const meanOf = (values: readonly number[]) => {
    const mean = new LogMean();
    for (const value of values) mean.add(value);
    return mean;
  };

  it('is that of the numbers', () => {
    expect(meanOf([Math.log(1), Math.log(2), Math.log(6)]).value).toBeCloseTo(Math.log(3), 12);
  });

  it('neither overflows nor underflows, in whatever order they come', () => {
    expect(meanOf([-2000, -2000 + Math.log(3)]).value).toBeCloseTo(-2000 + Math.log(2), 9);
    expect(meanOf([3000 + Math.log(3), 3000]).value).toBeCloseTo(3000 + Math.log(2), 9);
    expect(meanOf([-Infinity, 0]).value).toBeCloseTo(-Math.log(2), 12);
    expect(meanOf([-Infinity, -Infinity]).value).toBe(-Infinity);
  });

  it('propagates NaN', () => {
    expect(meanOf([0, NaN, 0]).value).toBeNaN();
  });

  it('knows how many of them count', () => {
    expect(meanOf([5, 5, 5, 5]).effectiveCount).toBeCloseTo(4, 12);
    expect(meanOf([0, 0, 100]).effectiveCount).toBeCloseTo(1, 12);
  });
});

const shape = [4, 4, 1] as const;
const set: ExampleSet = {
  split: 'test',
  count: 50,
  values: Uint8Array.from({ length: 50 * 16 }, (_, i) => 128 + 120 * Math.sin(1.1 * i + (i * i) / 50)),
};
const options = { binarization: 'dynamic', seed: 2 } as const;

describe.each(backends())('the importance-sampled likelihood on %s', (name) => {
  it('grows with the number of samples, for fixed weights: L₁ ≤ L₅ ≤ L₅₀ ≤ L₅₀₀', async () => {
    const model = modelOf({ model: { family: 'vae', network: { kind: 'mlp', hidden: [8] }, latent: 6 } }, shape);
    const runner = (await openBackend({ choice: name })).createRunner(model.program, 3);
    // Far from any optimum the proposal is poor and the bounds lie apart.
    const state = runner.readState();
    for (const [key, { data }] of state) if (key.endsWith('kernel')) data.forEach((v, i) => (data[i] = 3 * v));
    runner.writeState(state);
    const bounds: number[] = [];
    for (const samples of [1, 5, 50, 500]) {
      const { logLikelihood } = await importanceLogLikelihood(runner, model, set, { ...options, samples });
      bounds.push(logLikelihood);
    }
    runner.dispose();
    for (const [i, bound] of bounds.slice(1).entries()) expect(bound).toBeGreaterThan(bounds[i]! - 0.05);
    expect(bounds[1]! - bounds[0]!).toBeGreaterThan(0.2);
    expect(bounds[3]!).toBeGreaterThan(bounds[0]! + 0.5);
  });
});

describe('the estimate', () => {
  const model = modelOf({ model: { family: 'vae', latent: 2 } }, shape);
  const { batch, samples: rows } = model.likelihood as Extract<typeof model.likelihood, { kind: 'importance' }>;

  /** A runner whose log-weights are a known function of image and sample. */
  function fake(logWeight: (image: number, sample: number) => number): Callable & { counters: number[] } {
    const counters: number[] = [];
    let call = 0;
    return {
      counters,
      call: (_name, inputs): Record<string, HostTensor> => {
        counters.push((inputs['noise'] as HostTensor).data[1]!);
        const chunk = call++;
        const data = Float32Array.from({ length: rows * batch }, (_, i) =>
          logWeight(i % batch, chunk * rows + Math.floor(i / batch)),
        );
        return { logWeights: { shape: [rows, batch], dtype: 'float32', data } };
      },
    };
  }
  const few: ExampleSet = { split: 'test', count: 3, values: new Uint8Array(48) };

  it('is the log of the mean weight of each image, averaged over images, with the padding left out', async () => {
    const runner = fake((image) => (image < 3 ? -100 - image : 1e6));
    const estimate = await importanceLogLikelihood(runner, model, few, { ...options, samples: 7 });
    expect(estimate).toMatchObject({ logLikelihood: -101, count: 3, samples: 7, effectiveSamples: 7 });
    expect(estimate.standardError).toBeCloseTo(1 / Math.sqrt(3), 12);
  });

  it('has no standard error for a single image', async () => {
    const one: ExampleSet = { split: 'test', count: 1, values: new Uint8Array(16) };
    const estimate = await importanceLogLikelihood(
      fake(() => -3),
      model,
      one,
      { ...options, samples: 2 },
    );
    expect(estimate).toMatchObject({ logLikelihood: -3, count: 1 });
    expect(estimate.standardError).toBeUndefined();
  });

  it('uses exactly the requested number of samples, over several calls with different noise', async () => {
    const samples = 2 * rows + 3;
    const runner = fake((_image, sample) => (sample < samples ? 0 : 50));
    const { logLikelihood, effectiveSamples } = await importanceLogLikelihood(runner, model, few, {
      ...options,
      samples,
    });
    expect(logLikelihood).toBe(0);
    expect(effectiveSamples).toBeCloseTo(samples, 9);
    expect(runner.counters).toHaveLength(3);
    expect(new Set(runner.counters).size).toBe(3);
  });

  it('draws independently for each batch of images, reports progress and can be stopped by the callback', async () => {
    const many: ExampleSet = { split: 'test', count: 2 * batch + 1, values: new Uint8Array((2 * batch + 1) * 16) };
    const progress: [number, number][] = [];
    const runner = fake(() => 0);
    await importanceLogLikelihood(runner, model, many, {
      ...options,
      samples: 1,
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(progress.map(([done]) => done)).toEqual([batch, 2 * batch, 2 * batch + 1]);
    expect(new Set(runner.counters).size).toBe(3);
    const ended = importanceLogLikelihood(runner, model, many, {
      ...options,
      samples: 1,
      onProgress: () => {
        throw new Error('stopped');
      },
    });
    await expect(ended).rejects.toThrow('stopped');
  });
});
