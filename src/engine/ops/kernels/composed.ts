import * as tf from '@tensorflow/tfjs-core';
import * as names from './names';
import type { BatchNormalizationAttributes, MirrorPadAttributes, PoolAttributes } from './attributes';
import { mirrorPadGradient } from './mirrorPad';
import { maxPoolSecondGradient } from './maxPool';

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Kernel = (inputs: Inputs, attributes: unknown) => tf.Tensor | tf.Tensor[];

/** Registers the kernels of `./names.ts` for a backend without such operations, put together from those that it has. */
export function registerComposedKernels(backendName: 'wasm' | 'cpu'): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({
      backendName,
      kernelName,
      kernelFunc: ({ inputs, attrs }) => tf.tidy(() => kernel(inputs as unknown as Inputs, attrs)),
    });
  }
}

const { SELU_SCALE, SELU_SCALEALPHA: SELU_SCALE_ALPHA } = tf.backend_util;

const kernels: Readonly<Record<string, Kernel>> = {
  [tf.LogSoftmax]: ({ logits }) => {
    const shifted = tf.sub(logits!, tf.max(logits!, -1, true));
    return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
  },
  [names.TANH_GRADIENT]: ({ dy, y }) => tf.mul(dy!, tf.sub(1, tf.square(y!))),
  [names.SIGMOID_GRADIENT]: ({ dy, y }) => tf.mul(dy!, tf.mul(y!, tf.sub(1, y!))),
  // The slope is y + 1 = exp(x) below zero and 1 above.
  [names.ELU_GRADIENT]: ({ dy, y }) => tf.mul(dy!, tf.add(tf.minimum(y!, 0), 1)),
  [names.SELU_GRADIENT]: ({ dy, y }) =>
    tf.mul(dy!, tf.where(tf.less(y!, 0), tf.add(y!, SELU_SCALE_ALPHA), tf.onesLike(y!).mul(SELU_SCALE))),
  [names.RELU_GRADIENT]: ({ dy, y }) => tf.mul(dy!, tf.step(y!)),
  [names.RELU6_GRADIENT]: ({ dy, y }) => tf.mul(dy!, tf.mul(tf.step(y!), tf.step(tf.sub(6, y!)))),
  [names.SOFTPLUS_GRADIENT]: ({ dy, x }) => tf.mul(dy!, tf.sigmoid(x!)),
  [names.LEAKY_RELU_GRADIENT]: ({ dy, x }, attributes) =>
    tf.mul(dy!, tf.step(x!, (attributes as { alpha: number }).alpha)),
  // A product with ones takes a twentieth of the time that WebAssembly needs to tile.
  [names.BROADCAST]: ({ x }, attributes) => tf.mul(x!, tf.fill([...(attributes as { shape: number[] }).shape], 1)),
  [names.MIRROR_PAD_GRADIENT]: ({ dy }, attributes) => mirrorPadGradient(dy!, attributes as MirrorPadAttributes),
  [names.MAX_POOL_SECOND_GRADIENT]: ({ x, y, ddx }, attributes) =>
    maxPoolSecondGradient(x as tf.Tensor4D, y as tf.Tensor4D, ddx as tf.Tensor4D, attributes as PoolAttributes),
  [names.ADD_BIAS]: ({ x, bias }) => tf.add(x!, bias!),
  [names.BIAS_GRADIENT]: ({ dy }) => tf.sum(dy!, leadingAxes(dy!)),
  [names.BATCH_NORMALIZATION]: ({ x, scale, offset }, attributes) => {
    const { epsilon } = attributes as BatchNormalizationAttributes;
    const axes = leadingAxes(x!);
    const count = x!.size / scale!.size;
    const mean = tf.mean(x!, axes);
    const centered = tf.sub(x!, mean);
    const variance = tf.mean(tf.square(centered), axes);
    const output = tf.add(tf.mul(centered, tf.mul(scale!, tf.rsqrt(tf.add(variance, epsilon)))), offset!);
    // TensorFlow, too, takes the biased variance for a single value.
    return [output, mean, tf.mul(variance, count / Math.max(count - 1, 1)), mean.clone(), variance];
  },
  [names.BATCH_NORMALIZATION_GRADIENT]: ({ dy, x, scale, saved0: mean, saved1: variance }, attributes) => {
    const { epsilon } = attributes as BatchNormalizationAttributes;
    const axes = leadingAxes(x!);
    const inverse = tf.rsqrt(tf.add(variance!, epsilon));
    const normalized = tf.mul(tf.sub(x!, mean!), inverse);
    const scaleGradient = tf.sum(tf.mul(dy!, normalized), axes);
    const offsetGradient = tf.sum(dy!, axes);
    const count = x!.size / scale!.size;
    const common = tf.div(tf.add(offsetGradient, tf.mul(normalized, scaleGradient)), count);
    return [tf.mul(tf.mul(scale!, inverse), tf.sub(dy!, common)), scaleGradient, offsetGradient];
  },
  [names.SOFTMAX_CROSS_ENTROPY]: ({ labels, logits }) => crossEntropy(labels!, logits!),
  [names.SPARSE_SOFTMAX_CROSS_ENTROPY]: ({ labels, logits }) =>
    crossEntropy(tf.cast(tf.oneHot(labels as tf.Tensor1D, logits!.shape[1]!), 'float32'), logits!),
};

function leadingAxes({ rank }: tf.Tensor): number[] {
  return Array.from({ length: rank - 1 }, (_, axis) => axis);
}

/** Losses, and their gradient softmax(logits) Σ labels − labels, which TensorFlow simplifies for Σ labels = 1. */
function crossEntropy(labels: tf.Tensor, logits: tf.Tensor): tf.Tensor[] {
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  const exponentials = tf.exp(shifted);
  const sums = tf.sum(exponentials, -1, true);
  const loss = tf.sum(tf.mul(labels, tf.sub(tf.log(sums), shifted)), -1);
  return [loss, tf.sub(tf.div(exponentials, sums), labels)];
}
