import * as tf from '@tensorflow/tfjs-core';
import type { LayerScope } from '../../../src/models/layers';
import { adversarialLoss } from './losses';
import { BATCH, adam, type BenchmarkModel } from './model';
import { ringDiscriminatorLoss, ringNetwork } from './ringGan';

/** The data are made in the graph: eight Gaussians of deviation .02 on the unit circle, one drawn for each point. */
export const ringInside: BenchmarkModel = {
  name: 'ring-inside',
  title: 'ring GAN with its data, D step',
  trains: { loss: 'discriminator.' },
  optimizer: adam(1e-3, 0.5),
  inputs: {},
  noise: {
    z: { kind: 'normal', shape: [BATCH, 32] },
    mode: { kind: 'uniform', shape: [BATCH, 1] },
    spread: { kind: 'normal', shape: [BATCH, 2] },
  },
  twins: ['pytorch'],
  step: (scope, _, { z, mode, spread }) => {
    const angle = tf.mul(tf.floor(tf.mul(mode!, 8)), Math.PI / 4);
    const points = tf.add(tf.concat([tf.cos(angle), tf.sin(angle)], 1), tf.mul(spread!, 0.02));
    const generated = ringNetwork(scope, 'generator', z!, 2);
    return { loss: () => ringDiscriminatorLoss(scope, points, generated) };
  },
};

const UNROLLED = 5;
const weights = [0, 1, 2].flatMap((layer) => [`discriminator.${layer}.kernel`, `discriminator.${layer}.bias`]);

/** One inner update of a weight: [its value, further state] and its gradient in update `step`, from 1 → the same. */
type Update = (state: readonly tf.Tensor[], gradient: tf.Tensor, step: number) => readonly tf.Tensor[];

const descent: Update = ([value], gradient) => [tf.sub(value!, tf.mul(gradient, 0.1))];

/** Adam with ε under the root, where the root has a slope at 0. */
const innerAdam: Update = ([value, m = tf.zerosLike(value!), v = tf.zerosLike(value!)], gradient, step) => {
  const first = tf.add(tf.mul(m, 0.5), tf.mul(gradient, 0.5));
  const second = tf.add(tf.mul(v, 0.999), tf.mul(tf.square(gradient), 1e-3));
  const [c1, c2] = [1 - 0.5 ** step, 1 - 0.999 ** step];
  const direction = tf.div(tf.div(first, c1), tf.sqrt(tf.add(tf.div(second, c2), 1e-8)));
  return [tf.sub(value!, tf.mul(direction, 1e-3)), first, second];
};

/** Metz et al. 2016: the generator's loss against the discriminator as it is five updates later, which depend on the generator. */
function unrolled(name: string, title: string, update: Update): BenchmarkModel {
  return {
    name,
    title,
    trains: { loss: 'generator.' },
    optimizer: adam(1e-3, 0.5),
    inputs: { points: { kind: 'ring', shape: [BATCH, 2] } },
    noise: { z: { kind: 'normal', shape: [BATCH, 32] } },
    twins: ['pytorch'],
    step: (scope, { points }, { z }) => {
      ringNetwork(scope, 'discriminator', points!, 1); // declares what the updates start from
      return {
        loss: () => {
          const generated = ringNetwork(scope, 'generator', z!, 2);
          let states: (readonly tf.Tensor[])[] = weights.map((weight) => [scope.variable(weight)]);
          for (let step = 1; step <= UNROLLED; step++) {
            const lossAt = (...values: tf.Tensor[]) =>
              ringDiscriminatorLoss(replaced(scope, values), points!, generated);
            const gradients = tf.grads(lossAt)(states.map(([value]) => value!));
            states = states.map((state, index) => update(state, gradients[index]!, step));
          }
          const later = replaced(
            scope,
            states.map(([value]) => value!),
          );
          return adversarialLoss(ringNetwork(later, 'discriminator', generated, 1), true);
        },
      };
    },
  };
}

/** A scope in which the discriminator has other weights. */
function replaced(scope: LayerScope, values: readonly tf.Tensor[]): LayerScope {
  const others = new Map(weights.map((weight, index) => [weight, values[index]!]));
  return {
    variable: (name) => others.get(name) ?? scope.variable(name),
    assign: (name, value) => scope.assign(name, value),
  };
}

export const unrolledDescent = unrolled('unrolled-sgd', 'unrolled GAN, 5 steps of SGD, G step', descent);
export const unrolledAdam = unrolled('unrolled-adam', 'unrolled GAN, 5 steps of Adam, G step', innerAdam);
