import * as tf from '@tensorflow/tfjs-core';
import type { ProgramFunction, Scope } from '../engine/program';
import type { Panel } from '../protocol/panels';
import { posteriorCollapse } from './boundAlerts';
import { evaluationInputs, per, shown, SIZES, soleOptimizer, type ModelContext } from './context';
import { weightedSum, weightedSums } from './examples';
import * as lvm from './latentVariableModel';
import type { LatentVariableModel, Values } from './latentVariableModel';
import { activeUnits, numbered, scalars, together } from './metrics';
import type { Hyperparameter, Model } from './model';
import type { Gaussian } from './posteriors';

/** The two terms of −ELBO for each example, and the q(z|x) that they come from. */
export interface BoundTerms {
  readonly q: Gaussian;
  /** −log p(x|z), averaged over draws of z: [batch] */
  readonly reconstruction: tf.Tensor;
  /** KL(q(z|x) ‖ p(z)) for each latent dimension: [batch, latent] */
  readonly kl: tf.Tensor;
}

export interface BoundModel {
  readonly family: string;
  readonly title: string;
  readonly context: ModelContext;
  readonly model: LatentVariableModel;
  readonly hyperparameters: Readonly<Record<string, Hyperparameter>> & { readonly beta: Hyperparameter };
  readonly train: ProgramFunction;
  terms(scope: Scope, inputs: Values, stream: number): BoundTerms;
}

/**
 * A latent-variable model that is trained by the bound, with all that it is measured and looked at by: the means of the bound
 * and its terms over the test set, the KL and the use of each latent dimension, samples, reconstructions, the latent space.
 */
export function boundModel({ family, title, context, model, hyperparameters, train, terms }: BoundModel): Model {
  const evaluate: ProgramFunction = {
    inputs: { ...evaluationInputs(context, hyperparameters), ...model.given(SIZES.evaluate) },
    body: (scope, inputs) => {
      const { q, ...each } = terms(scope, inputs, lvm.STREAMS.evaluate);
      const reconstruction = weightedSum(inputs.weights!, each.reconstruction);
      const klPerDimension = weightedSums(inputs.weights!, each.kl);
      const kl = tf.sum(klPerDimension);
      return {
        ...{ loss: tf.add(reconstruction, tf.mul(inputs.beta!, kl)), negative_elbo: tf.add(reconstruction, kl) },
        ...{ reconstruction, kl, klPerDimension },
        posteriorMean: weightedSums(inputs.weights!, q.mean),
        posteriorMeanSquare: weightedSums(inputs.weights!, tf.square(q.mean)),
      };
    },
  };
  const finish = together(
    scalars,
    numbered('klPerDimension', 'latent/kl/'),
    activeUnits('posteriorMean', 'posteriorMeanSquare'),
  );
  const { variables } = model;
  const views = lvm.latentVariableViews(model, context);
  return {
    family,
    program: {
      variables,
      optimizers: soleOptimizer(context, variables),
      functions: { train, ...shown(context, { evaluate, ...lvm.latentVariableFunctions(model, context) }) },
    },
    data: context.data,
    scaling: 'unit',
    hyperparameters,
    phases: [{ name: 'train', function: 'train' }],
    metrics: [{ function: 'evaluate', finish }],
    alerts: [posteriorCollapse],
    ...lvm.latentVariableParts(model, context),
    summaries: [...views.examples.summaries, ...views.latent.summaries],
    presentation: {
      family,
      title: `${title} · ${context.dataTitle}`,
      headline: { tag: 'test/negative_elbo', label: '−ELBO', mode: 'min' },
      panels: [
        ...boundPanels(per('nats', context)),
        ...views.examples.panels,
        klPanel(model.latent),
        ...views.latent.panels,
      ],
    },
  };
}

function boundPanels(unit: string): Panel[] {
  const curves = (title: string, name: string): Panel => ({
    kind: 'curves',
    title,
    unit,
    series: [
      { tag: `train/${name}`, label: 'train' },
      { tag: `test/${name}`, label: 'test' },
    ],
  });
  return [curves('−ELBO', 'negative_elbo'), curves('Reconstruction', 'reconstruction'), curves('KL', 'kl')];
}

function klPanel(count: number): Panel {
  return {
    kind: 'bars',
    title: 'KL per latent dimension',
    prefix: 'latent/kl/',
    count,
    unit: 'nats',
    threshold: 0.01,
  };
}
