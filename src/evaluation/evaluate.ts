import { setImmediate } from 'node:timers/promises';
import { evaluationBatches } from '../data';
import type { BatchOptions, ExampleSet } from '../data';
import { inputsFor } from '../engine/offer';
import type { Callable, HostTensor, ProgramFunction } from '../engine/program';
import type { Means, Model } from '../models/model';

export interface EvaluationOptions extends Omit<BatchOptions, 'batch' | 'scaling'> {
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

/**
 * All metrics of a model over a whole set. Sums over batches are kept in double precision. The noise is the same at each
 * evaluation of a seed, so that two evaluations differ only by the weights.
 */
export async function evaluateModel(
  runner: Callable,
  model: Pick<Model, 'metrics' | 'program' | 'scaling'>,
  set: ExampleSet,
  options: EvaluationOptions,
): Promise<Evaluation> {
  const metrics: Record<string, number> = {};
  for (const [index, metric] of model.metrics.entries()) {
    const onProgress = (done: number) =>
      options.onProgress?.(Math.floor((index * set.count + done) / model.metrics.length), set.count);
    const { inputs } = model.program.functions[metric.function]!;
    Object.assign(
      metrics,
      metric.finish(
        await meansOf(runner, metric.function, inputs, set, { ...options, scaling: model.scaling, onProgress }),
      ),
    );
  }
  return { count: set.count, metrics };
}

/** Outputs of a function, summed over batches and divided by the number of examples. */
async function meansOf(
  runner: Callable,
  name: string,
  declared: ProgramFunction['inputs'],
  set: ExampleSet,
  options: EvaluationOptions & Pick<BatchOptions, 'scaling'>,
): Promise<Means> {
  const batch = declared['examples']!.shape[0]!;
  const hyperparameters = scalars(options.hyperparameters);
  const sums = new Map<string, { readonly shape: readonly number[]; readonly values: Float64Array }>();
  let done = 0;
  let counter = 0;
  for (const { examples, weights, labels, count } of evaluationBatches(set, { ...options, batch })) {
    const offered = { examples, weights, labels, noise: noise(options.seed, counter++), ...hyperparameters };
    for (const [output, { shape, data }] of Object.entries(runner.call(name, inputsFor(declared, offered)))) {
      if (!sums.has(output)) sums.set(output, { shape, values: new Float64Array(data.length) });
      const { values } = sums.get(output)!;
      for (let i = 0; i < data.length; i++) values[i]! += data[i]!;
    }
    done += count;
    options.onProgress?.(done, set.count);
    await setImmediate();
  }
  for (const { values } of sums.values()) values.forEach((value, index) => (values[index] = value / set.count));
  return sums;
}

/** The (seed, counter) pair for a program's `noise` input. */
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
