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
 * (Salimans et al. 2016, section 3.4), flipped and spread labels (Chintala et al. 2016), and noise on what the discriminator
 * sees (Sønderby et al. 2016; Arjovsky & Bottou 2017), which fades with the training. Throws {@link ModelError} for packs that the batch cannot be divided into.
 */
export function practiceOf(
  practice: Practice,
  context: ModelContext,
): Omit<Game, 'title' | 'family' | 'generator' | 'judge'> {
  const { latent, prior, objective, discriminatorSteps, packing, instanceNoise } = practice;
  const { labelSmoothing, labelNoise, labelSpread } = practice;
  const changesLabels = labelSmoothing + labelNoise + labelSpread > 0;
  const { batch } = context.training;
  if (batch % packing !== 0) {
    throw new ModelError(
      `A batch of ${batch} examples cannot be divided into packs of ${packing}.`,
      `Set training.batch to a multiple of model.packing, such as ${packing * Math.ceil(batch / packing)}.`,
    );
  }
  if (!hasLabels(objective) && changesLabels) {
    throw new ModelError(
      `The objective "${objective}" knows no labels that could be smoothed, spread or flipped.`,
      'Set model.labelSmoothing, labelSpread and labelNoise to 0, or choose an objective with cross-entropy.',
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
    ...(changesLabels && { targets: labelsOf(practice) }),
  };
}

/**
 * What the discriminator is taught: for data a number from [1 − w, 1], times 1 − s, and for samples one from [0, w], where s is the
 * smoothing and w the spread; with the probability of the noise, the number of the other kind.
 */
function labelsOf({ labelSmoothing, labelNoise, labelSpread }: Practice): NonNullable<Game['targets']> {
  return (scope, { noise }, count) => {
    const draws = (stream: number) => scope.uniform(noise as tf.Tensor1D, stream, [count]);
    const labels = (kind: 0 | 1) => {
      const flips = tf.cast(tf.less(draws(GAME_STREAMS.targets + kind), labelNoise), 'float32');
      // 1 for what is to be called data.
      const called = kind === 0 ? tf.sub(1, flips) : flips;
      if (labelSpread === 0) return tf.mul(called, 1 - labelSmoothing);
      const off = tf.mul(draws(GAME_STREAMS.spread + kind), labelSpread);
      const data = tf.mul(tf.sub(1, off), 1 - labelSmoothing);
      return tf.add(tf.mul(called, data), tf.mul(tf.sub(1, called), off));
    };
    return { real: labels(0), fake: labels(1) };
  };
}
