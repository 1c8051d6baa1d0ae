import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of average pooling with padding is wrong on WebAssembly and in plain JavaScript: it divides by the size
 * of the filter also where part of the filter lies in the padding, which the average leaves out. Each dy is scaled by
 * what was left out too much.
 */
export function correctAveragePoolGradient(backendName: 'wasm' | 'cpu'): void {
  const original = tf.getKernel(tf.AvgPoolGrad, backendName);
  tf.unregisterKernel(tf.AvgPoolGrad, backendName);
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => {
      const { dy, input } = call.inputs as unknown as { dy: tf.Tensor; input: tf.Tensor4D };
      const attributes = call.attrs as unknown as tf.AvgPoolGradAttrs;
      const { filterSize, strides, pad } = attributes;
      const info = tf.backend_util.computePool2DInfo(input.shape, filterSize, strides, 1, pad);
      const { top, bottom, left, right } = info.padInfo;
      if (top + bottom + left + right === 0) return original.kernelFunc(call);
      return tf.tidy(() => {
        const rows = inside(info.outHeight, info.strideHeight, info.filterHeight, top, info.inHeight);
        const columns = inside(info.outWidth, info.strideWidth, info.filterWidth, left, info.inWidth);
        const factors = rows.map((row) =>
          columns.map((column) => [(info.filterHeight / row) * (info.filterWidth / column)]),
        );
        const scaled = { dy: tf.mul(dy, tf.tensor4d([factors])), input };
        return original.kernelFunc({ ...call, inputs: scaled }) as tf.Tensor;
      });
    },
  });
}

/** How many places of each window lie in the image, along one axis. */
function inside(windows: number, stride: number, filter: number, before: number, length: number): number[] {
  return Array.from({ length: windows }, (_, index) => {
    const start = index * stride - before;
    return Math.min(start + filter, length) - Math.max(start, 0);
  });
}
