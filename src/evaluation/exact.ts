import { setImmediate } from 'node:timers/promises';
import { evaluationBatches, type BatchOptions, type ExampleSet } from '../data';
import { inputsFor } from '../engine/offer';
import type { Callable } from '../engine/program';
import type { Model } from '../models/model';
import { noise } from './evaluate';
import { meanOf } from './importance';

export interface ExactOptions extends Omit<BatchOptions, 'batch' | 'scaling'> {
  readonly onProgress?: (done: number, total: number) => void;
}

/** log p(x) in nats per example, if the model computes it exactly. Throws for other models. */
export async function exactLogLikelihood(
  runner: Callable,
  model: Pick<Model, 'family' | 'likelihood' | 'program' | 'scaling'>,
  set: ExampleSet,
  options: ExactOptions,
): Promise<{ readonly logLikelihood: number; readonly standardError?: number }> {
  const { likelihood } = model;
  if (likelihood?.kind !== 'exact') throw new Error(`A ${model.family} does not compute log p(x).`);
  const { batch } = likelihood;
  const declared = model.program.functions[likelihood.function]!.inputs;
  const values: number[] = [];
  let counter = 0;
  for (const { examples, labels, count } of evaluationBatches(set, { ...options, scaling: model.scaling, batch })) {
    const offered = { examples, labels, noise: noise(options.seed, counter++) };
    const { logLikelihood } = runner.call(likelihood.function, inputsFor(declared, offered));
    values.push(...logLikelihood!.data.subarray(0, count));
    options.onProgress?.(values.length, set.count);
    await setImmediate();
  }
  const { mean, standardError } = meanOf(values);
  return { logLikelihood: mean, standardError };
}
