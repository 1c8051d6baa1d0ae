import { setImmediate } from 'node:timers/promises';
import { evaluationBatches } from '../data';
import type { BatchOptions, ExampleSet } from '../data';
import { inputsFor } from '../engine/offer';
import type { Callable } from '../engine/program';
import type { Model } from '../models/model';
import { noise } from './evaluate';

export interface ImportanceOptions extends Omit<BatchOptions, 'batch' | 'scaling'> {
  /** k: draws from q(z|x) per image. */
  readonly samples: number;
  /** Receives the number of finished images, and the total; throwing ends the estimate. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ImportanceEstimate {
  /** L_k in nats per image: its expectation grows with k towards log p(x) and never passes it. */
  readonly logLikelihood: number;
  /** Standard error of the mean over images, undefined for one image; does not include the bias of a small k. */
  readonly standardError?: number;
  /** Mean over images of (Σw)² / Σw², from 1 (one draw has all the weight) to k. */
  readonly effectiveSamples: number;
  readonly count: number;
  readonly samples: number;
}

/** Noise counters reserved for one batch of images, so that more samples continue where fewer ended. */
const CHUNKS_OF_A_BATCH = 2 ** 14;

/**
 * log p(x) by importance sampling with the encoder as proposal: L_k = E[log 1/k Σ w], w = p(x, z) / q(z|x)
 * (Burda, Grosse & Salakhutdinov 2015, equation 8). The weights of an image are summed in double precision and on a
 * logarithmic scale, chunk by chunk, so that memory does not grow with k.
 *
 * Throws for a model without a proposal.
 */
export async function importanceLogLikelihood(
  runner: Callable,
  model: Pick<Model, 'family' | 'likelihood' | 'program' | 'scaling'>,
  set: ExampleSet,
  options: ImportanceOptions,
): Promise<ImportanceEstimate> {
  const { likelihood } = model;
  if (likelihood?.kind !== 'importance') throw new Error(`A ${model.family} has no proposal to draw from.`);
  const { batch } = likelihood;
  const declared = model.program.functions[likelihood.function]!.inputs;
  const logLikelihoods: number[] = [];
  let effective = 0;
  let counter = 0;
  for (const { examples, labels, count } of evaluationBatches(set, { ...options, scaling: model.scaling, batch })) {
    const means = Array.from({ length: count }, () => new LogMean());
    for (let drawn = 0, chunk = 0; drawn < options.samples; drawn += likelihood.samples, chunk++) {
      const key = noise(options.seed, counter * CHUNKS_OF_A_BATCH + chunk);
      const { logWeights } = runner.call(likelihood.function, inputsFor(declared, { examples, labels, noise: key }));
      const rows = Math.min(likelihood.samples, options.samples - drawn);
      for (let row = 0; row < rows; row++) {
        for (const [column, mean] of means.entries()) mean.add(logWeights!.data[row * batch + column]!);
      }
      await setImmediate();
    }
    for (const mean of means) {
      logLikelihoods.push(mean.value);
      effective += mean.effectiveCount;
    }
    counter++;
    options.onProgress?.(logLikelihoods.length, set.count);
  }
  const { mean, standardError } = meanOf(logLikelihoods);
  return {
    logLikelihood: mean,
    standardError,
    effectiveSamples: effective / set.count,
    count: set.count,
    samples: options.samples,
  };
}

/** log of the mean of exp(x) over a stream of numbers, without overflow. */
export class LogMean {
  private maximum = -Infinity;
  /** Σ exp(x − maximum) and Σ exp(x − maximum)² */
  private sum = 0;
  private sumOfSquares = 0;
  private count = 0;

  add(x: number): void {
    this.count++;
    if (x === -Infinity) return;
    if (x > this.maximum) {
      const rescale = Math.exp(this.maximum - x);
      this.sum *= rescale;
      this.sumOfSquares *= rescale ** 2;
      this.maximum = x;
    }
    const weight = Math.exp(x - this.maximum);
    this.sum += weight;
    this.sumOfSquares += weight ** 2;
  }

  get value(): number {
    return this.maximum + Math.log(this.sum) - Math.log(this.count);
  }

  /** (Σw)² / Σw² */
  get effectiveCount(): number {
    return this.sum ** 2 / this.sumOfSquares;
  }
}

export function meanOf(values: readonly number[]): { mean: number; standardError?: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (values.length < 2) return { mean };
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}
