import * as tf from '@tensorflow/tfjs-core';
import { detached } from './tape';
import { sumTo } from './reduced';

type Binary = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => { a: () => tf.Tensor; b: () => tf.Tensor };

/** Products, quotients and powers. */
export const arithmeticGradients: tf.GradConfig[] = [
  // Copies, since TensorFlow.js frees a gradient once it has added another to it.
  binary(tf.Add, (dy) => ({ a: () => dy.clone(), b: () => dy.clone() })),
  binary(tf.Sub, (dy) => ({ a: () => dy.clone(), b: () => tf.neg(dy) })),
  binary(tf.Multiply, (dy, a, b) => ({ a: () => tf.mul(dy, b), b: () => tf.mul(dy, a) })),
  binary(tf.RealDiv, (dy, a, b) => ({
    a: () => tf.div(dy, b),
    b: () => tf.neg(tf.mul(dy, tf.div(tf.div(a, b), b))),
  })),
  binary(tf.SquaredDifference, (dy, a, b) => {
    const slope = () => tf.mul(dy, tf.mul(tf.sub(a, b), 2));
    return { a: slope, b: () => tf.neg(slope()) };
  }),
  // All of the gradient goes to a where both are equal, as in TensorFlow.
  binary(tf.Maximum, (dy, a, b) => {
    const [x, y] = [detached(a), detached(b)];
    return { a: () => masked(dy, tf.greaterEqual(x, y)), b: () => masked(dy, tf.less(x, y)) };
  }),
  binary(tf.Minimum, (dy, a, b) => {
    const [x, y] = [detached(a), detached(b)];
    return { a: () => masked(dy, tf.lessEqual(x, y)), b: () => masked(dy, tf.greater(x, y)) };
  }),
  {
    kernelName: tf.Pow,
    inputsToSave: ['a', 'b'],
    outputsToSave: [true],
    gradFunc: (dy, [a, b, y]) => powerGradient(dy as tf.Tensor, float(a!), float(b!), y!),
  },
];

/** The rule for two operands that broadcast against each other. */
function binary(kernelName: string, rule: Binary): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => {
      const gradients = rule(dy as tf.Tensor, float(a!), float(b!));
      return { a: () => sumTo(gradients.a(), a!.shape), b: () => sumTo(gradients.b(), b!.shape) };
    },
  };
}

/** y = aᵇ: ∂y/∂a = b aᵇ⁻¹, ∂y/∂b = y log a, which counts as 0 for a ≤ 0. */
function powerGradient(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor, y: tf.Tensor): ReturnType<tf.GradFunc> {
  return {
    a: () => sumTo(tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))), a.shape),
    b: () => {
      const positive = tf.greater(detached(a), 0);
      // Not the logarithm of a masked afterwards: its own gradient is infinite at 0, and 0 · ∞ is no number.
      const logarithm = tf.log(tf.where(positive, a, tf.onesLike(a)));
      return sumTo(tf.mul(dy, tf.mul(powerAgain(a, b, y), logarithm)), b.shape);
    },
  };
}

/** The saved power as a function of both operands again; one reattachment knows one input only. */
function powerAgain(a: tf.Tensor, b: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.engine().isTapeOn() ? tf.pow(a, b) : y;
}

function masked(dy: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  return tf.mul(dy, tf.cast(mask, 'float32'));
}

function float(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'float32' ? x : tf.cast(x, 'float32');
}
