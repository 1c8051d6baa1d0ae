import * as tf from '@tensorflow/tfjs-core';
import { zeroGradient } from './reduced';
import { detached } from './tape';

/** Choices between values, and what is constant but for jumps. */
export const selectionGradients: tf.GradConfig[] = [
  {
    kernelName: tf.Abs,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.sign(detached(x!))) }),
  },
  {
    kernelName: tf.ClipByValue,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { clipValueMin, clipValueMax }) => ({
      x: () => {
        const value = detached(x!);
        const inside = tf.logicalAnd(
          tf.greaterEqual(value, clipValueMin as number),
          tf.lessEqual(value, clipValueMax as number),
        );
        return tf.where(inside, dy as tf.Tensor, tf.zerosLike(dy as tf.Tensor));
      },
    }),
  },
  {
    kernelName: tf.Select,
    inputsToSave: ['condition'],
    gradFunc: (dy, [condition]) => {
      const [gradient, chosen] = [dy as tf.Tensor, detached(condition!)];
      return {
        condition: () => zeroGradient(chosen),
        // Not a product with the condition: an infinite gradient of what was not chosen must not become NaN.
        t: () => tf.where(chosen, gradient, tf.zerosLike(gradient)),
        e: () => tf.where(chosen, tf.zerosLike(gradient), gradient),
      };
    },
  },
  {
    kernelName: tf.Prelu,
    inputsToSave: ['x', 'alpha'],
    gradFunc: (dy, [x, alpha]) => {
      const [gradient, positive] = [dy as tf.Tensor, tf.greater(detached(x!), 0)];
      return {
        x: () => tf.where(positive, gradient, tf.mul(gradient, alpha!)),
        alpha: () => {
          const negative = tf.where(positive, tf.zerosLike(gradient), tf.mul(gradient, x!));
          const axes = tf.broadcast_util.getReductionAxes(alpha!.shape, gradient.shape);
          return tf.reshape(axes.length > 0 ? tf.sum(negative, axes) : negative, alpha!.shape);
        },
      };
    },
  },
  // TensorFlow.js lets gradients through a cast to integers as if nothing were rounded.
  {
    kernelName: tf.Cast,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { dtype }) => ({
      x: () => (dtype === 'float32' ? (dy as tf.Tensor).clone() : zeroGradient(detached(x!))),
    }),
  },
  {
    kernelName: tf.Identity,
    gradFunc: (dy) => ({ x: () => (dy as tf.Tensor).clone() }),
  },
  ...[tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.Equal, tf.NotEqual, tf.LogicalAnd, tf.LogicalOr].map(
    (kernelName) => constant(kernelName, ['a', 'b']),
  ),
  ...[tf.Step, tf.Sign, tf.Floor, tf.Ceil, tf.Round, tf.LogicalNot, tf.IsNan, tf.IsInf, tf.IsFinite].map((kernelName) =>
    constant(kernelName, ['x']),
  ),
  ...[tf.ArgMax, tf.ArgMin, tf.OnesLike, tf.ZerosLike].map((kernelName) => constant(kernelName, ['x'])),
  constant(tf.FloorDiv, ['a', 'b']),
  constant(tf.OneHot, ['indices']),
];

/** Zero wherever there is a derivative at all. */
function constant(kernelName: string, inputs: readonly string[]): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [...inputs],
    gradFunc: (_dy, saved) =>
      Object.fromEntries(inputs.map((input, index) => [input, () => zeroGradient(detached(saved[index]!))])),
  };
}
