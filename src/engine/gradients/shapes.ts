import * as tf from '@tensorflow/tfjs-core';
import { MIRROR_PAD_GRADIENT } from '../ops/kernels/names';

/** Moving values about: linear, and so their own second order. */
export const shapeGradients: tf.GradConfig[] = [
  {
    kernelName: tf.Tile,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { reps }) => ({
      x: () => summedRepetitions(dy as tf.Tensor, x!.shape, reps as number[]),
    }),
  },
  {
    kernelName: tf.Diag,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({
      x: () => {
        const size = x!.size;
        const square = tf.reshape(dy as tf.Tensor, [size, size]);
        return tf.reshape(tf.sum(tf.mul(square, tf.eye(size)), 1), x!.shape);
      },
    }),
  },
  {
    kernelName: tf.MirrorPad,
    gradFunc: (dy, _saved, { paddings, mode }) => ({
      x: () =>
        tf.engine().runKernel(MIRROR_PAD_GRADIENT, { dy: dy as tf.Tensor }, { paddings: paddings!, mode: mode! }),
    }),
  },
  {
    kernelName: MIRROR_PAD_GRADIENT,
    gradFunc: (ddx, _saved, { paddings, mode }) => ({
      dy: () => tf.mirrorPad(ddx as tf.Tensor, paddings as [number, number][], mode as 'reflect' | 'symmetric'),
    }),
  },
  // TensorFlow.js hands the gradient of a single part over by itself, not in a list, and fails where it stacks or joins it.
  {
    kernelName: tf.Unpack,
    gradFunc: (dy, _saved, { axis }) => ({ value: () => tf.stack([dy].flat(), axis as number) }),
  },
  {
    kernelName: tf.SplitV,
    gradFunc: (dy, _saved, { axis }) => ({ x: () => tf.concat([dy].flat(), axis as number) }),
  },
  {
    kernelName: tf.FlipLeftRight,
    gradFunc: (dy) => ({ image: () => tf.image.flipLeftRight(dy as tf.Tensor4D) }),
  },
  // What TensorFlow.js computes with and TensorFlow calls UnsortedSegmentSum: rows of x added where segmentIds say.
  {
    kernelName: tf.UnsortedSegmentSum,
    inputsToSave: ['segmentIds'],
    gradFunc: (dy, [segmentIds]) => ({
      x: () => {
        const ids = segmentIds!;
        const rows = tf.gather(dy as tf.Tensor, tf.maximum(ids, tf.zerosLike(ids)) as tf.Tensor1D);
        const kept = tf.cast(tf.greaterEqual(ids, tf.zerosLike(ids)), 'float32');
        return tf.mul(rows, tf.reshape(kept, [...ids.shape, ...Array<number>(rows.rank - ids.rank).fill(1)]));
      },
    }),
  },
];

/**
 * dy, summed over the repetitions of each axis: one axis after the other, from the last. TensorFlow first transposes what it sums over
 * several axes that lie apart, which takes many times as long.
 */
function summedRepetitions(dy: tf.Tensor, shape: readonly number[], repetitions: readonly number[]): tf.Tensor {
  let [sum, after] = [dy, 1];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    after *= shape[axis]!;
    const count = repetitions[axis]!;
    if (count === 1) continue;
    sum = tf.sum(tf.reshape(sum, [-1, count, after]), 1);
  }
  return tf.reshape(sum, [...shape]);
}
