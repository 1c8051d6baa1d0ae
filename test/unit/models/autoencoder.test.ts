import { describe, expect, it } from 'vitest';
import { capabilitiesOf } from '../../../src/models/model';
import type { ImageShape } from '../../../src/common/imageShape';
import { openBackend } from '../../../src/engine';
import { evaluateModel, importanceLogLikelihood } from '../../../src/evaluation';
import { panelsOf } from '../../../src/protocol/panelsOf';
import { presentationSchema } from '../../../src/protocol/run';
import { backends } from '../support/backends';
import { modelOf, patternImages, trainStep } from './support/models';

const shape: ImageShape = [6, 5, 1];

function autoencoder(reconstruction: 'crossEntropy' | 'squaredError') {
  return modelOf(
    {
      model: { family: 'ae', network: { kind: 'convolutional', channels: [4] }, latent: 3, reconstruction },
      training: { batch: 8 },
    },
    shape,
  );
}

describe.each(backends())('an autoencoder on %s', (name) => {
  it.each(['crossEntropy', 'squaredError'] as const)('measures %s over its reconstructions', async (kind) => {
    const model = autoencoder(kind);
    const runner = (await openBackend({ choice: name })).createRunner(model.program, 0);
    const images = patternImages(32, shape);
    const x = [...images.data.subarray(0, 8 * 30)];
    const y = runner.call('reconstruct', { examples: images })['examples']!.data;
    const term = (target: number, value: number) =>
      kind === 'squaredError' ? (target - value) ** 2 : -target * Math.log(value) - (1 - target) * Math.log(1 - value);
    const expected = x.reduce((sum, value, i) => sum + term(value, y[i]!), 0) / 8;
    const { reconstruction, loss } = trainStep(runner, model, { images: patternImages(8, shape) });
    expect(reconstruction! / expected).toBeCloseTo(1, 5);
    expect(loss).toBe(reconstruction);
    runner.dispose();
  });

  it('decodes its own codes to its reconstructions, evaluates, and has neither samples nor a likelihood', async () => {
    const model = autoencoder('crossEntropy');
    const runner = (await openBackend({ choice: name })).createRunner(model.program, 0);
    expect(capabilitiesOf(model)).toEqual({
      data: { kind: 'image', shape: [...shape] },
      ...{ sampling: null, likelihood: null, classes: 0 },
      latent: { size: 3, prior: null, encodes: 'point', decodes: true },
    });
    const { batch } = model.latent!.encode!;
    const { count } = model.latent!.decode!;
    const images = patternImages(batch, shape);
    const codes = runner.call('encode', { examples: images })['mean']!;
    const latent = { ...codes, shape: [count, 3], data: codes.data.slice(0, count * 3) };
    const decoded = runner.call('decode', { latent })['examples']!.data;
    const shown = model.program.functions['reconstruct']!.inputs['examples']!.shape[0]!;
    const first = { ...images, shape: [shown, ...shape], data: images.data.slice(0, shown * 30) };
    const reconstructed = runner.call('reconstruct', { examples: first })['examples']!.data;
    for (const [i, value] of decoded.entries()) expect(value).toBeCloseTo(reconstructed[i]!, 5);

    const set = { split: 'test', count: 2, values: new Uint8Array(60).fill(100) } as const;
    const options = { binarization: 'none', seed: 0 } as const;
    const { metrics } = await evaluateModel(runner, model, set, { ...options, hyperparameters: { learningRate: 0 } });
    expect(Object.keys(metrics)).toEqual(['test/reconstruction']);
    await expect(importanceLogLikelihood(runner, model, set, { ...options, samples: 5 })).rejects.toThrow(
      /^A ae has no proposal/,
    );
    runner.dispose();
  });
});

it('an autoencoder tells views what to show, in the unit of its error', () => {
  for (const [kind, unit] of [
    ['crossEntropy', 'nats per image'],
    ['squaredError', 'squared error per image'],
  ] as const) {
    const { presentation } = autoencoder(kind);
    expect(presentationSchema.parse(presentation)).toEqual(presentation);
    expect(panelsOf(presentation, 'curves').map((chart) => chart.unit)).toEqual([unit]);
  }
});
