import * as tf from '@tensorflow/tfjs-core';
import type { Slices } from '../common/slices';
import type { ProgramFunction } from '../engine/program';
import { exampleShape, exampleSize } from '../protocol/dataShape';
import type { Panel } from '../protocol/panels';
import { examplesInput, flattened } from './examples';
import type { Drawn, Easel, Model, Summary } from './model';
import { COLUMNS, shownSamples } from './summaries';

/** Samples that are looked at: two rows of the picture of samples, each above its nearest training images. */
const SAMPLES = 2 * COLUMNS;
/** Training images that a sample is compared with, and numbers of all of them together: a tenth of a second. */
const MOST_IMAGES = 10_000;
const MOST_NUMBERS = 2 ** 24;
/** Training images of one call. */
const AT_ONCE = 500;
const FUNCTION = 'neighbors';
const TAGS = {
  picture: 'samples/nearest',
  toTraining: 'samples/distance_to_training',
  between: 'samples/distance_between',
  betweenData: 'data/distance_between',
} as const;

/**
 * A model that samples images, with what shows whether it repeats itself, or its training set: samples above the nearest training
 * images by Euclidean distance of pixels, and how distances are distributed, of samples from these and from each other, beside
 * those of test images from each other. A model that has learned images by heart has samples at a distance of 0; one that has collapsed
 * has samples that are nearer to each other than data are. Of the training set, the first 10,000 images are searched (fewer of images of
 * more than 1,677 numbers).
 */
export function withNeighbors(model: Model): Model {
  const { data, program, presentation, sampling } = model;
  if (sampling === undefined || data.kind !== 'image') return model;
  const panels: Panel[] = [
    { kind: 'images', title: 'Samples and nearest training images', tag: TAGS.picture },
    {
      kind: 'histograms',
      title: 'Distances between images',
      quantity: '‖x − x′‖, pixels in [0, 1]',
      series: [
        { tag: TAGS.between, label: 'samples' },
        { tag: TAGS.betweenData, label: 'test images' },
        { tag: TAGS.toTraining, label: 'samples from nearest training image' },
      ],
    },
  ];
  return {
    ...model,
    program: {
      ...program,
      functions: { ...program.functions, [FUNCTION]: neighborsFunction(exampleShape(data)) },
    },
    summaries: [...model.summaries, ...neighborSummaries(exampleSize(data), model.scaling === 'signed' ? 0.5 : 1)],
    presentation: { ...presentation, panels: [...presentation.panels, ...panels] },
  };
}

/**
 * `samples` [32, …], `examples` [500, …] → `scores` [32, 500], of which the lowest of a row is that of the nearest: ‖x‖² − 2 s·x, which is
 * ‖s − x‖² without what all of a row have in common.
 */
function neighborsFunction(shape: readonly number[]): ProgramFunction {
  return {
    inputs: { samples: examplesInput(SAMPLES, shape), examples: examplesInput(AT_ONCE, shape) },
    body: (_scope, { samples, examples }) => {
      const [s, x] = [flattened(samples!) as tf.Tensor2D, flattened(examples!) as tf.Tensor2D];
      const norms = tf.expandDims(tf.sum(tf.square(x), 1), 0);
      return { scores: tf.sub(norms, tf.mul(tf.matMul(s, x, false, true), 2)) };
    },
  };
}

/** @param scale of the model's values, which makes them pixels in [0, 1] */
function neighborSummaries(size: number, scale: number): Summary[] {
  // All are due together and of the same step: one search does for them.
  const searched = new WeakMap<Easel, Float32Array>();
  function* found(easel: Easel): Slices<{ readonly samples: Float32Array; readonly nearest: Float32Array }> {
    const samples = yield* chosen(easel, size);
    const nearest = searched.get(easel) ?? (yield* nearestTraining(easel, samples, size));
    searched.set(easel, nearest);
    return { samples, nearest };
  }
  const summary = (tag: string, draw: (easel: Easel) => Slices<Drawn>, functions: string[] = []): Summary => ({
    ...{ tag, due: 'images', functions, draw },
  });
  return [
    {
      ...summary(TAGS.picture, picture, [FUNCTION]),
      names: () => ['samples', 'training', 'samples', 'training'],
    },
    summary(TAGS.toTraining, toTraining, [FUNCTION]),
    summary(TAGS.between, function* (easel) {
      return distancesBetween(yield* chosen(easel, size), size, scale);
    }),
    summary(TAGS.betweenData, function* (easel) {
      return distancesBetween(easel.test(SAMPLES).examples, size, scale);
    }),
  ];

  function* picture(easel: Easel): Slices<Drawn> {
    const { samples, nearest } = yield* found(easel);
    const row = COLUMNS * size;
    const data = new Float32Array(2 * samples.length);
    for (let at = 0; at < samples.length; at += row) {
      data.set(samples.subarray(at, at + row), 2 * at);
      data.set(nearest.subarray(at, at + row), 2 * at + row);
    }
    return { kind: 'tiles', data, count: 2 * SAMPLES, columns: COLUMNS };
  }

  function* toTraining(easel: Easel): Slices<Drawn> {
    const { samples, nearest } = yield* found(easel);
    const values = Float32Array.from({ length: SAMPLES }, (_, i) => scale * distance(samples, i, nearest, i, size));
    return { kind: 'histogram', values };
  }
}

/** As many of the samples that are shown, evenly spaced, so that there are some of each class: [32, …] */
function* chosen(easel: Easel, size: number): Slices<Float32Array> {
  const { data, count } = yield* shownSamples(easel);
  const samples = new Float32Array(SAMPLES * size);
  for (let i = 0; i < SAMPLES; i++) {
    const from = Math.floor((i * count) / SAMPLES) * size;
    samples.set(data.subarray(from, from + size), i * size);
  }
  return samples;
}

/** The nearest of the training images to each sample: [32, …] */
function* nearestTraining(easel: Easel, samples: Float32Array, size: number): Slices<Float32Array> {
  const total = Math.min(easel.trainingCount, MOST_IMAGES, Math.max(1, Math.floor(MOST_NUMBERS / size)));
  const best = new Float64Array(SAMPLES).fill(Infinity);
  const nearest = new Float32Array(SAMPLES * size);
  for (let from = 0; from < total; from += AT_ONCE) {
    const examples = new Float32Array(AT_ONCE * size);
    const some = Math.min(AT_ONCE, total - from);
    examples.set(easel.training(from, some));
    const scores = easel.call(FUNCTION, { samples, examples })['scores']!.data;
    for (let i = 0; i < SAMPLES; i++) {
      for (let j = 0; j < some; j++) {
        const score = scores[i * AT_ONCE + j]!;
        if (score >= best[i]!) continue;
        best[i] = score;
        nearest.set(examples.subarray(j * size, (j + 1) * size), i * size);
      }
    }
    yield;
  }
  return nearest;
}

/** Of each pair of images [count, …]. */
function distancesBetween(images: Float32Array, size: number, scale: number): Drawn {
  const values: number[] = [];
  for (let i = 0; i < images.length / size; i++) {
    for (let j = 0; j < i; j++) values.push(scale * distance(images, i, images, j, size));
  }
  return { kind: 'histogram', values: Float32Array.from(values) };
}

function distance(a: Float32Array, i: number, b: Float32Array, j: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += (a[i * size + k]! - b[j * size + k]!) ** 2;
  return Math.sqrt(sum);
}
