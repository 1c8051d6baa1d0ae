import { evaluationBatches, firstOf, type ExampleSet } from '../../data';
import { evaluateModel, exactLogLikelihood, importanceLogLikelihood } from '../../evaluation';
import type { Model } from '../../models/model';
import { refusedOf } from '../errors/refused';
import { drawSamples } from './samples';
import { withBreaks } from './withBreaks';
import type { Values, Workbench } from './workbench';

/** `doing`: what is done with the examples; they are evaluated if it is absent. */
export type Progress = (done: number, total: number, doing?: string) => void;

/** Metrics of the test set (its first `count` examples) and of samples, by tag. Undefined for a model without metrics. */
export async function evaluate(
  workbench: Workbench,
  hyperparameters: Values,
  count?: number,
  onProgress?: Progress,
): Promise<Values | undefined> {
  const { model, runner, seed } = workbench;
  const { metrics, sampleMetrics = [] } = model;
  if (metrics.length + sampleMetrics.length === 0) return undefined;
  const options = { ...optionsOf(workbench), hyperparameters, onProgress };
  const measured = { ...(await evaluateModel(runner, model, tested(workbench, count), options)).metrics };
  for (const { samples, finish } of sampleMetrics) {
    const total = workbench.dataset.test.count;
    const { data } = await withBreaks(drawSamples(workbench, samples, seed), () => onProgress?.(total, total));
    const { examples, labels } = firstTests(workbench, samples);
    Object.assign(measured, finish(data, examples, labels));
  }
  return measured;
}

/**
 * log p(x) of test examples: its value where the model computes it, else an estimate by importance sampling with `samples`
 * draws an example. Throws RefusedError.
 */
export async function logLikelihood(
  workbench: Workbench,
  samples: number,
  count?: number,
  onProgress?: Progress,
): Promise<Values> {
  const { model, runner } = workbench;
  checkLikelihood(model);
  const set = tested(workbench, count);
  const options = { ...optionsOf(workbench), samples, onProgress };
  switch (model.likelihood?.kind) {
    case 'exact':
      return likelihoodTags(await exactLogLikelihood(runner, model, set, options));
    case 'importance': {
      const estimate = await importanceLogLikelihood(runner, model, set, options);
      return { ...likelihoodTags(estimate), 'test/effective_samples': estimate.effectiveSamples };
    }
    default:
      throw new TypeError('A model without a likelihood was let through.');
  }
}

/** Throws RefusedError for a model without a likelihood, or with no more than a bound. */
export function checkLikelihood(model: Model): void {
  if (model.likelihood !== undefined && model.likelihood.kind !== 'bound') return;
  throw refusedOf(model, 'have no likelihood to estimate');
}

/** The first `count` test examples as an evaluation gives them to the model, from the start again where the set has fewer. */
function firstTests(workbench: Workbench, count: number) {
  const set = firstOf(workbench.dataset.test, count);
  const { scaling } = workbench.model;
  const [batch] = evaluationBatches(set, { ...optionsOf(workbench), scaling, batch: set.count });
  const { examples, labels } = batch!;
  const size = examples.length / set.count;
  return {
    examples: Float32Array.from({ length: count * size }, (_, i) => examples[i % examples.length]!),
    labels: labels && Int32Array.from({ length: count }, (_, row) => labels[row % labels.length]!),
  };
}

function tested({ dataset }: Workbench, count = dataset.test.count): ExampleSet {
  return firstOf(dataset.test, count);
}

function optionsOf({ seed, specification }: Workbench) {
  return { seed, binarization: specification.data.binarization };
}

function likelihoodTags(estimate: { readonly logLikelihood: number; readonly standardError?: number }): Values {
  const { logLikelihood, standardError } = estimate;
  return {
    'test/log_likelihood': logLikelihood,
    ...(standardError !== undefined && { 'test/log_likelihood_standard_error': standardError }),
  };
}
