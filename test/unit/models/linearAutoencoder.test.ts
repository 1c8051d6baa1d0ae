import { describe, expect, it } from 'vitest';
import type { ImageShape } from '../../../src/common/imageShape';
import { openBackend } from '../../../src/engine';
import { normals } from '../../../src/engine/random/philox';
import { backends } from '../support/backends';
import { eigenvalues } from './support/linearAlgebra';
import { modelOf, tensor, trainStep } from './support/models';

const shape: ImageShape = [3, 4, 1];
const features = 12;
const latent = 3;
const count = 200;

/** Three strong directions and nine weak ones, mixed, around a mean that is not 0, so that biases are needed. */
function data(): number[] {
  const noise = normals(count * features, 5, 0, 0);
  return Array.from({ length: count * features }, (_, i) => {
    const row = i - (i % features);
    let value = 0.5;
    for (let k = 0; k < features; k++) {
      const strength = k < latent ? 0.3 : 0.08;
      value += strength * noise[row + k]! * Math.sin(1 + (i % features) * (k + 1));
    }
    return value;
  });
}

/** What the best affine map of rank `latent` leaves over: the sum of the other eigenvalues of the covariance. */
function principalResidual(x: readonly number[]): number {
  const mean = Array.from({ length: features }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += x[i * features + j]!;
    return sum / count;
  });
  const covariance = mean.map((_, j) =>
    mean.map((__, k) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += (x[i * features + j]! - mean[j]!) * (x[i * features + k]! - mean[k]!);
      return sum / count;
    }),
  );
  return eigenvalues(covariance)
    .slice(latent)
    .reduce((sum, value) => sum + value, 0);
}

describe.each(backends())('a linear autoencoder on %s', (name) => {
  it('comes within 3 % of the residual of the principal components, and never below it', async () => {
    const x = data();
    const model = modelOf(
      {
        model: { family: 'ae', network: { kind: 'mlp', hidden: [] }, latent, reconstruction: 'squaredError' },
        training: { batch: count },
      },
      shape,
    );
    const runner = (await openBackend({ choice: name })).createRunner(model.program, 1);
    const images = tensor([count, ...shape], x);
    let error = Infinity;
    for (let step = 0; step < 400; step++) {
      const learningRate = 0.05 * (1 - step / 400);
      error = trainStep(runner, model, { images, hyperparameters: { learningRate } })['reconstruction']!;
    }
    runner.dispose();
    const best = principalResidual(x);
    expect(error / best).toBeLessThan(1.03);
    expect(error / best).toBeGreaterThan(0.9999);
  });
});
