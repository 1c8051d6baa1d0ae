import * as tf from '@tensorflow/tfjs-core';
import { NOISE_INPUT, type ProgramFunction, type Scope, type VariableDeclaration } from '../engine/program';
import { SIZES, type ModelContext } from './context';
import { gaussianLogLikelihood, standardNormalLogLikelihood } from './distributions';
import { exampleShape } from '../protocol/dataShape';
import { examplesInput, flattened, toExamples } from './examples';
import { exampleViews, gaussianLatentViews, type Views } from './latentViews';
import type { PixelDistribution } from './likelihoods';
import type { Model } from './model';
import { reparameterize, type Gaussian } from './posteriors';
import { samplesTag } from './summaries';

/**
 * A model p(x, z) = N(z; 0, I) p(x|z) of examples with an encoder q(z|x). Its distributions may depend on further inputs
 * of the function that asks for them, such as labels.
 */
export interface LatentVariableModel {
  readonly variables: readonly VariableDeclaration[];
  readonly latent: number;
  /** How many classes `labels` tell apart, where the distributions depend on them. */
  readonly classes?: number;
  /** Declarations of those further inputs for `count` examples. */
  given(count: number): Inputs;
  /** q(z|x): examples [batch, …] → [batch, latent] */
  posterior(scope: Scope, examples: tf.Tensor, given: Values): Gaussian;
  /** p(x|z): z [samples · batch, latent] */
  likelihood(scope: Scope, z: tf.Tensor, given: Values): PixelDistribution;
}

type Inputs = ProgramFunction['inputs'];
export type Values = Readonly<Record<string, tf.Tensor>>;

/** Streams keep the draws of a program's functions independent where (seed, counter) happen to agree. */
export const STREAMS = { train: 0, evaluate: 1, prior: 2, importance: 3 } as const;

/** p(x|z) for z [samples, batch, latent]; its log-likelihood is [samples, batch] */
export function decoded(model: LatentVariableModel, scope: Scope, z: tf.Tensor, given: Values): PixelDistribution {
  return model.likelihood(scope, tf.reshape(z, [-1, model.latent]), given);
}

/** The functions that show and measure the model, by the names that {@link latentVariableParts} gives them. */
export function latentVariableFunctions(
  model: LatentVariableModel,
  { data }: Pick<ModelContext, 'data'>,
): Record<'reconstruct' | 'sample' | 'encode' | 'decode' | 'importance', ProgramFunction> {
  const { latent } = model;
  const shape = exampleShape(data);
  /** Means of p(x|z): z [count, latent] → [count, …] */
  const decode = (scope: Scope, z: tf.Tensor, given: Values) => ({
    examples: toExamples(model.likelihood(scope, z, given).mean(), shape),
  });
  return {
    /** The mean of p(x|z) at the mean of q(z|x) */
    reconstruct: {
      inputs: { examples: examplesInput(SIZES.reconstruct, shape), ...model.given(SIZES.reconstruct) },
      body: (scope, inputs) => decode(scope, model.posterior(scope, inputs.examples!, inputs).mean, inputs),
    },
    /** Means of p(x|z) for z ~ N(0, I) */
    sample: {
      inputs: { noise: NOISE_INPUT, ...model.given(SIZES.sample) },
      body: (scope, inputs) => {
        const z = scope.normal(inputs.noise as tf.Tensor1D, STREAMS.prior, [SIZES.sample, latent]);
        return { ...decode(scope, z, inputs), latent: z };
      },
    },
    encode: {
      inputs: { examples: examplesInput(SIZES.encode, shape), ...model.given(SIZES.encode) },
      body: (scope, inputs) => ({ ...model.posterior(scope, inputs.examples!, inputs) }),
    },
    decode: {
      inputs: { latent: { shape: [SIZES.decode, latent], dtype: 'float32' }, ...model.given(SIZES.decode) },
      body: (scope, inputs) => decode(scope, inputs.latent!, inputs),
    },
    /** log w = log p(x|z) + log p(z) − log q(z|x) for z ~ q(z|x) (Burda et al. 2015, equation 8): [samples, batch] */
    importance: {
      inputs: {
        examples: examplesInput(SIZES.importance.batch, shape),
        noise: NOISE_INPUT,
        ...model.given(SIZES.importance.batch),
      },
      body: (scope, inputs) => {
        const examples = inputs.examples!;
        const q = model.posterior(scope, examples, inputs);
        const draws = [SIZES.importance.samples, ...q.mean.shape];
        const z = reparameterize(q, scope.normal(inputs.noise as tf.Tensor1D, STREAMS.importance, draws));
        const logLikelihood = decoded(model, scope, z, inputs).logLikelihood(flattened(examples));
        const logJoint = tf.add(logLikelihood, standardNormalLogLikelihood(z));
        const logPosterior = gaussianLogLikelihood(z, q.mean, tf.mul(q.logVariance, 0.5));
        return { logWeights: tf.sub(logJoint, logPosterior) };
      },
    },
  };
}

/** What such a model can be asked for, of the functions of {@link latentVariableFunctions}. */
export function latentVariableParts(
  { latent, classes }: LatentVariableModel,
  { data }: Pick<ModelContext, 'data'>,
): Pick<Model, 'sampling' | 'likelihood' | 'latent' | 'classes'> {
  return {
    sampling: { kind: 'once', tag: samplesTag(data), function: 'sample', count: SIZES.sample },
    likelihood: { kind: 'importance', function: 'importance', ...SIZES.importance },
    latent: {
      size: latent,
      prior: 'normal',
      encode: { function: 'encode', batch: SIZES.encode, to: 'gaussian' },
      decode: { function: 'decode', count: SIZES.decode },
    },
    classes,
  };
}

/** What such a model is looked at with, by the same functions: what it makes of examples, and its latent space. */
export function latentVariableViews(
  { latent, classes }: LatentVariableModel,
  context: Pick<ModelContext, 'data'>,
): { readonly examples: Views; readonly latent: Views } {
  return {
    examples: exampleViews(context, { samples: true, latent, classes }),
    latent: gaussianLatentViews(latent),
  };
}
