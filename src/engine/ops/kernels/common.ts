import * as tf from '@tensorflow/tfjs-core';
import * as names from './names';

/** Registers the kernels that are the same for every backend. */
export function registerCommonKernels(backendName: string): void {
  tf.registerKernel({
    backendName,
    kernelName: names.SIGMOID_CROSS_ENTROPY,
    kernelFunc: ({ inputs }) => {
      const { labels, logits } = inputs as unknown as { labels: tf.Tensor; logits: tf.Tensor };
      // Softplus is max(l, 0) + log(1 + exp(−|l|)), computed so that it neither overflows nor rounds to 0.
      return tf.tidy(() => tf.sub(tf.softplus(logits), tf.mul(labels, logits)));
    },
  });
  tf.registerKernel({
    backendName,
    kernelName: names.CROSS_ENTROPY_LOSS,
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs['loss']!;
      (backend as tf.KernelBackend).incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}
