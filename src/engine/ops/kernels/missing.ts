import * as tf from '@tensorflow/tfjs-core';
import { GradientError } from '../../gradients';
import { checkOperands } from '../../gradients/einsum';
import { ABSENT } from '../../gradients/refused';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
import { einsumByProducts } from './einsum';

/** Kernels that gradients need and the WebAssembly backend lacks, composed from those that it has, or refused. */
export function registerMissingKernels(): void {
  register(tf.UnsortedSegmentSum, ({ x, segmentIds }, attributes) => {
    const { numSegments } = attributes as { numSegments: number };
    const rows = tf.reshape(x!, [x!.shape[0]!, -1]);
    const chosen = tf.cast(tf.oneHot(segmentIds as tf.Tensor1D, numSegments), 'float32');
    return tf.reshape(tf.matMul(chosen, rows, true), [numSegments, ...x!.shape.slice(1)]);
  });
  register(tf.DepthwiseConv2dNativeBackpropInput, ({ dy, filter }, attributes) => {
    const given = attributes as tf.DepthwiseConv2dNativeBackpropInputAttrs;
    return depthwiseInputGradient(dy as tf.Tensor4D, filter as tf.Tensor4D, given.inputShape, given);
  });
  register(tf.DepthwiseConv2dNativeBackpropFilter, ({ x, dy }, attributes) => {
    const given = attributes as tf.DepthwiseConv2dNativeBackpropFilterAttrs;
    return depthwiseFilterGradient(x as tf.Tensor4D, dy as tf.Tensor4D, given.filterShape, given);
  });
  register(tf.Einsum, (inputs, attributes) =>
    einsumByProducts((attributes as tf.EinsumAttrs).equation, Object.values(inputs)),
  );
  // The WebAssembly backend's own kernels compute something else.
  for (const kernelName of [tf.Conv3DBackpropFilterV2, tf.Conv3DBackpropInputV2]) {
    tf.unregisterKernel(kernelName, 'wasm');
    register(kernelName, () => {
      throw new GradientError(kernelName, 'Train convolutions over three dimensions on native TensorFlow.');
    });
  }
}

/** What a backend lacks and nothing is composed of says what to write instead; TensorFlow.js would name the kernel only. */
export function refuseAbsentKernels(backendName: 'tensorflow' | 'wasm'): void {
  for (const [kernelName, instead] of Object.entries(ABSENT[backendName])) {
    tf.registerKernel({
      backendName,
      kernelName,
      kernelFunc: () => {
        const where = backendName === 'wasm' ? 'WebAssembly' : 'native TensorFlow';
        throw new TypeError(`TensorFlow.js has no ${kernelName} on ${where}. ${instead}`);
      },
    });
  }
}

/** TensorFlow itself counts operands only when it runs, with a message of its own. */
export function limitEinsumOperands(backendName: 'tensorflow'): void {
  const original = tf.getKernel(tf.Einsum, backendName);
  tf.unregisterKernel(tf.Einsum, backendName);
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => {
      checkOperands((call.attrs as unknown as tf.EinsumAttrs).equation, Object.keys(call.inputs).length);
      return original.kernelFunc(call);
    },
  });
}

function register(
  kernelName: string,
  kernel: (inputs: Readonly<Record<string, tf.Tensor>>, attributes: unknown) => tf.Tensor,
): void {
  tf.registerKernel({
    backendName: 'wasm',
    kernelName,
    kernelFunc: ({ inputs, attrs }) => tf.tidy(() => kernel(inputs as unknown as Record<string, tf.Tensor>, attrs)),
  });
}
