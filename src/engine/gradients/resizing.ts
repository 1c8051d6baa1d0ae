import * as tf from '@tensorflow/tfjs-core';
import { detached } from './tape';

interface Alignment {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/**
 * Resizing [batch, height, width, channel] is linear in the image. The kernels of TensorFlow.js for its transpose ignore
 * `halfPixelCenters`, and some divide by zero where `alignCorners` meets a length of 1, so with either the transpose is two
 * matrix products with the interpolation weights.
 */
export const resizingGradients: tf.GradConfig[] = [
  ...resizing(tf.ResizeBilinear, tf.ResizeBilinearGrad, bilinearWeights),
  ...resizing(tf.ResizeNearestNeighbor, tf.ResizeNearestNeighborGrad, nearestWeights),
];

type Weights = (from: number, to: number, alignment: Alignment) => Float32Array;

function resizing(kernelName: string, gradientKernel: string, weights: Weights): tf.GradConfig[] {
  return [
    {
      kernelName,
      inputsToSave: ['images'],
      gradFunc: (dy, [images], attributes) => ({
        images: () => {
          const [gradient, input] = [dy as tf.Tensor4D, detached(images as tf.Tensor4D)];
          const alignment = attributes as unknown as Alignment;
          if (alignment.halfPixelCenters || alignment.alignCorners)
            return transposed(gradient, input.shape, weights, alignment);
          return tf.engine().runKernel(gradientKernel, { dy: gradient, images: input }, attributes);
        },
      }),
    },
    {
      kernelName: gradientKernel,
      inputsToSave: ['dy', 'images'],
      gradFunc: (ddx, [dy, images], attributes) => ({
        dy: () =>
          tf
            .engine()
            .runKernel(kernelName, { images: ddx as tf.Tensor }, { ...attributes, size: dy!.shape.slice(1, 3) }),
        images: () => tf.zerosLike(images!),
      }),
    },
  ];
}

/** dy [batch, newHeight, newWidth, channel] → [batch, height, width, channel] */
function transposed(
  dy: tf.Tensor4D,
  [batch, height, width, channels]: readonly [number, number, number, number],
  weights: Weights,
  alignment: Alignment,
): tf.Tensor4D {
  const [, newHeight, newWidth] = dy.shape;
  const rows = tf.tensor2d(weights(height, newHeight, alignment), [newHeight, height]);
  const columns = tf.tensor2d(weights(width, newWidth, alignment), [newWidth, width]);
  const tall = tf.matMul(rows, tf.reshape(dy, [batch, newHeight, newWidth * channels]), true);
  const small = tf.matMul(columns, tf.reshape(tall, [batch * height, newWidth, channels]), true);
  return tf.reshape(small, [batch, height, width, channels]);
}

/** [to, from]; where each new entry is read, computed in float32 as TensorFlow does. */
function bilinearWeights(from: number, to: number, alignment: Alignment): Float32Array {
  const weights = new Float32Array(to * from);
  const scale = scaleOf(from, to, alignment);
  for (let index = 0; index < to; index++) {
    const at = alignment.halfPixelCenters
      ? Math.fround(Math.fround(Math.fround(index + 0.5) * scale) - 0.5)
      : Math.fround(index * scale);
    const lower = Math.max(Math.floor(at), 0);
    const upper = Math.min(Math.ceil(at), from - 1);
    const share = Math.fround(at - Math.floor(at));
    weights[index * from + lower]! += 1 - share;
    weights[index * from + upper]! += share;
  }
  return weights;
}

function nearestWeights(from: number, to: number, alignment: Alignment): Float32Array {
  const weights = new Float32Array(to * from);
  const scale = scaleOf(from, to, alignment);
  for (let index = 0; index < to; index++) {
    const at = Math.fround((alignment.halfPixelCenters ? index + 0.5 : index) * scale);
    const nearest = alignment.alignCorners ? Math.round(at) : Math.floor(at);
    weights[index * from + Math.min(Math.max(nearest, 0), from - 1)] = 1;
  }
  return weights;
}

function scaleOf(from: number, to: number, { alignCorners }: Alignment): number {
  return Math.fround(alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to);
}
