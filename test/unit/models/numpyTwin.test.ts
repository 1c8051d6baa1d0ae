import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageShape } from '../../../src/common/imageShape';
import { openBackend } from '../../../src/engine';
import { NOISE_INPUT, type HostTensor, type Program } from '../../../src/engine/program';
import { noise, scalars } from '../../../src/evaluation';
import { createModel } from '../../../src/models';
import { parseSpecification, type Specification, type SpecificationInput } from '../../../src/protocol/specification';
import { encodeCheckpoint, type Checkpoint } from '../../../src/runs/checkpointFile';
import { backends } from '../support/backends';
import { requirePeers, runPeer } from '../support/python';
import { patternImages, patternLabels, tensor, trainStep } from './support/models';

/** The stream that a VAE's `evaluate` draws from; the twin is given the same numbers. */
const EVALUATE_STREAM = 1;

const cases: [string, SpecificationInput['model'], ImageShape][] = [
  ['an MLP', { family: 'vae', network: { kind: 'mlp', hidden: [20, 9] }, latent: 4, samples: 2 }, [7, 6, 1]],
  [
    'convolutions, odd sizes and color',
    { family: 'vae', network: { kind: 'convolutional', channels: [3, 4, 5], activation: 'elu' }, latent: 4 },
    [11, 6, 3],
  ],
  [
    'a σ for each pixel',
    {
      family: 'vae',
      network: { kind: 'mlp', hidden: [12], activation: 'softplus' },
      latent: 3,
      decoder: { likelihood: 'gaussian' },
    },
    [5, 4, 1],
  ],
  [
    'convolutions and one σ',
    {
      family: 'vae',
      network: { kind: 'convolutional', channels: [4], activation: 'tanh' },
      latent: 3,
      decoder: { likelihood: 'gaussian', sigma: 'shared' },
    },
    [6, 5, 1],
  ],
  ['labels', { family: 'cvae', network: { kind: 'mlp', hidden: [20, 9] }, latent: 4, samples: 2 }, [7, 6, 1]],
  [
    'labels and convolutions',
    {
      family: 'cvae',
      network: { kind: 'convolutional', channels: [3, 4, 5], activation: 'elu' },
      latent: 4,
      decoder: { likelihood: 'gaussian' },
    },
    [11, 6, 1],
  ],
  [
    'labels for linear networks',
    { family: 'cvae', network: { kind: 'mlp', hidden: [] }, latent: 3, decoder: { likelihood: 'gaussian' } },
    [5, 4, 1],
  ],
];
const CLASSES = 3;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'twin-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, { data }: HostTensor): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return file;
}

describe.each(backends())('the −ELBO that %s computes', (name) => {
  for (const [title, input, shape] of cases) {
    it(`is that of NumPy from the checkpoint, with ${title}`, async (context) => {
      const python = requirePeers(context);
      const specification = parseSpecification({ model: input, training: { batch: 8 } });
      const model = createModel(specification, { kind: 'image', shape: [...shape] }, CLASSES);
      const { inputs } = model.program.functions['evaluate']!;
      const batch = inputs['examples']!.shape[0]!;
      const { size: latent } = model.latent!;
      const samples = 'samples' in specification.model ? specification.model.samples : 1;
      const labels = (count: number): Record<string, HostTensor> =>
        model.classes ? { labels: patternLabels(count, CLASSES) } : {};
      const backend = await openBackend({ choice: name });
      const runner = backend.createRunner(model.program, 0);
      for (let step = 0; step < 20; step++) {
        const hyperparameters = { learningRate: 0.02 };
        trainStep(runner, model, { images: patternImages(8, shape), ...labels(8), counter: step, hyperparameters });
      }
      const images = patternImages(batch, shape);
      const outputs = runner.call('evaluate', {
        examples: images,
        weights: tensor([batch], new Float32Array(batch).fill(1)),
        noise: noise(5, 3),
        ...labels(batch),
        ...scalars({ learningRate: 0, beta: 1 }),
      });
      const drawing = backend.createRunner(draws([samples, batch, latent]), 0);
      const { drawn } = drawing.call('draw', { noise: noise(5, 3) });

      const checkpoint = path.join(folder, 'step-00000020.safetensors');
      await writeFile(checkpoint, Buffer.concat(encodeCheckpoint(checkpointOf(specification, runner.readState()))));
      const files = [checkpoint, await write('images', images), await write('noise', drawn!)];
      const twin = (await runPeer(python, 'numpy_vae.py', ...files, ...shape.map(String), String(CLASSES))) as Record<
        string,
        unknown
      >;
      for (const term of ['negative_elbo', 'reconstruction', 'kl']) {
        const expected = twin[term] as number;
        const actual = outputs[term]!.data[0]! / batch;
        expect(Math.abs(actual - expected), term).toBeLessThan(1e-5 * Math.max(10, Math.abs(expected)));
      }
      for (const [i, expected] of (twin['klPerDimension'] as number[]).entries()) {
        expect(outputs['klPerDimension']!.data[i]! / batch).toBeCloseTo(expected, 4);
      }
      runner.dispose();
      drawing.dispose();
    });
  }
});

/** A program that gives the numbers that a model draws. */
function draws(shape: readonly number[]): Program {
  return {
    variables: [],
    functions: {
      draw: {
        inputs: { noise: NOISE_INPUT },
        body: (scope, inputs) => ({ drawn: scope.normal(inputs['noise'] as tf.Tensor1D, EVALUATE_STREAM, shape) }),
      },
    },
  };
}

function checkpointOf(specification: Specification, state: ReadonlyMap<string, HostTensor>): Checkpoint {
  const tensors = new Map(
    [...state].map(([key, { dtype, shape, data }]) => {
      return [key, { dtype: dtype === 'float32' ? 'F32' : 'I32', shape, data } as const];
    }),
  );
  return { step: 20, epoch: 1, tensors, specification, runId: 'a'.repeat(32), seed: 0, metrics: {} };
}
