import * as tf from '@tensorflow/tfjs-core';
import type { ProgramFunction, Scope } from '../engine/program';
import type { Presentation } from '../protocol/run';
import type { AutoencoderSpecification } from '../protocol/families/ae';
import { SIZES, evaluationInputs, learningRate, shown, soleOptimizer, trainingInputs } from './context';
import type { ModelContext } from './context';
import { bernoulliLogLikelihood } from './distributions';
import { imagesInput, toImages, toPixels, weightedSum } from './images';
import type { LayerScope } from './layers';
import { scalars } from './metrics';
import type { Model } from './model';
import { decoderNetwork, encoderNetwork, variablesOfNetwork } from './networks';
import { reconstructions } from './pictures';

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
  const { imageShape, training } = context;
  const { latent, reconstruction } = specification;
  const encoder = encoderNetwork(specification.network, imageShape, latent);
  const decoder = decoderNetwork(specification.network, imageShape, latent);

  /** images [batch, …] → z [batch, latent] */
  const encode = (scope: LayerScope, images: tf.Tensor) => encoder.head(scope, 'code', encoder.trunk(scope, images));
  /** z [count, latent] → l [count, pixels] */
  const output = (scope: LayerScope, z: tf.Tensor) => decoder.head(scope, 'output', decoder.trunk(scope, z));
  const variables = [...variablesOfNetwork(encoder, encode), ...variablesOfNetwork(decoder, output)];
  /** z [count, latent] → x̂ [count, …] */
  const decode = (scope: Scope, z: tf.Tensor) => {
    const pixels = output(scope, z);
    return toImages(reconstruction === 'crossEntropy' ? tf.sigmoid(pixels) : pixels, imageShape);
  };

  /** The error of each image, summed over pixels: [batch] */
  function errors(scope: Scope, images: tf.Tensor): tf.Tensor {
    const x = toPixels(images);
    const pixels = output(scope, encode(scope, images));
    return reconstruction === 'crossEntropy'
      ? tf.neg(bernoulliLogLikelihood(x, pixels))
      : tf.sum(tf.squaredDifference(x, pixels), -1);
  }

  const hyperparameters = { learningRate: learningRate(context) };

  const train: ProgramFunction = {
    inputs: trainingInputs(context, hyperparameters),
    body: (scope, inputs) =>
      scope.minimize(
        training.optimizer.kind,
        () => {
          const loss = tf.mean<tf.Scalar>(errors(scope, inputs.images!));
          return { loss, reconstruction: loss };
        },
        inputs.learningRate as tf.Scalar,
      ),
  };

  const evaluate: ProgramFunction = {
    inputs: evaluationInputs(context, hyperparameters),
    body: (scope, inputs) => ({ reconstruction: weightedSum(inputs.weights!, errors(scope, inputs.images!)) }),
  };

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
            inputs: { images: imagesInput(SIZES.reconstruct, imageShape) },
            body: (scope, inputs) => ({ images: decode(scope, encode(scope, inputs.images!)) }),
          },
          encode: {
            inputs: { images: imagesInput(SIZES.encode, imageShape) },
            body: (scope, inputs) => ({ mean: encode(scope, inputs.images!) }),
          },
          decode: {
            inputs: { latent: { shape: [SIZES.decode, latent], dtype: 'float32' } },
            body: (scope, inputs) => ({ images: decode(scope, inputs.latent!) }),
          },
        }),
      },
    },
    presentation: presentation(specification, context.dataTitle),
    data: { kind: 'image', shape: [...imageShape] },
    hyperparameters,
    phases: [{ name: 'train', function: 'train' }],
    metrics: [{ function: 'evaluate', finish: scalars }],
    pictures: [reconstructions('reconstruct', SIZES.reconstruct)],
    latent: {
      size: latent,
      prior: null,
      encode: { function: 'encode', batch: SIZES.encode, to: 'point' },
      decode: { function: 'decode', count: SIZES.decode },
    },
  };
}

function presentation(specification: AutoencoderSpecification, dataTitle: string): Presentation {
  return {
    family: 'ae',
    title: `Autoencoder · ${dataTitle}`,
    headline: { tag: 'test/reconstruction', label: 'Reconstruction', mode: 'min' },
    charts: [
      {
        title: 'Reconstruction',
        unit: specification.reconstruction === 'crossEntropy' ? 'nats per image' : 'squared error per image',
        series: [
          { tag: 'train/reconstruction', label: 'train' },
          { tag: 'test/reconstruction', label: 'test' },
        ],
      },
    ],
    images: [{ tag: 'reconstructions', label: 'Reconstructions' }],
    bars: [],
  };
}
