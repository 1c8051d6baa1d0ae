import * as tf from '@tensorflow/tfjs-core';
import type { ProgramFunction, Scope } from '../engine/program';
import type { Panel } from '../protocol/panels';
import type { Presentation } from '../protocol/run';
import type { AutoencoderSpecification } from '../protocol/families/ae';
import { exampleShape } from '../protocol/dataShape';
import { SIZES, evaluationInputs, learningRate, per, shown, soleOptimizer, trainingInputs } from './context';
import type { ModelContext } from './context';
import { bernoulliLogLikelihood } from './distributions';
import { examplesInput, flattened, toExamples, weightedSum } from './examples';
import { codeViews, exampleViews, joined } from './latentViews';
import type { LayerScope } from './layers';
import { scalars } from './metrics';
import type { Model } from './model';
import { decoderNetwork, encoderNetwork, variablesOfNetwork } from './networks';
import { checkProbabilities } from './probabilities';

/**
 * The plain autoencoder: z = f(x), x̂ = g(z), trained for reconstruction alone.
 *
 *   crossEntropy: −Σ x log x̂ + (1 − x) log(1 − x̂), x̂ = σ(l) with l = `decoder.output`
 *   squaredError: Σ (x − x̂)², x̂ = l; with linear networks its optimum spans the principal components
 *                 (Baldi & Hornik 1989)
 *
 * Nothing says how codes are distributed: between the codes of the data are gaps that decode to nothing like them. So
 * it cannot sample: there is no prior to draw from. Codes can be decoded, and that shows the gaps.
 */
export function createAutoencoder(specification: AutoencoderSpecification, context: ModelContext): Model {
  const { data, training } = context;
  const shape = exampleShape(data);
  const { latent, reconstruction } = specification;
  if (reconstruction === 'crossEntropy') checkProbabilities(data, 'Set model.reconstruction to "squaredError".');
  const encoder = encoderNetwork(specification.network, shape, latent);
  const decoder = decoderNetwork(specification.network, shape, latent);

  /** examples [batch, …] → z [batch, latent] */
  const encode = (scope: LayerScope, x: tf.Tensor) => encoder.head(scope, 'code', encoder.trunk(scope, x));
  /** z [count, latent] → l [count, size] */
  const output = (scope: LayerScope, z: tf.Tensor) => decoder.head(scope, 'output', decoder.trunk(scope, z));
  const variables = [...variablesOfNetwork(encoder, encode), ...variablesOfNetwork(decoder, output)];
  /** z [count, latent] → x̂ [count, …] */
  const decode = (scope: Scope, z: tf.Tensor) => {
    const values = output(scope, z);
    return toExamples(reconstruction === 'crossEntropy' ? tf.sigmoid(values) : values, shape);
  };

  /** The error of each example, summed over its numbers: [batch] */
  function errors(scope: Scope, examples: tf.Tensor): tf.Tensor {
    const x = flattened(examples);
    const values = output(scope, encode(scope, examples));
    return reconstruction === 'crossEntropy'
      ? tf.neg(bernoulliLogLikelihood(x, values))
      : tf.sum(tf.squaredDifference(x, values), -1);
  }

  const hyperparameters = { learningRate: learningRate(context) };

  const train: ProgramFunction = {
    inputs: trainingInputs(context, hyperparameters),
    body: (scope, inputs) =>
      scope.minimize(
        training.optimizer.kind,
        () => {
          const loss = tf.mean<tf.Scalar>(errors(scope, inputs.examples!));
          return { loss, reconstruction: loss };
        },
        inputs.learningRate as tf.Scalar,
      ),
  };

  const evaluate: ProgramFunction = {
    inputs: evaluationInputs(context, hyperparameters),
    body: (scope, inputs) => ({ reconstruction: weightedSum(inputs.weights!, errors(scope, inputs.examples!)) }),
  };

  const views = joined(exampleViews(context, { samples: false, latent }), codeViews(latent));
  return {
    family: 'ae',
    program: {
      variables,
      optimizers: soleOptimizer(context, variables),
      functions: {
        train,
        ...shown(context, {
          evaluate,
          reconstruct: {
            inputs: { examples: examplesInput(SIZES.reconstruct, shape) },
            body: (scope, inputs) => ({ examples: decode(scope, encode(scope, inputs.examples!)) }),
          },
          encode: {
            inputs: { examples: examplesInput(SIZES.encode, shape) },
            body: (scope, inputs) => ({ mean: encode(scope, inputs.examples!) }),
          },
          decode: {
            inputs: { latent: { shape: [SIZES.decode, latent], dtype: 'float32' } },
            body: (scope, inputs) => ({ examples: decode(scope, inputs.latent!) }),
          },
        }),
      },
    },
    presentation: presentation(specification, context, views.panels),
    data,
    scaling: 'unit',
    hyperparameters,
    phases: [{ name: 'train', function: 'train' }],
    metrics: [{ function: 'evaluate', finish: scalars }],
    summaries: views.summaries,
    latent: {
      size: latent,
      prior: null,
      encode: { function: 'encode', batch: SIZES.encode, to: 'point' },
      decode: { function: 'decode', count: SIZES.decode },
    },
  };
}

function presentation(
  { reconstruction }: AutoencoderSpecification,
  context: ModelContext,
  panels: readonly Panel[],
): Presentation {
  return {
    family: 'ae',
    title: `Autoencoder · ${context.dataTitle}`,
    headline: { tag: 'test/reconstruction', label: 'Reconstruction', mode: 'min' },
    panels: [
      {
        kind: 'curves',
        title: 'Reconstruction',
        unit: per(reconstruction === 'crossEntropy' ? 'nats' : 'squared error', context),
        series: [
          { tag: 'train/reconstruction', label: 'train' },
          { tag: 'test/reconstruction', label: 'test' },
        ],
      },
      ...panels,
    ],
  };
}
