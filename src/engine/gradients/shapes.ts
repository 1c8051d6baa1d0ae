import * as tf from '@tensorflow/tfjs-core';
import { MIRROR_PAD_GRADIENT } from '../ops/kernels/names';

/** Moving values about: linear, and so their own second order. */
export const shapeGradients: tf.GradConfig[] = [
  {
    kernelName: tf.Tile,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { reps }) => ({
      x: () => {
        // [r₀, n₀, r₁, n₁, …], summed over the repetitions
        const shape = x!.shape.flatMap((length, axis) => [(reps as number[])[axis]!, length]);
        const repetitions = x!.shape.map((_, axis) => 2 * axis);
        return tf.sum(tf.reshape(dy as tf.Tensor, shape), repetitions);
      },
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
