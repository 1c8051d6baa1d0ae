import type { Slices } from '../../common/slices';
import { noise } from '../../evaluation';
import type { Model } from '../../models/model';
import type { DataShape } from '../../protocol/capabilities';
import { exampleSize } from '../../protocol/dataShape';
import { RefusedError } from '../errors/refused';
import type { Workbench } from './workbench';

/** Examples [count, …]: images with values in [0, 1], or points. */
export interface Examples {
  readonly data: Float32Array;
  readonly count: number;
  readonly shape: DataShape;
  /** For conditional samples: examples of a class; classes are stored one after another. */
  readonly columns?: number;
}

/**
 * Draws examples from the model, in slices. Throws {@link RefusedError} for a model that cannot sample. One that takes labels
 * draws equally many of each class that it was trained on, or `columns`, class after class and then from the first again.
 */
export function* sample(workbench: Workbench, count: number, seed: number, columns?: number): Slices<Examples> {
  const drawn = yield* drawSamples(workbench, count, seed, columns);
  return { ...drawn, data: workbench.shown(drawn.data) };
}

/**
 * The same with the model's values.
 *
 * @param onElement called after each element of the first call's samples, with all of these: [sampling.count, …]
 */
export function* drawSamples(
  workbench: Workbench,
  count: number,
  seed: number,
  columns?: number,
  onElement?: (drawn: Float32Array, position: number) => void,
): Slices<Examples> {
  const { model, shape, sampledLabels: labels } = workbench;
  const sampling = checkSampling(model);
  const size = exampleSize(shape);
  const ofEach = labels && (columns ?? Math.ceil(count / labels.length));
  const labelOf = (index: number) => (labels && ofEach ? labels[Math.floor(index / ofEach) % labels.length]! : 0);
  const data = new Float32Array(count * size);
  for (let drawn = 0, chunk = 0; drawn < count; drawn += sampling.count, chunk++) {
    const first = drawn;
    const chosen = Int32Array.from({ length: sampling.count }, (_, row) => labelOf(first + row));
    const length = sampling.kind === 'sequential' ? sampling.length : 1;
    let examples: Float32Array = new Float32Array(sampling.count * size);
    for (let position = 0; position < length; position++) {
      if (chunk + position > 0) yield;
      const key = noise(seed, chunk * length + position);
      const offered = { examples, position: Int32Array.of(position), noise: key, labels: chosen };
      examples = workbench.call(sampling.function, offered).examples!.data as Float32Array;
      if (chunk === 0) onElement?.(examples, position);
    }
    data.set(examples.subarray(0, Math.min(sampling.count, count - drawn) * size), drawn * size);
  }
  return { data, count, shape, columns: ofEach };
}

/** Throws {@link RefusedError} for a model that cannot sample. */
export function checkSampling({ sampling, presentation }: Model): NonNullable<Model['sampling']> {
  if (sampling !== undefined) return sampling;
  throw new RefusedError(`${presentation.title} models have no distribution to draw samples from.`, 'unsupported');
}
