import { plural } from '../../common/plural';
import type { Slices } from '../../common/slices';
import { noise } from '../../evaluation';
import type { Model } from '../../models/model';
import type { DataShape } from '../../protocol/capabilities';
import { exampleSize } from '../../protocol/dataShape';
import { RefusedError, refusedOf } from '../errors/refused';
import type { Workbench } from './workbench';

/** Examples [count, …]: images with values in [0, 1], or points. */
export interface Examples {
  readonly data: Float32Array;
  readonly count: number;
  readonly shape: DataShape;
  /** For conditional samples: examples of a class; classes are stored one after another. */
  readonly columns?: number;
}

/** Samples with what they were drawn from. */
export interface Samples extends Examples {
  /** z of each, [count, size]; undefined for a model that does not draw one. */
  readonly latents?: Float32Array;
  /** The class of each, [count]; undefined for a model that takes no labels. */
  readonly labels?: Int32Array;
}

/** Which samples of a seed are drawn, and of which classes. */
export interface DrawOptions {
  /** Of a model that takes labels: how many of a class follow each other, before the next class and then the first again. */
  readonly columns?: number;
  /** Of such a model: the class of all samples. */
  readonly label?: number;
  /** The part that is drawn, from sample `from` to the one before `to`; the whole if absent. */
  readonly from?: number;
  readonly to?: number;
  /** Called after each element of the first call's samples, with all of these: [sampling.count, …] */
  readonly onElement?: (drawn: Float32Array, position: number) => void;
}

/**
 * Draws examples from the model, in slices. Throws {@link RefusedError} for a model that cannot sample, or does not know the label. One
 * that takes labels draws equally many of each class that it was trained on, or `columns`, class after class and then from the first
 * again.
 */
export function* sample(workbench: Workbench, count: number, seed: number, options: DrawOptions = {}): Slices<Samples> {
  const drawn = yield* drawSamples(workbench, count, seed, options);
  return { ...drawn, data: workbench.shown(drawn.data) };
}

/** The same with the model's values. Parts of a draw are those of the whole: a sample is a function of weights, seed and place. */
export function* drawSamples(
  workbench: Workbench,
  count: number,
  seed: number,
  options: DrawOptions = {},
): Slices<Samples> {
  const { model, shape } = workbench;
  const sampling = checkSampling(model);
  const { from = 0, to = count, onElement } = options;
  const total = to - from;
  const { labelOf, columns } = labeling(workbench, count, options);
  const data = new Float32Array(total * exampleSize(shape));
  let latents: Float32Array | undefined;
  const firstChunk = Math.floor(from / sampling.count);
  for (let chunk = firstChunk; chunk * sampling.count < to; chunk++) {
    const start = chunk * sampling.count;
    const chosen = labelOf && Int32Array.from({ length: sampling.count }, (_, row) => labelOf(start + row));
    const length = sampling.kind === 'sequential' ? sampling.length : 1;
    let examples: Float32Array = new Float32Array(sampling.count * exampleSize(shape));
    let latent: Float32Array | undefined;
    for (let position = 0; position < length; position++) {
      if (chunk > firstChunk || position > 0) yield;
      const key = noise(seed, chunk * length + position);
      const offered = { examples, position: Int32Array.of(position), noise: key, labels: chosen };
      const drawn = workbench.call(sampling.function, offered);
      examples = drawn.examples!.data as Float32Array;
      latent = drawn.latent?.data as Float32Array | undefined;
      if (chunk === 0) onElement?.(examples, position);
    }
    copyRows(examples, sampling.count, start, data, total, from);
    if (latent === undefined) continue;
    latents ??= new Float32Array((total * latent.length) / sampling.count);
    copyRows(latent, sampling.count, start, latents, total, from);
  }
  const labels = labelOf && Int32Array.from({ length: total }, (_, row) => labelOf(from + row));
  return { data, count: total, shape, columns, latents, labels };
}

/** The class of each sample, and how many of one follow each other where there are several. Throws {@link RefusedError}. */
function labeling(workbench: Workbench, count: number, { columns, label }: DrawOptions) {
  const { sampledLabels: labels, model } = workbench;
  if (label !== undefined) {
    checkLabel(label, labels, model);
    return { labelOf: () => label };
  }
  if (labels === undefined) return {};
  const ofEach = columns ?? Math.ceil(count / labels.length);
  return { labelOf: (index: number) => labels[Math.floor(index / ofEach) % labels.length]!, columns: ofEach };
}

function checkLabel(label: number, learned: readonly number[] | undefined, model: Model): void {
  if (learned === undefined) throw refusedOf(model, 'take no labels', 'invalid');
  if (learned.includes(label)) return;
  const known = learned.length <= 20 ? `: ${learned.join(', ')}` : '';
  throw new RefusedError(
    `There is no label ${label}: the model has learned ${plural(learned.length, 'class', 'classes')}${known}.`,
    'invalid',
  );
}

/** Copies those of `rows` rows, the first of which is number `start`, that belong to the `total` from number `from` on. */
function copyRows(
  values: Float32Array,
  rows: number,
  start: number,
  into: Float32Array,
  total: number,
  from: number,
): void {
  const width = values.length / rows;
  const [first, end] = [Math.max(start, from), Math.min(start + rows, from + total)];
  into.set(values.subarray((first - start) * width, (end - start) * width), (first - from) * width);
}

/** Throws {@link RefusedError} for a model that cannot sample. */
export function checkSampling(model: Model): NonNullable<Model['sampling']> {
  if (model.sampling !== undefined) return model.sampling;
  throw refusedOf(model, 'have no distribution to draw samples from');
}
