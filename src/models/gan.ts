import * as tf from '@tensorflow/tfjs-core';
import { hasLabels } from '../protocol/families/adversarial';
import type { GanSpecification } from '../protocol/families/gan';
import { exampleShape } from '../protocol/dataShape';
import type { ModelContext } from './context';
import { ModelError } from './error';
import { GAME_STREAMS, type Game } from './game';
import { gameModel } from './gameModel';
import type { Model } from './model';
import { objectives } from './objectives';
import { packedShape } from './packing';
import { createGenerator, createJudge } from './players';

/**
 * The generative adversarial network of Goodfellow et al., "Generative Adversarial Nets" (2014): a generator G and a discriminator
 * D, the probability that an example is one of the data, play
 *
 *   min_G max_D V(D, G) = E_x log D(x) + E_z log(1 − D(G(z)))                                        (equation 1)
 *
 * by turns, k steps of D for each of G (algorithm 1). At the best D, V is 2 JS(data, samples) − log 4 (theorem 1), and so −log 4
 * where the two are equal and D is ½ everywhere. Other losses of the players: {@link objectives}.
 */
export function createGan(specification: GanSpecification, context: ModelContext): Model {
  return gameModel({ ...discriminatorGame(specification, context, 0), title: 'GAN' });
}

type Practice = Omit<GanSpecification, 'family' | 'generator' | 'discriminator' | 'batchNorm' | 'spectralNorm'>;

/** The two players of a GAN, of which each is given a condition of that length. */
export function discriminatorGame(
  specification: GanSpecification | (Omit<GanSpecification, 'family'> & { readonly family: string }),
  context: ModelContext,
  condition: number,
): Omit<Game, 'title'> {
  const shape = exampleShape(context.data);
  const { generator, discriminator, latent, batchNorm, spectralNorm, packing } = specification;
  return {
    family: specification.family,
    generator: createGenerator({
      ...{ network: generator, shape, latent, condition },
      bounded: context.data.kind === 'image',
      ...(batchNorm && { normalization: 'batch' }),
    }),
    judge: createJudge('discriminator', {
      ...{ network: discriminator, shape: packedShape(shape, packing), condition: condition * packing },
      ...(spectralNorm && { normalization: 'spectral' }),
    }),
    ...practiceOf(specification, context),
  };
}

/**
 * What a game of a discriminator has besides its players: losses, turns, packing (Lin et al. 2018), one-sided label smoothing
 * (Salimans et al. 2016, section 3.4), flipped labels, and noise on what the discriminator sees (Sønderby et al. 2016; Arjovsky &
 * Bottou 2017), which fades with the training. Throws {@link ModelError} for packs that the batch cannot be divided into.
 */
export function practiceOf(
  { latent, prior, objective, discriminatorSteps, packing, labelSmoothing, labelNoise, instanceNoise }: Practice,
  context: ModelContext,
): Omit<Game, 'title' | 'family' | 'generator' | 'judge'> {
  const { batch } = context.training;
  if (batch % packing !== 0) {
    throw new ModelError(
      `A batch of ${batch} examples cannot be divided into packs of ${packing}.`,
      `Set training.batch to a multiple of model.packing, such as ${packing * Math.ceil(batch / packing)}.`,
    );
  }
  if (!hasLabels(objective) && labelSmoothing + labelNoise > 0) {
    throw new ModelError(
      `The objective "${objective}" knows no labels that could be smoothed or flipped.`,
      'Set model.labelSmoothing and model.labelNoise to 0, or choose an objective with cross-entropy.',
    );
  }
  return {
    ...{ context, latent, prior, packing },
    judgeName: 'discriminator',
    objective: objectives[objective],
    turns: [{ repeats: discriminatorSteps }],
    ...(instanceNoise > 0 && {
      hyperparameters: {
        instanceNoise: {
          ...{ title: 'Instance noise', value: instanceNoise, minimum: 0, maximum: 10 },
          schedule: { kind: 'linear', warmup: 0, final: 0 },
        },
      },
      seen: (scope, examples, inputs, stream) =>
        tf.add(
          examples,
          tf.mul(inputs.instanceNoise!, scope.normal(inputs.noise as tf.Tensor1D, stream, examples.shape)),
        ),
    }),
    ...(labelSmoothing + labelNoise > 0 && {
      targets: (scope, inputs, count) => {
        const flips = (stream: number) =>
          tf.cast(tf.less(scope.uniform(inputs.noise as tf.Tensor1D, stream, [count]), labelNoise), 'float32');
        // 1 − s for data and 0 for samples; where a label is flipped, the other one.
        const [real, fake] = [flips(GAME_STREAMS.targets), flips(GAME_STREAMS.targets + 1)];
        return { real: tf.mul(tf.sub(1, real), 1 - labelSmoothing), fake: tf.mul(fake, 1 - labelSmoothing) };
      },
    }),
  };
}
