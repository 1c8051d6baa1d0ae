import * as tf from '@tensorflow/tfjs-core';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BatchSource, examplesOf, loadDataset, type Dataset, type ExampleSet } from '../../src/data';
import { openBackend, type Backend } from '../../src/engine';
import { sparseSoftmaxCrossEntropy } from '../../src/engine/ops';
import { SCALAR_INPUT, type HostTensor, type Program, type Runner } from '../../src/engine/program';
import { uniforms } from '../../src/engine/random/philox';
import { CLASSIFIER_BATCH, CLASSIFIER_SHAPE, DIGITS, classifierProgram, classify } from '../../src/evaluation/samples';
import { encodeSafetensors } from '../../src/formats/safetensors';
import { dataSchema } from '../../src/protocol/dataSpecification';

const SEED = 1;
const EPOCHS = 12;
const LEARNING_RATE = 2e-3;
/** Training images are moved by at most this many pixels along each axis. */
const LARGEST_SHIFT = 2;
const STREAM = 0x4500_0000;
const [HEIGHT, WIDTH] = CLASSIFIER_SHAPE;

interface TrainedClassifier {
  /** By name, without the optimizer's slots. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Share of the test images whose most probable class is their label. */
  readonly accuracy: number;
}

/** Trains the digit classifier that the product includes, with Adam and a learning rate that falls to 0 along a cosine. */
function trainClassifier(
  backend: Backend,
  { train, test }: Dataset,
  seed: number,
  onEpoch: (epoch: number, accuracy: number) => void,
): TrainedClassifier {
  const program = trainableClassifier();
  const runner = backend.createRunner(program, seed, {});
  const source = new BatchSource(train, { batch: CLASSIFIER_BATCH, seed });
  const steps = EPOCHS * source.stepsPerEpoch;
  for (let step = 0; step < steps; step++) {
    const { rows, labels } = source.batch(step);
    runner.call('train', {
      images: imagesOf(train, rows, uniforms(2 * rows.length, seed, STREAM, step)),
      labels: { shape: [rows.length], dtype: 'int32', data: Int32Array.from(labels!) },
      learningRate: {
        shape: [],
        dtype: 'float32',
        data: Float32Array.of((LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * step) / steps))),
      },
    });
    if ((step + 1) % source.stepsPerEpoch === 0) onEpoch((step + 1) / source.stepsPerEpoch, accuracyOf(runner, test));
  }
  const state = runner.readState();
  const weights = new Map(program.variables.map(({ name }) => [name, state.get(name)!]));
  const accuracy = accuracyOf(runner, test);
  runner.dispose();
  return { weights, accuracy };
}

/** The classifier with Adam; a step reports the mean cross-entropy in nats. */
function trainableClassifier(): Program {
  const { variables, functions } = classifierProgram();
  const inputs = {
    ...functions.features!.inputs,
    labels: { shape: [CLASSIFIER_BATCH], dtype: 'int32', below: DIGITS } as const,
    learningRate: SCALAR_INPUT,
  };
  const settings = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;
  return {
    variables,
    optimizers: { adam: { settings, variables: variables.map(({ name }) => name) } },
    functions: {
      ...functions,
      train: {
        inputs,
        body: (scope, { images, labels, learningRate }) => {
          const loss = () =>
            tf.mean(sparseSoftmaxCrossEntropy(labels as tf.Tensor1D, classify(scope, images!).logits)) as tf.Scalar;
          return scope.minimize('adam', () => ({ loss: loss() }), learningRate as tf.Scalar);
        },
      },
    },
  };
}

function accuracyOf(runner: Runner, set: ExampleSet): number {
  let right = 0;
  for (let from = 0; from < set.count; from += CLASSIFIER_BATCH) {
    const rows = Int32Array.from({ length: CLASSIFIER_BATCH }, (_, row) => Math.min(from + row, set.count - 1));
    const { data } = runner.call('features', { images: imagesOf(set, rows) }).probabilities!;
    for (let row = 0; row < CLASSIFIER_BATCH && from + row < set.count; row++) {
      const probabilities = data.subarray(row * DIGITS, (row + 1) * DIGITS);
      if (probabilities.indexOf(Math.max(...probabilities)) === set.labels![from + row]) right += 1;
    }
  }
  return right / set.count;
}

/** Images in [0, 1], moved by whole pixels where `draws` (two an image, in [0, 1)) are given. */
function imagesOf(set: ExampleSet, rows: Int32Array, draws?: Float32Array): HostTensor {
  const size = HEIGHT * WIDTH;
  const data = new Float32Array(rows.length * size);
  const shift = (draw: number | undefined) =>
    draw === undefined ? 0 : Math.floor(draw * (2 * LARGEST_SHIFT + 1)) - LARGEST_SHIFT;
  rows.forEach((row, place) => {
    const image = examplesOf(set, row, 1);
    const [down, right] = [shift(draws?.[2 * place]), shift(draws?.[2 * place + 1])];
    for (let y = Math.max(0, -down); y < Math.min(HEIGHT, HEIGHT - down); y++) {
      for (let x = Math.max(0, -right); x < Math.min(WIDTH, WIDTH - right); x++) {
        data[place * size + (y + down) * WIDTH + x + right] = image[y * WIDTH + x]! / 255;
      }
    }
  });
  return { shape: [rows.length, ...CLASSIFIER_SHAPE], dtype: 'float32', data };
}

async function main(out: string, assets: string): Promise<void> {
  const backend = await openBackend({ choice: 'tensorflow' });
  const dataset = await loadDataset(dataSchema.parse({ set: 'mnist' }), { base: '.', assets });
  const say = (epoch: number, accuracy: number) =>
    process.stdout.write(`  Epoch ${epoch} of ${EPOCHS}: ${(100 * accuracy).toFixed(2)} % of the test images\n`);
  const { weights, accuracy } = trainClassifier(backend, dataset, SEED, say);
  const tensors = new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      { dtype: 'F32' as const, shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
    ]),
  );
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(out, encodeSafetensors(tensors, { trained_on: 'MNIST', test_accuracy: accuracy.toFixed(4) }));
  backend.dispose();
}

void main(process.argv[2]!, process.argv[3]!);
