import { describe, expect, it } from 'vitest';
import type { ImageShape } from '../../../src/common/imageShape';
import type { ExampleSet } from '../../../src/data';
import { openBackend } from '../../../src/engine';
import { evaluateModel, importanceLogLikelihood } from '../../../src/evaluation';
import { backends } from '../support/backends';
import { gaussianLogDensity, multiply, transpose } from './support/linearAlgebra';
import { modelOf, setVariables, tensor } from './support/models';

/**
 * x = b + W z + σ ε is a VAE with a linear decoder whose marginal and posterior are known. With orthogonal columns of W
 * the posterior has independent components, so that the encoder can be exactly it, and then every importance weight is
 * p(x) itself. A missing ½ or 2π, a sum in place of a mean or a wrong KL shows at once.
 */
const shape: ImageShape = [2, 3, 1];
const sigma = 0.12;
const b = [0.5, 0.45, 0.55, 0.5, 0.6, 0.4];
const orthogonal = [
  [0.2, 0.1],
  [0.2, -0.1],
  [-0.1, 0.15],
  [0.1, 0.15],
  [0.05, -0.05],
  [0.05, 0.05],
];
/** The same but for columns that are not orthogonal: no encoder with a diagonal covariance is exact. */
const oblique = orthogonal.map(([first, second]) => [first!, second! + 0.6 * first!]);

const images = Uint8Array.from({ length: 40 * 6 }, (_, i) => 128 + 90 * Math.sin(1.3 * i + (i * i) / 31));
const set: ExampleSet = { split: 'test', count: 40, values: images };

/** Mean over the set of log N(x; b, W Wᵀ + σ² I), in double precision. */
function marginal(w: number[][]): number {
  const covariance = multiply(w, transpose(w)).map((row, i) => row.map((v, j) => v + (i === j ? sigma ** 2 : 0)));
  let sum = 0;
  for (let image = 0; image < set.count; image++) {
    const x = [...images.subarray(image * 6, (image + 1) * 6)].map((value) => value / 255);
    sum += gaussianLogDensity(x, b, covariance);
  }
  return sum / set.count;
}

/** Weights of the model that is exactly that: q is the posterior, but for its correlations. */
function weights(w: number[][]) {
  // Posterior precision I + Wᵀ W / σ², inverted (2 × 2), and the posterior mean S Wᵀ (x − b) / σ².
  const [[a, c], [, d]] = multiply(transpose(w), w).map((row, i) =>
    row.map((value, j) => value / sigma ** 2 + (i === j ? 1 : 0)),
  ) as [[number, number], [number, number]];
  const determinant = a * d - c * c;
  const covariance = [
    [d / determinant, -c / determinant],
    [-c / determinant, a / determinant],
  ];
  const encoder = multiply(w, covariance).map((row) => row.map((value) => value / sigma ** 2));
  const bias = multiply([b], encoder)[0]!.map((value) => -value);
  // The variance of one component given the other is the best that independent components can do.
  const logVariance = [-Math.log(a), -Math.log(d)];
  return {
    'encoder.mean.kernel': tensor([6, 2], encoder.flat()),
    'encoder.mean.bias': tensor([2], bias),
    'encoder.log_variance.kernel': tensor([6, 2], new Array<number>(12).fill(0)),
    'encoder.log_variance.bias': tensor([2], logVariance),
    'decoder.mean.kernel': tensor([2, 6], transpose(w).flat()),
    'decoder.mean.bias': tensor([6], b),
    'decoder.log_sigma': tensor([1], [unbounded(Math.log(sigma))]),
  };
}

/** The inverse of the soft bounds of −4 and 2. */
function unbounded(logSigma: number): number {
  return -1 + 3 * Math.atanh((logSigma + 1) / 3);
}

describe.each(backends())('a linear-Gaussian VAE at the optimal posterior, on %s', (name) => {
  async function estimates(w: number[][], samples: number) {
    const model = modelOf(
      {
        model: {
          family: 'vae',
          network: { kind: 'mlp', hidden: [] },
          latent: 2,
          decoder: { likelihood: 'gaussian', sigma: 'shared' },
          samples: 64,
        },
      },
      shape,
    );
    const runner = (await openBackend({ choice: name })).createRunner(model.program, 0);
    setVariables(runner, weights(w));
    const options = { binarization: 'none', seed: 3 } as const;
    const { metrics } = await evaluateModel(runner, model, set, {
      ...options,
      hyperparameters: { learningRate: 0, beta: 1 },
    });
    const importance = await importanceLogLikelihood(runner, model, set, { ...options, samples });
    runner.dispose();
    return { elbo: -metrics['test/negative_elbo']!, importance };
  }

  it('has log N(x; b, W Wᵀ + σ² I) as its ELBO, and every importance weight is that', async () => {
    const expected = marginal(orthogonal);
    const { elbo, importance } = await estimates(orthogonal, 10);
    expect(Math.abs(elbo - expected)).toBeLessThan(0.05);
    expect(Math.abs(importance.logLikelihood - expected)).toBeLessThan(1e-3);
    expect(importance.effectiveSamples).toBeCloseTo(10, 2);
  });

  it('has a lower ELBO where q cannot match, which importance sampling makes up for', async () => {
    const expected = marginal(oblique);
    const { elbo, importance } = await estimates(oblique, 1000);
    expect(elbo).toBeLessThan(expected - 0.1);
    expect(Math.abs(importance.logLikelihood - expected)).toBeLessThan(0.05);
  });
});
