import { describe, expect, it } from 'vitest';
import type { Model } from '../../../src/models/model';
import type { ImageShape } from '../../../src/common/imageShape';
import { openBackend } from '../../../src/engine';
import { noise, scalars } from '../../../src/evaluation';
import type { HostTensor } from '../../../src/engine/program';
import { presentationSchema } from '../../../src/protocol/run';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { backends } from '../support/backends';
import { modelOf, patternImages, tensor, trainStep } from './support/models';

type VaeInput = Extract<SpecificationInput['model'], { family: 'vae' }>;

const small: ImageShape = [4, 4, 1];
const vae = (options: Partial<VaeInput> = {}): SpecificationInput => ({
  model: { family: 'vae', network: { kind: 'mlp', hidden: [12] }, latent: 3, ...options },
  training: { batch: 6 },
});
const images = patternImages(6, small);

describe.each(backends())('a VAE on %s', (name) => {
  async function start(specification: SpecificationInput, shape = small, seed = 1) {
    const model = modelOf(specification, shape);
    return { model, runner: (await openBackend({ choice: name })).createRunner(model.program, seed) };
  }

  it('minimizes reconstruction + β KL and reports −ELBO without β', async () => {
    const { model, runner } = await start(vae({ beta: 4 }));
    const { loss, negative_elbo, reconstruction, kl } = trainStep(runner, model, { images });
    expect(kl).toBeGreaterThan(0.01);
    expect(loss).toBeCloseTo(reconstruction! + 4 * kl!, 4);
    expect(negative_elbo).toBeCloseTo(reconstruction! + kl!, 4);
    runner.dispose();
  });

  it('is the VAE, bit for bit, when β is 1, also when it was set to 1 later', async () => {
    const [plain, beta] = [await start(vae()), await start(vae({ beta: 4 }))];
    for (let step = 0; step < 3; step++) {
      const expected = trainStep(plain.runner, plain.model, { images, counter: step });
      expect(expected['loss']).toBe(expected['negative_elbo']);
      const actual = trainStep(beta.runner, beta.model, { images, counter: step, hyperparameters: { beta: 1 } });
      expect(actual).toEqual(expected);
    }
    expect(beta.runner.readState()).toEqual(plain.runner.readState());
    for (const { runner } of [plain, beta]) runner.dispose();
  });

  it('estimates the same reconstruction from L samples as from one, with 1/L of the variance', async () => {
    const statistics = async (samples: number) => {
      const { model, runner } = await start(vae({ samples }));
      const values = Array.from({ length: 60 }, (_, counter) => {
        const { reconstruction } = trainStep(runner, model, { images, counter, hyperparameters: { learningRate: 0 } });
        return reconstruction!;
      });
      runner.dispose();
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      return { mean, variance };
    };
    const [one, many] = [await statistics(1), await statistics(16)];
    // Four standard errors; the quotient of two variances of 60 draws is within a factor of 2.3 of its value.
    expect(Math.abs(one.mean - many.mean)).toBeLessThan(4 * Math.sqrt(one.variance / 60));
    expect(one.variance / many.variance).toBeGreaterThan(16 / 2.3);
    expect(one.variance / many.variance).toBeLessThan(16 * 2.3);
  });

  const networks: [string, VaeInput['network'], ImageShape][] = [
    ['an MLP', { kind: 'mlp', hidden: [9, 5] }, [5, 3, 3]],
    ['convolutions of even sizes', { kind: 'convolutional', channels: [4, 6] }, [8, 12, 1]],
    ['convolutions of odd sizes', { kind: 'convolutional', channels: [3, 4, 5] }, [13, 7, 3]],
    ['one convolution', { kind: 'convolutional', channels: [3] }, [5, 4, 1]],
    ['more convolutions than the image has room for', { kind: 'convolutional', channels: [2, 2, 2] }, [2, 3, 1]],
  ];
  it.each(networks)('gives images of the shape it was made for, with %s', async (_what, network, shape) => {
    for (const likelihood of ['bernoulli', 'gaussian'] as const) {
      const { model, runner } = await start(vae({ network, decoder: { likelihood } }), shape);
      const { sampling: sample, latent: space } = model;
      const { encode, decode } = space!;
      const reconstruct = { function: 'reconstruct', count: reconstructedAtOnce(model) };
      const call = (ability: { function: string }, inputs: Record<string, HostTensor>) =>
        runner.call(ability.function, inputs);
      const shown = call(reconstruct, { examples: patternImages(reconstruct.count, shape) });
      expect(shown['examples']!.shape).toEqual([reconstruct.count, ...shape]);
      const drawn = call(sample!, { noise: noise(1, 0) });
      expect(drawn['examples']!.shape).toEqual([sample!.count, ...shape]);
      const codes = call(encode!, { examples: patternImages(encode!.batch, shape) });
      expect(codes['mean']!.shape).toEqual([encode!.batch, 3]);
      expect(codes['logVariance']!.shape).toEqual([encode!.batch, 3]);
      const latent = tensor([decode!.count, 3], new Float32Array(decode!.count * 3).fill(0.5));
      expect(call(decode!, { latent })['examples']!.shape).toEqual([decode!.count, ...shape]);
      const { loss } = trainStep(runner, model, { images: patternImages(6, shape) });
      expect(loss).toSatisfy(Number.isFinite);
      runner.dispose();
    }
  });

  it('reconstructs at the mean of q: encoding and then decoding gives the same images', async () => {
    const { model, runner } = await start(vae());
    const { encode, decode } = model.latent!;
    const reconstruct = { count: reconstructedAtOnce(model) };
    const shown = patternImages(encode!.batch, small);
    const codes = runner.call('encode', { examples: shown })['mean']!;
    const latent = tensor([decode!.count, 3], codes.data.subarray(0, decode!.count * 3));
    const decoded = runner.call('decode', { latent })['examples']!.data;
    const size = reconstruct.count * 16;
    const first = tensor([reconstruct.count, ...small], shown.data.subarray(0, size));
    const reconstructed = runner.call('reconstruct', { examples: first })['examples']!.data;
    for (const [i, value] of decoded.entries()) expect(value).toBeCloseTo(reconstructed[i]!, 5);
    runner.dispose();
  });

  it('draws other samples for other noise, and the same for the same', async () => {
    const { runner } = await start(vae());
    const draw = (counter: number) => runner.call('sample', { noise: noise(1, counter) })['examples']!.data;
    expect(draw(0)).toEqual(draw(0));
    expect(draw(0)).not.toEqual(draw(1));
    runner.dispose();
  });

  it('evaluates what it trains: one batch has the same KL in both', async () => {
    const { model, runner } = await start(vae());
    const before = trainStep(runner, model, { images, hyperparameters: { learningRate: 0 } });
    const size = model.program.functions['evaluate']!.inputs['examples']!.shape[0]!;
    const padded = tensor([size, ...small], [...images.data, ...new Float32Array((size - 6) * 16)]);
    const weights = tensor([size], new Float32Array(size).fill(1, 0, 6));
    const sums = runner.call('evaluate', {
      examples: padded,
      weights,
      noise: noise(0, 0),
      ...scalars({ learningRate: 0, beta: 1 }),
    });
    expect(sums['kl']!.data[0]! / 6).toBeCloseTo(before['kl']!, 4);
    const perDimension = [...sums['klPerDimension']!.data];
    expect(perDimension).toHaveLength(3);
    expect(perDimension.reduce((sum, value) => sum + value, 0)).toBeCloseTo(sums['kl']!.data[0]!, 4);
    runner.dispose();
  });
});

describe('the preset', () => {
  const model = modelOf({ model: { family: 'vae' } }, [28, 28, 1]);

  it('is 784-400-20-400-784 with 652,824 parameters under their documented names', () => {
    const shapes = Object.fromEntries(model.program.variables.map(({ name, shape }) => [name, shape]));
    expect(shapes).toEqual({
      'encoder.hidden.0.kernel': [784, 400],
      'encoder.hidden.0.bias': [400],
      'encoder.mean.kernel': [400, 20],
      'encoder.mean.bias': [20],
      'encoder.log_variance.kernel': [400, 20],
      'encoder.log_variance.bias': [20],
      'decoder.hidden.0.kernel': [20, 400],
      'decoder.hidden.0.bias': [400],
      'decoder.logits.kernel': [400, 784],
      'decoder.logits.bias': [784],
    });
    const sizes = Object.values(shapes).map((shape) => shape.reduce((product, size) => product * size, 1));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(652_824);
  });

  it('tells views what to show', () => {
    expect(presentationSchema.parse(model.presentation)).toEqual(model.presentation);
    expect(model.presentation.title).toBe('VAE · MNIST');
    expect(modelOf({ model: { family: 'vae', beta: 4 } }, [28, 28, 1]).presentation.title).toBe('β-VAE · MNIST');
    const data = { set: 'idx', path: './data/fashion-mnist/' } as const;
    expect(modelOf({ model: { family: 'ae' }, data }, [28, 28, 1]).presentation.title).toBe(
      'Autoencoder · Fashion-MNIST',
    );
  });
});

/** How many images are reconstructed in one call. */
function reconstructedAtOnce({ program }: Model): number {
  return program.functions['reconstruct']!.inputs['examples']!.shape[0]!;
}
