import { readFile } from 'node:fs/promises';
import { errorMessage } from '../../common/systemError';
import { examplesOf, type ExampleSet } from '../../data';
import { permutation } from '../../engine/random/philox';
import type { Runner } from '../../engine/program';
import {
  CLASSIFIER_BATCH,
  CLASSIFIER_SHAPE,
  DIGITS,
  FEATURES,
  classifierProgram,
  compareClassified,
  compareUnclassified,
  vectors,
  type Classified,
  type Comparison,
} from '../../evaluation/samples';
import { decodeSafetensors } from '../../formats/safetensors';
import { exampleSize } from '../../protocol/dataShape';
import { classifierFile } from '../assets';
import { TrainerError } from '../errors/failure';
import type { Progress } from './measures';
import { drawSamples } from './samples';
import { withBreaks } from './withBreaks';
import type { Workbench } from './workbench';

/** The order in which examples of a set are compared: the same for every run, and not that of sets sorted by class. */
const ORDER = { seed: 0, stream: 0x4600_0000 };

/**
 * Compares `count` samples of a model with as many test examples, as far as there are; images with their gray values, also where the model
 * learned from binarized ones. Throws RefusedError for a model that cannot sample.
 */
export async function sampleQuality(workbench: Workbench, count: number, onProgress?: Progress): Promise<Comparison> {
  const { dataset, seed, model, shape } = workbench;
  const size = exampleSize(shape);
  const drawing = drawSamples(workbench, count, seed, { columns: 1 });
  const { sampling } = model;
  const each = sampling === undefined ? 0 : sampling.count / (sampling.kind === 'sequential' ? sampling.length : 1);
  let calls = 0;
  const { data: drawn } = await withBreaks(drawing, () =>
    onProgress?.(Math.floor(Math.min(count, ++calls * each)), count, 'drawing samples'),
  );
  const samples = vectors(workbench.shown(drawn), size);
  const data = vectors(unitExamples(dataset.test, 0, count, size), size);
  const step = () => onProgress?.(count, count, 'comparing samples');
  if (!isClassified(workbench)) return withBreaks(compareUnclassified(data, samples), step);
  const classifier = await openClassifier(workbench);
  try {
    const halves = Math.min(count, Math.floor(dataset.train.count / 2));
    const classified = (images: Float32Array) => withBreaks(classify(classifier, images), step);
    const labels = model.classes === undefined ? undefined : labelsOf(workbench, count);
    return await withBreaks(
      compareClassified(
        await classified(data.values),
        await classified(samples.values),
        [
          (await classified(unitExamples(dataset.train, 0, halves, size))).features,
          (await classified(unitExamples(dataset.train, halves, halves, size))).features,
        ],
        labels,
      ),
      step,
    );
  } finally {
    classifier.dispose();
  }
}

/** Whether the classifier was trained on the data of this model. */
function isClassified({ specification, shape }: Workbench): boolean {
  return specification.data.set === 'mnist' && shape.kind === 'image' && shape.shape.join() === CLASSIFIER_SHAPE.join();
}

/** Of samples that are drawn with the classes taking turns. */
function labelsOf({ sampledLabels = [] }: Workbench, count: number): number[] {
  return Array.from({ length: count }, (_, index) => sampledLabels[index % sampledLabels.length]!);
}

/** Examples in a fixed random order, from position `from` on, at most `count`: images in [0, 1], points as they are. */
function unitExamples(set: ExampleSet, from: number, count: number, size: number): Float32Array {
  const order = permutation(set.count, ORDER.seed, ORDER.stream, 0).subarray(from, from + count);
  const examples = new Float32Array(order.length * size);
  order.forEach((row, place) => {
    const example = examplesOf(set, row, 1);
    const scale = example instanceof Uint8Array ? 255 : 1;
    for (let i = 0; i < size; i++) examples[place * size + i] = example[i]! / scale;
  });
  return examples;
}

async function openClassifier({ backend }: Workbench): Promise<Runner> {
  const file = classifierFile();
  try {
    const { tensors } = decodeSafetensors(await readFile(file));
    const runner = backend.createRunner(classifierProgram(), 0, {});
    runner.writeState(
      new Map(
        [...tensors].map(([name, { shape, data }]) => [
          name,
          { shape, dtype: 'float32' as const, data: new Float32Array(data.slice().buffer) },
        ]),
      ),
    );
    return runner;
  } catch (error) {
    const message = `The classifier included with Latent Studio cannot be read: ${errorMessage(error)}`;
    throw new TrainerError({ kind: 'data', message, remedy: 'Reinstall Latent Studio.' }, { cause: error });
  }
}

function* classify(classifier: Runner, images: Float32Array): Generator<void, Classified, void> {
  const size = exampleSize({ kind: 'image', shape: [...CLASSIFIER_SHAPE] });
  const count = images.length / size;
  const features = new Float32Array(count * FEATURES);
  const probabilities = new Float32Array(count * DIGITS);
  for (let from = 0; from < count; from += CLASSIFIER_BATCH) {
    const batch = new Float32Array(CLASSIFIER_BATCH * size);
    batch.set(images.subarray(from * size, (from + CLASSIFIER_BATCH) * size));
    const shape = [CLASSIFIER_BATCH, ...CLASSIFIER_SHAPE];
    const found = classifier.call('features', { images: { shape, dtype: 'float32', data: batch } });
    const rows = Math.min(CLASSIFIER_BATCH, count - from);
    features.set((found.features!.data as Float32Array).subarray(0, rows * FEATURES), from * FEATURES);
    probabilities.set((found.probabilities!.data as Float32Array).subarray(0, rows * DIGITS), from * DIGITS);
    yield;
  }
  return { features: vectors(features, FEATURES), probabilities: vectors(probabilities, DIGITS) };
}
