import { describe, expect, it } from 'vitest';
import type * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../../../src/engine';
import type { HostTensor } from '../../../src/engine/program';
import {
  bernoulliLogLikelihood,
  gaussianLogLikelihood,
  klFromStandardNormal,
  softlyBounded,
  standardNormalLogLikelihood,
} from '../../../src/models/distributions';
import { backends } from '../support/backends';
import { tensor } from './support/models';

type Formula = (...inputs: tf.Tensor[]) => tf.Tensor;

describe.each(backends())('on %s', (name) => {
  /** What a formula gives for host tensors. */
  async function compute(formula: Formula, ...inputs: HostTensor[]): Promise<number[]> {
    const backend = await openBackend({ choice: name });
    const named = Object.fromEntries(inputs.map((input, index) => [`input${index}`, input]));
    const runner = backend.createRunner(
      {
        variables: [],
        functions: {
          formula: { inputs: named, body: (_scope, values) => ({ result: formula(...Object.values(values)) }) },
        },
      },
      0,
    );
    const { result } = runner.call('formula', named);
    runner.dispose();
    return [...result!.data];
  }

  it('a Bernoulli log-likelihood is Σ x log p + (1 − x) log(1 − p)', async () => {
    const logits = [-3, -0.5, 0, 0.2, 2, 5];
    const x = [0, 1, 0.5, 0.25, 1, 0.9];
    const expected = x.reduce((sum, value, i) => {
      const p = 1 / (1 + Math.exp(-logits[i]!));
      return sum + value * Math.log(p) + (1 - value) * Math.log(1 - p);
    }, 0);
    const [actual] = await compute(bernoulliLogLikelihood, tensor([1, 6], x), tensor([1, 6], logits));
    expect(actual).toBeCloseTo(expected, 5);
  });

  it('a Bernoulli log-likelihood stays finite and right where the probability rounds to 0 or 1', async () => {
    const logits = tensor([4, 1], [200, 200, -200, -200]);
    const actual = await compute(bernoulliLogLikelihood, tensor([4, 1], [1, 0, 0, 1]), logits);
    expect(actual.map((value) => value + 0)).toEqual([0, -200, 0, -200]);
  });

  it('a Gaussian log-likelihood is the textbook’s, with ½ and 2π, summed over pixels for each sample and image', async () => {
    const x = [0.3, -1.2, 2, 0.7];
    const mean = [0, -1, 1.5, 0.7, 0.1, 0.2, 0.3, 0.4];
    const logSigma = [-0.3, 0.4, 0, -2, 0.1, 0.2, -0.1, 0];
    const density = (i: number) => {
      const sigma = Math.exp(logSigma[i]!);
      return Math.log(Math.exp(-((x[i % 4]! - mean[i]!) ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI)));
    };
    const expected = [0, 2, 4, 6].map((i) => density(i) + density(i + 1));
    const actual = await compute(
      gaussianLogLikelihood,
      tensor([2, 2], x),
      tensor([2, 2, 2], mean),
      tensor([2, 2, 2], logSigma),
    );
    actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  });

  it('log N(z; 0, I) is the Gaussian log-likelihood at mean 0 and σ 1', async () => {
    const z = tensor([1, 3], [0.5, -2, 1.1]);
    const zeros = tensor([1, 3], [0, 0, 0]);
    const [expected] = await compute(gaussianLogLikelihood, z, zeros, zeros);
    expect((await compute(standardNormalLogLikelihood, z))[0]).toBeCloseTo(expected!, 5);
  });

  it('the KL of a Gaussian from N(0, 1) is ∫ q log q/p, and 0 at N(0, 1)', async () => {
    const cases: [number, number][] = [
      [0, 1],
      [0.8, 0.5],
      [-1.5, 1.7],
      [0, 0.1],
    ];
    const actual = await compute(
      klFromStandardNormal,
      tensor(
        [1, 4],
        cases.map(([mean]) => mean),
      ),
      tensor(
        [1, 4],
        cases.map(([, sigma]) => 2 * Math.log(sigma)),
      ),
    );
    for (const [i, [mean, sigma]] of cases.entries()) expect(actual[i]).toBeCloseTo(integratedKl(mean, sigma), 4);
    expect(actual[0]).toBe(0);
  });

  it('a softly bounded value stays inside, keeps its order and is nearly itself in the middle', async () => {
    const values = [-100, -5, -1, 0, 1, 5, 100];
    const bounded = await compute((value) => softlyBounded(value, -4, 2), tensor([7], values));
    for (const value of bounded) {
      expect(value).toBeGreaterThanOrEqual(-4);
      expect(value).toBeLessThanOrEqual(2);
    }
    expect(bounded).toEqual(bounded.toSorted((a, b) => a - b));
    expect(Math.abs(bounded[2]! + 1)).toBeLessThan(0.05);
  });
});

/** Trapezoid rule over ±12 σ, in double precision. */
function integratedKl(mean: number, sigma: number): number {
  const steps = 20_000;
  const width = (24 * sigma) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const z = mean - 12 * sigma + i * width;
    const logQ = -0.5 * ((z - mean) / sigma) ** 2 - Math.log(sigma);
    const density = Math.exp(logQ) / Math.sqrt(2 * Math.PI);
    sum += density * (logQ + 0.5 * z * z) * width;
  }
  return sum;
}
