import { describe, expect, it } from 'vitest';
import type { ImageShape } from '../../../src/common/imageShape';
import { openBackend } from '../../../src/engine';
import type { HostTensor, Runner } from '../../../src/engine/program';
import { normals } from '../../../src/engine/random/philox';
import type { Model } from '../../../src/models/model';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { backends, WITHOUT_TENSORFLOW } from '../support/backends';
import {
  gradients,
  modelOf,
  norm,
  patternImages,
  patternLabels,
  setVariables,
  tensor,
  trainStep,
} from './support/models';

const BETA1 = 0.5;
const training = { batch: 5, optimizer: { beta1: BETA1 } };
/** 7 × 6 halves to 4 × 3 and 2 × 2: odd and even sizes on the way down and up. */
const shape: ImageShape = [7, 6, 1];
const CLASSES = 3;

/** Smooth activations: a finite difference across the kink of a ReLU would be wrong, not the gradient. */
const specifications: Record<string, SpecificationInput> = {
  'a Bernoulli MLP VAE': {
    model: { family: 'vae', network: { kind: 'mlp', hidden: [8, 6], activation: 'tanh' }, latent: 3, samples: 2 },
    training,
  },
  'a convolutional VAE': {
    model: {
      family: 'vae',
      network: { kind: 'convolutional', channels: [3, 4], activation: 'softplus' },
      latent: 3,
      beta: 2,
    },
    training,
  },
  'a conditional MLP VAE': {
    model: { family: 'cvae', network: { kind: 'mlp', hidden: [8, 6], activation: 'tanh' }, latent: 3 },
    training,
  },
  'a conditional convolutional VAE': {
    model: {
      family: 'cvae',
      network: { kind: 'convolutional', channels: [3, 4], activation: 'tanh' },
      latent: 3,
      samples: 2,
    },
    training,
  },
  'a VAE with a learned σ for each pixel': {
    model: {
      family: 'vae',
      network: { kind: 'mlp', hidden: [8], activation: 'elu' },
      latent: 3,
      decoder: { likelihood: 'gaussian' },
    },
    training,
  },
  'a VAE with one learned σ': {
    model: {
      family: 'vae',
      network: { kind: 'mlp', hidden: [8], activation: 'tanh' },
      latent: 3,
      decoder: { likelihood: 'gaussian', sigma: 'shared' },
    },
    training,
  },
  'a convolutional autoencoder': {
    model: {
      family: 'ae',
      network: { kind: 'convolutional', channels: [3, 4], activation: 'tanh' },
      latent: 3,
      reconstruction: 'squaredError',
    },
    training,
  },
};

async function start(name: 'tensorflow' | 'wasm', specification: SpecificationInput, seed = 4) {
  const model = modelOf(specification, shape, CLASSES);
  const runner = (await openBackend({ choice: name })).createRunner(model.program, seed);
  return { model, runner };
}

const images = patternImages(5, shape);
const labelsOf = ({ classes }: Model) => (classes === undefined ? undefined : patternLabels(5, CLASSES));

describe.each(backends())('on %s', (name) => {
  it.each(Object.keys(specifications))('the gradient of %s is that of finite differences', async (key) => {
    const { model, runner } = await start(name, specifications[key]!);
    const exact = gradients(runner, model, { images, labels: labelsOf(model) }, BETA1);
    const state = runner.readState();
    for (const [index, { name: variable }] of model.program.variables.entries()) {
      const gradient = exact.get(variable)!;
      expect(norm(gradient), variable).toBeGreaterThan(1e-4);
      const along = gradient.map((value) => value / norm(gradient));
      const other = normals(gradient.length, 9, index, 0);
      const across = other.map((value) => value / norm(other));
      for (const direction of [along, across]) {
        const slope = finiteDifference(runner, model, state, variable, direction);
        const expected = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
        // Float32 losses of about 30 have an error of some 1e-6, which the step of 2e-2 makes some 1e-4.
        expect(Math.abs(slope - expected), `${variable}: ${slope} for ${expected}`).toBeLessThan(
          0.01 * norm(gradient) + 1e-3,
        );
      }
    }
    runner.dispose();
  });
});

/** The slope of the loss in `direction` of one variable, at the weights of `state`. */
function finiteDifference(
  runner: Runner,
  model: Model,
  state: ReadonlyMap<string, HostTensor>,
  variable: string,
  direction: Float32Array,
): number {
  const value = state.get(variable)!;
  const h = 1e-2;
  const [up, down] = [h, -h].map((size) => {
    const moved = value.data.map((entry, i) => entry + size * direction[i]!) as Float32Array;
    runner.writeState(new Map(state).set(variable, tensor(value.shape, moved)));
    return trainStep(runner, model, { images, labels: labelsOf(model), hyperparameters: { learningRate: 0 } })['loss']!;
  });
  return (up! - down!) / (2 * h);
}

/** Without noise: the backends draw differently, so q is made so narrow that its draws are its mean. */
function withoutNoise(model: Model): Record<string, HostTensor> {
  const declaration = (name: string) => model.program.variables.find((variable) => variable.name === name);
  const kernel = declaration('encoder.log_variance.kernel');
  const bias = declaration('encoder.log_variance.bias');
  if (!kernel || !bias) return {};
  return {
    [kernel.name]: tensor(kernel.shape, new Array<number>(kernel.shape[0]! * kernel.shape[1]!).fill(0)),
    [bias.name]: tensor(bias.shape, new Array<number>(bias.shape[0]!).fill(-40)),
  };
}

describe.runIf(!WITHOUT_TENSORFLOW)('WebAssembly and TensorFlow', () => {
  it.each(Object.keys(specifications))('agree on loss and gradient of %s', async (key) => {
    const [wasm, native] = [await start('wasm', specifications[key]!), await start('tensorflow', specifications[key]!)];
    const results = [wasm, native].map(({ model, runner }) => {
      setVariables(runner, withoutNoise(model));
      const step = { images, labels: labelsOf(model) };
      const { loss } = trainStep(runner, model, { ...step, hyperparameters: { learningRate: 0 } });
      const computed = gradients(runner, model, step, BETA1);
      runner.dispose();
      return { loss: loss!, gradients: computed };
    });
    const [first, second] = results as [(typeof results)[0], (typeof results)[0]];
    expect(Math.abs(first.loss - second.loss)).toBeLessThan(1e-5 * Math.max(1, Math.abs(second.loss)));
    for (const [variable, expected] of second.gradients) {
      const difference = first.gradients.get(variable)!.map((value, i) => value - expected[i]!);
      expect(norm(difference), variable).toBeLessThanOrEqual(1e-4 * norm(expected));
    }
  });
});
