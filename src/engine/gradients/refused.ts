import * as tf from '@tensorflow/tfjs-core';

/** Draws of classes that can be traced and are a function of the noise (Gumbel 1954; Maddison, Mnih & Teh 2017, section 2.1). */
export const GUMBEL_MAX =
  'Draw by Gumbel-max: tf.argMax(tf.sub(logits, tf.log(tf.neg(tf.log(scope.uniform(noise, stream, logits.shape))))), -1).';

const SPECTRUM =
  'Multiply by matrices of cosines and sines with tf.matMul: real and imaginary part of a Fourier transform.';
const SAMPLING =
  'Multiply the image, reshaped to [batch, height · width, channel], by a matrix of interpolation weights with tf.matMul.';
const FOR_SEGMENTS = 'Use tf.unsortedSegmentSum of tf.gather.';

/**
 * What to write where a gradient is differentiated that uses kernels without one. (`tf.broadcastTo` is made of another kernel than that
 * of its name.)
 */
export const ONCE: Readonly<Record<string, string>> = {
  [tf.AvgPool3D]: 'Use tf.avgPool over two of the axes, and then over the third.',
  [tf.BroadcastTo]: 'Use tf.mul with ones of the shape.',
  [tf.ComplexAbs]: SPECTRUM,
  [tf.Conv3D]: 'Add up tf.conv2d over the places of the filter in depth.',
  [tf.LRN]:
    'Write x / (bias + alpha · s)^beta, with the sum s over neighboring channels as tf.matMul of tf.square(x), reshaped to ' +
    '[batch · height · width, channel], by a matrix with ones in a band.',
  [tf.MaxPool3D]: 'Use tf.maxPool over two of the axes, and then over the third.',
};

/** What to write instead of kernels whose gradient TensorFlow.js computes wrongly, or does not have. */
export const NEVER: Readonly<Record<string, string>> = {
  [tf.Dilation2D]: 'Take tf.max over tf.stack of the shifted slices, each with its entry of the filter added.',
  [tf.CropAndResize]: 'Use tf.slice and tf.image.resizeBilinear.',
  [tf.Transform]: SAMPLING,
  [tf.RotateWithOffset]: SAMPLING,
  [tf.Multinomial]: GUMBEL_MAX,
  ...Object.fromEntries([tf.Complex, tf.Real, tf.Imag, tf.FFT, tf.IFFT].map((kernel) => [kernel, SPECTRUM])),
  [tf.Cumprod]: 'Of positive numbers use tf.exp(tf.cumsum(tf.log(x))).',
  [tf.DepthToSpace]: 'Use tf.reshape and tf.transpose.',
  [tf.GatherNd]: 'Use tf.gather of the reshaped tensor, with places as row · columns + column.',
  [tf.ScatterNd]: 'Use tf.unsortedSegmentSum.',
  [tf.SparseToDense]: 'Use tf.unsortedSegmentSum.',
  [tf.TensorScatterUpdate]: 'Use tf.where with a mask of what is updated.',
  [tf.StridedSlice]: 'Use tf.gather with the places, or tf.reshape and tf.slice.',
  [tf.TopK]: 'Use tf.gather with the indices that it returns, or tf.mul with a mask of tf.oneHot of them.',
  [tf.MaxPoolWithArgmax]: 'Use tf.maxPool.',
  [tf.SparseSegmentSum]: FOR_SEGMENTS,
  [tf.SparseSegmentMean]: FOR_SEGMENTS,
};

/** What to write instead of operations of TensorFlow that no graph can hold, by their names there. */
export const UNTRACEABLE: Readonly<Record<string, string>> = {
  Multinomial: GUMBEL_MAX,
  UniqueV2: 'Its values decide on the shape of what it returns: keep all entries, and mask them with tf.where.',
  NonMaxSuppressionV3:
    'Its values decide on the shape of what it returns: keep all boxes, and mask them with tf.where.',
};

/** What to write instead of kernels that a backend lacks. */
export const ABSENT: Readonly<Record<'tensorflow' | 'wasm', Readonly<Record<string, string>>>> = {
  tensorflow: {
    [tf.Transform]: SAMPLING,
    [tf.RotateWithOffset]: SAMPLING,
    [tf.MaxPoolWithArgmax]: 'Use tf.maxPool.',
    [tf.SparseSegmentSum]: FOR_SEGMENTS,
    [tf.SparseSegmentMean]: FOR_SEGMENTS,
  },
  wasm: Object.fromEntries([tf.Complex, tf.FFT, tf.IFFT].map((kernel) => [kernel, SPECTRUM])),
};
