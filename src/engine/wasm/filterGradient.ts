import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of a convolution with respect to its filter, which the WebAssembly backend lacks, from kernels that it has.
 *
 * With y[n, i, j, o] = Σ x[n, i·s + u, j·s + v, c] · w[u, v, c, o], the gradient is
 * ∂w[u, v, c, o] = Σ x[n, i·s + u, j·s + v, c] · ∂y[n, i, j, o]: itself a convolution, over images [c, height, width, n]
 * with a filter [i, j, n, o] that is dilated by the stride s.
 */
export function registerFilterGradient(): void {
  tf.registerKernel({
    backendName: 'wasm',
    kernelName: tf.Conv2DBackpropFilter,
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs as unknown as tf.Conv2DBackpropFilterInputs & { x: tf.Tensor4D; dy: tf.Tensor4D };
      return filterGradient(x, dy, attrs as unknown as tf.Conv2DBackpropFilterAttrs);
    },
  });
}

function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, attributes: tf.Conv2DBackpropFilterAttrs): tf.Tensor4D {
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attributes;
  if (dataFormat !== 'NHWC') throw new TypeError(`Images must be in the order NHWC, but are ${dataFormat}.`);
  const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return tf.tidy(() => {
    const { top, bottom, left, right } = padInfo;
    const padded = tf.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const images = tf.transpose(padded, [3, 1, 2, 0]);
    const filter = tf.transpose(dy, [1, 2, 0, 3]);
    const gradient = tf.conv2d(images, filter, 1, 'valid', 'NHWC', [strideHeight, strideWidth]);
    // A stride may leave rows of x unused at the end; there the convolution is longer than the filter.
    const [height, width, channels, outputs] = filterShape;
    const used = tf.slice(gradient, [0, 0, 0, 0], [channels, height, width, outputs]);
    return tf.transpose(used, [1, 2, 0, 3]);
  });
}
