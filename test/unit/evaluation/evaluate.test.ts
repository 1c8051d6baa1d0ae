import { describe, expect, it } from 'vitest';
import type { ExampleSet } from '../../../src/data';
import type { HostTensor, Callable } from '../../../src/engine/program';
import { evaluateModel } from '../../../src/evaluation';
import { activeUnits, numbered, scalars, together } from '../../../src/models/metrics';
import type { Metric } from '../../../src/models/model';
import { modelOf } from '../models/support/models';
import { valuesOf } from '../support/valuesOf';

const model = modelOf({ model: { family: 'vae', latent: 2 } }, [1, 1, 1]);
/** The model's program, of which other things are measured. */
const measuring = (...finishes: Metric['finish'][]) => ({
  program: model.program,
  scaling: model.scaling,
  metrics: [{ function: 'evaluate', finish: together(...finishes) }],
});
const kl = numbered('klPerDimension', 'latent/kl/');
const active = activeUnits('posteriorMean', 'posteriorMeanSquare');
const size = model.program.functions['evaluate']!.inputs['examples']!.shape[0]!;
const options = { binarization: 'none', seed: 0, hyperparameters: { learningRate: 0, beta: 1 } } as const;

/** Images of one pixel with values that go up and down. */
const set: ExampleSet = {
  split: 'test',
  count: size + 3,
  values: Uint8Array.from({ length: size + 3 }, (_, i) => i % 7),
};

/** A runner that sums known functions of the pixel, numbers or vectors, as a program would. */
function fake(
  terms: (pixel: number) => Record<string, number | number[]>,
  calls: Record<string, HostTensor>[] = [],
): Callable {
  return {
    call: (_name, given) => {
      const inputs = given as Record<string, HostTensor>;
      calls.push(inputs);
      const sums: Record<string, HostTensor> = {};
      inputs['examples']!.data.forEach((pixel, i) => {
        for (const [name, term] of Object.entries(terms(Math.round(pixel * 255)))) {
          const values = [term].flat();
          const shape = typeof term === 'number' ? [] : [values.length];
          const { data } = (sums[name] ??= { shape, dtype: 'float32', data: new Float32Array(values.length) });
          values.forEach((value, k) => (data[k]! += inputs['weights']!.data[i]! * value));
        }
      });
      return sums;
    },
  };
}

const pixels = [...valuesOf(set)];
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('an evaluation', () => {
  it('gives means over the set, not over batches, and leaves padding out', async () => {
    const runner = fake((pixel) => ({ reconstruction: 10 + pixel, klPerDimension: [pixel, 3] }));
    const { count, metrics } = await evaluateModel(runner, measuring(scalars, kl), set, options);
    expect(count).toBe(size + 3);
    expect(Object.keys(metrics)).toEqual(['test/reconstruction', 'latent/kl/00', 'latent/kl/01']);
    expect(metrics['test/reconstruction']).toBeCloseTo(10 + mean(pixels), 5);
    expect(metrics['latent/kl/00']).toBeCloseTo(mean(pixels), 5);
    expect(metrics['latent/kl/01']).toBe(3);
  });

  it('counts the dimensions whose posterior mean moves with the data', async () => {
    const runner = fake((pixel) => ({
      posteriorMean: [pixel, 0.5 + 0.01 * pixel],
      posteriorMeanSquare: [pixel ** 2, (0.5 + 0.01 * pixel) ** 2],
    }));
    const { metrics } = await evaluateModel(runner, measuring(active), set, options);
    const variance = mean(pixels.map((pixel) => (pixel - mean(pixels)) ** 2));
    expect(metrics['latent/variance/00']).toBeCloseTo(variance, 4);
    expect(metrics['latent/variance/01']).toBeCloseTo(1e-4 * variance, 4);
    expect(metrics['latent/active_units']).toBe(1);
  });

  it('keeps moments of one latent dimension apart from scalars', async () => {
    const runner = fake((pixel) => ({
      klPerDimension: [1],
      posteriorMean: [pixel],
      posteriorMeanSquare: [pixel ** 2],
    }));
    const { metrics } = await evaluateModel(runner, measuring(scalars, kl, active), set, options);
    expect(Object.keys(metrics)).toEqual(['latent/kl/00', 'latent/variance/00', 'latent/active_units']);
  });

  it('gives each batch its own noise, the same at each evaluation', async () => {
    const noises = async () => {
      const calls: Record<string, HostTensor>[] = [];
      await evaluateModel(
        fake(() => ({}), calls),
        measuring(scalars),
        set,
        { ...options, seed: 4_000_000_000 },
      );
      return calls.map((inputs) => [...inputs['noise']!.data]);
    };
    const first = await noises();
    expect(first).toEqual([
      [4_000_000_000 | 0, 0],
      [4_000_000_000 | 0, 1],
    ]);
    expect(await noises()).toEqual(first);
  });

  it('lets other work have its turn between batches, and is ended by what its listener throws', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const evaluation = evaluateModel(
      fake(() => ({})),
      measuring(scalars),
      { ...set, count: 1, values: valuesOf(set).subarray(0, 1) },
      {
        ...options,
        onProgress: () => setImmediate(() => turns++),
      },
    );
    await evaluation;
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    const ended = evaluateModel(
      fake(() => ({})),
      measuring(scalars),
      set,
      {
        ...options,
        onProgress: () => {
          throw new Error('stopped');
        },
      },
    );
    await expect(ended).rejects.toThrow('stopped');
  });
});
