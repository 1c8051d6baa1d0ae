import { setImmediate } from 'node:timers/promises';
import { evaluationBatches } from '../data';
import type { BatchOptions, ImageSet } from '../data';
import type { Callable, HostTensor } from '../engine/program';
import type { Model } from '../models/model';

export interface EvaluationOptions extends Omit<BatchOptions, 'batch'> {
  /** Current values of the model's hyperparameters. */
  readonly hyperparameters: Readonly<Record<string, number>>;
  /** Called after each batch, before yielding to the event loop; throwing ends the evaluation. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Evaluation {
  readonly count: number;
  /** Means over the set by tag: "test/negative_elbo", "latent/kl/00", "latent/active_units", … */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A latent dimension is in use when its posterior mean varies over the data by more than this (Burda et al. 2015). */
const ACTIVE_VARIANCE = 0.01;

/**
 * Means over a whole set of what the model's `evaluate` gives. Sums over batches are kept in double precision. The
 * noise is the same at each evaluation of a seed, so that two evaluations differ by the weights alone.
 *
 * Throws for a model without this ability; the trainer checks first.
 */
export async function evaluateModel(
  runner: Callable,
  model: Model,
  set: ImageSet,
  options: EvaluationOptions,
): Promise<Evaluation> {
  const ability = model.abilities.evaluate;
  if (!ability) throw new Error(`The family ${model.family} has no evaluation.`);
  const imagesShape = model.program.functions[ability.function]!.inputs.images!.shape;
  const batch = imagesShape[0]!;
  const hyperparameters = scalars(options.hyperparameters);
  const sums = new Map<string, Sum>();
  let done = 0;
  let counter = 0;
  for (const { images, weights, labels, count } of evaluationBatches(set, { ...options, batch })) {
    const outputs = runner.call(ability.function, {
      images: { shape: imagesShape, dtype: 'float32', data: images },
      weights: { shape: [batch], dtype: 'float32', data: weights },
      noise: noise(options.seed, counter++),
      ...labelsFor(model, ability.function, labels),
      ...hyperparameters,
    });
    for (const [name, output] of Object.entries(outputs)) accumulate(sums, name, output);
    done += count;
    options.onProgress?.(done, set.count);
    await setImmediate();
  }
  for (const { values } of sums.values()) values.forEach((value, index) => (values[index] = value / set.count));
  return { count: set.count, metrics: { ...named(sums, ability), ...activity(sums, ability.moments) } };
}

type EvaluateAbility = NonNullable<Model['abilities']['evaluate']>;

/** An output's sum over batches, and at last its mean over the set. */
interface Sum {
  readonly scalar: boolean;
  readonly values: Float64Array;
}

function accumulate(sums: Map<string, Sum>, name: string, { shape, data }: HostTensor): void {
  let sum = sums.get(name);
  if (sum === undefined) sums.set(name, (sum = { scalar: shape.length === 0, values: new Float64Array(data.length) }));
  for (let i = 0; i < data.length; i++) sum.values[i]! += data[i]!;
}

function named(means: ReadonlyMap<string, Sum>, ability: EvaluateAbility): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const [output, { scalar, values }] of means) {
    const prefix = ability.vectors[output];
    if (scalar) metrics[`test/${output}`] = values[0]!;
    else if (prefix !== undefined) values.forEach((value, index) => (metrics[indexed(prefix, index)] = value));
  }
  return metrics;
}

/** Variance of each dimension's posterior mean over the set, and how many dimensions are in use. */
function activity(means: ReadonlyMap<string, Sum>, moments: EvaluateAbility['moments']): Record<string, number> {
  const mean = moments && means.get(moments.mean)?.values;
  const square = moments && means.get(moments.square)?.values;
  if (!mean || !square) return {};
  const variances = Array.from(square, (value, index) => Math.max(0, value - mean[index]! ** 2));
  return {
    ...Object.fromEntries(variances.map((variance, index) => [indexed('latent/variance/', index), variance])),
    'latent/active_units': variances.filter((variance) => variance > ACTIVE_VARIANCE).length,
  };
}

function indexed(prefix: string, index: number): string {
  return `${prefix}${String(index).padStart(2, '0')}`;
}

/** `labels` [batch] as an input of a function that takes them; nothing for one that does not. */
export function labelsFor(model: Model, name: string, labels: Int32Array | undefined): Record<string, HostTensor> {
  const declaration = model.program.functions[name]?.inputs.labels;
  if (declaration === undefined || labels === undefined) return {};
  return { labels: { ...declaration, data: labels } };
}

/** The (seed, counter) pair that a program's `noise` input takes. */
export function noise(seed: number, counter: number): HostTensor {
  return { shape: [2], dtype: 'int32', data: Int32Array.of(seed | 0, counter) };
}

/** Hyperparameters as inputs of a program's function. */
export function scalars(values: Readonly<Record<string, number>>): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { shape: [], dtype: 'float32', data: Float32Array.of(value) } as const,
    ]),
  );
}
