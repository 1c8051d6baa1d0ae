import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { batchNormalization, instanceNormalization, layerNormalization } from '../../../../src/engine/ops';
import { everyBackend, use } from './support';

/** What `golden/gradient_penalty.py` has computed with PyTorch in double precision, and how. */
interface Golden {
  readonly activation: string;
  readonly normalization: 'none' | 'batch' | 'layer' | 'instance';
  readonly loss: number;
  /** Of x and each parameter: norm and two projections. */
  readonly gradients: readonly [number, number, number][];
}

const file = path.join(import.meta.dirname, 'golden', 'gradient_penalty.json');
const golden = JSON.parse(readFileSync(file, 'utf8')) as readonly Golden[];

const activations: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  relu: tf.relu,
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  relu6: (x) => tf.relu6(tf.mul(x, 4)),
  elu: tf.elu,
  selu: tf.selu,
  softplus: tf.softplus,
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
};

const shapes = [[4, 4, 1, 3], [3], [3], [4, 4, 3, 4], [4], [4], [16, 1], [1]];
const offsets = [0, 1, 0, 0, 1, 0, 0, 0];
const scales = [0.5, 0.3, 0.2, 0.4, 0.3, 0.2, 0.5, 0.1];

function values(shape: number[], stream: number, scale: number, offset = 0): tf.Tensor {
  const count = shape.reduce((product, length) => product * length, 1);
  const numbers = Array.from(
    { length: count },
    (_, index) => offset + scale * Math.sin(0.7 * index * (1 + 0.13 * stream) + stream),
  );
  return tf.tensor(numbers, shape);
}

function normalized(kind: Golden['normalization'], x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor {
  const [factor, shift] = [scale as tf.Tensor1D, offset as tf.Tensor1D];
  if (kind === 'batch') return batchNormalization(x, factor, shift, 1e-3).output;
  if (kind === 'layer') return layerNormalization(x, factor, shift, 1e-3);
  if (kind === 'instance') return instanceNormalization(x as tf.Tensor4D, factor, shift, 1e-3);
  return tf.add(tf.mul(x, factor), shift);
}

/** mean(D(x)) + 10 mean((|∂D/∂x| − 1)²), Gulrajani et al. 2017 */
function penalizedLoss({ activation, normalization }: Golden, x: tf.Tensor, parameters: tf.Tensor[]): tf.Scalar {
  const [k1, s1, o1, k2, s2, o2, w, b] = parameters;
  const act = activations[activation]!;
  const layer = (input: tf.Tensor, kernel: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) =>
    act(normalized(normalization, tf.conv2d(input as tf.Tensor4D, kernel as tf.Tensor4D, 2, 'same'), scale, offset));
  const critic = (input: tf.Tensor) => {
    const hidden = layer(layer(input, k1!, s1!, o1!), k2!, s2!, o2!);
    return tf.add(tf.matMul(tf.reshape(hidden, [3, 16]), w as tf.Tensor2D), b!);
  };
  const slope = tf.grad((input: tf.Tensor) => tf.sum(critic(input)))(x);
  const norms = tf.sqrt(tf.sum(tf.square(slope), [1, 2, 3]));
  return tf.add(tf.mean(critic(x)), tf.mul(tf.mean(tf.square(tf.sub(norms, 1))), 10));
}

function summary(gradient: tf.Tensor): [number, number, number] {
  const flat = [...gradient.dataSync()];
  const projected = (wave: (index: number) => number) => flat.reduce((sum, value, i) => sum + value * wave(i), 0);
  return [Math.hypot(...flat), projected((i) => Math.cos(i + 1)), projected((i) => Math.sin(2 * i + 1))];
}

describe.each(everyBackend)('on %s', (name) => {
  it.each(golden)(
    'a gradient penalty with $activation and normalization “$normalization” is PyTorch’s',
    async (expected) => {
      await use(name);
      tf.tidy(() => {
        const x = values([3, 8, 8, 1], 0, 1);
        const parameters = shapes.map((shape, index) => values(shape, 1 + index, scales[index]!, offsets[index]));
        const loss = (input: tf.Tensor, ...rest: tf.Tensor[]) => penalizedLoss(expected, input, rest);
        const { value, grads } = tf.valueAndGrads(loss)([x, ...parameters]);
        expect(Math.abs(value.dataSync()[0]! - expected.loss)).toBeLessThan(1e-4 * Math.max(1, expected.loss));
        for (const [index, gradient] of grads.entries()) {
          const [norm] = expected.gradients[index]!;
          for (const [part, found] of summary(gradient).entries()) {
            const wanted = expected.gradients[index]![part]!;
            const what = `input ${index}, part ${part}: ${found} for ${wanted}, of ${norm}`;
            expect(Math.abs(found - wanted), what).toBeLessThan(2e-4 * norm + 1e-4);
          }
        }
      });
    },
  );
});
