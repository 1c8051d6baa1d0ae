import * as tf from '@tensorflow/tfjs-core';
import type { Ahead } from '../engine/program';
import type { WganGpSpecification } from '../protocol/families/wganGp';
import type { ModelContext } from './context';
import { GAME_STREAMS, type Pair } from './game';
import { gameModel } from './gameModel';
import type { Values } from './latentVariableModel';
import type { Model } from './model';
import { criticGame } from './wgan';

/**
 * The Wasserstein GAN of Gulrajani et al., "Improved Training of Wasserstein GANs" (2017), algorithm 1. The best critic f has a
 * gradient of norm 1 almost everywhere between data and samples (proposition 1). So, instead of clipping weights,
 *
 *   E f(G(z)) − E f(x) + λ E (‖∇f(x̂)‖ − 1)²,   x̂ = ε x + (1 − ε) G(z),   ε ~ U[0, 1]                  (equation 3)
 *
 * without batch normalization in the critic, whose gradient is meant for each example alone.
 */
export function createWganGp(specification: WganGpSpecification, context: ModelContext): Model {
  return gameModel({
    ...criticGame(specification, context),
    title: 'WGAN-GP',
    turns: [{ repeats: specification.criticSteps }],
    hyperparameters: {
      penalty: { title: 'Gradient penalty λ', value: specification.penalty, minimum: 0, maximum: 10_000 },
    },
    regularizer: {
      ...{ name: 'gradient_penalty', title: 'Gradient penalty: E (‖∇f‖ − 1)²' },
      weight: ({ penalty }) => penalty as tf.Scalar,
      value: gradientPenalty,
    },
  });
}

/** E (‖∇f(x̂)‖ − 1)² */
function gradientPenalty(
  scope: Ahead,
  f: (x: tf.Tensor) => tf.Tensor,
  { real, fake }: Pair,
  { noise }: Values,
): tf.Scalar {
  const count = real.shape[0]!;
  const mixture = scope.uniform(noise as tf.Tensor1D, GAME_STREAMS.between, [
    count,
    ...real.shape.slice(1).map(() => 1),
  ]);
  const between = tf.add(fake, tf.mul(mixture, tf.sub(real, fake)));
  const slope = tf.reshape(tf.grad((x: tf.Tensor) => tf.sum(f(x)))(between), [count, -1]);
  // At a gradient of 0 the norm would have no gradient of its own.
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(slope), 1), 1e-12));
  return tf.mean(tf.square(tf.sub(norm, 1)));
}
