import * as tf from '@tensorflow/tfjs-core';
import type { NetworkSpecification } from '../../protocol/families/parts';

export type Activation = NetworkSpecification['activation'];

/** By the names that specifications have for them; like x. */
export const activations: Readonly<Record<Activation, (x: tf.Tensor) => tf.Tensor>> = {
  relu: tf.relu,
  tanh: tf.tanh,
  softplus: tf.softplus,
  elu: tf.elu,
  leakyRelu: (x) => leakyRelu(x),
};

/** max(x, slope · x), with DCGAN's slope (Radford et al. 2015, section 4). */
export function leakyRelu<T extends tf.Tensor>(x: T, slope = 0.2): T {
  return tf.leakyRelu(x, slope);
}
