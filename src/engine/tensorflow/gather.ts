import { GatherV2, registerKernel, unregisterKernel, type GatherV2Attrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';

/**
 * Replaces a kernel of TensorFlow.js that reads the indices back to check them: that would stop a GPU at every call, and no
 * function that gathers could be traced. TensorFlow checks indices itself on a CPU; on a GPU, rows out of range are zero.
 */
export function registerGather(): void {
  unregisterKernel(GatherV2, 'tensorflow');
  registerKernel({
    kernelName: GatherV2,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const tensorflow = backend as NodeJSKernelBackend;
      const { x, indices } = inputs as { x: TensorInfo; indices: TensorInfo };
      const { axis, batchDims } = attrs as unknown as GatherV2Attrs;
      const { TF_ATTR_TYPE, TF_ATTR_INT, TF_INT32 } = tensorflow.binding;
      const type = (name: string, value: number) => ({ name, type: TF_ATTR_TYPE, value });
      const params =
        x.dtype === 'float32'
          ? tensorflow.binding.TF_FLOAT
          : x.dtype === 'bool'
            ? tensorflow.binding.TF_BOOL
            : TF_INT32;
      const dataId = tensorflow.write(Int32Array.of(axis), [], 'int32');
      const attributes = [
        { name: 'batch_dims', type: TF_ATTR_INT, value: batchDims },
        type('Tparams', params),
        type('Tindices', TF_INT32),
        type('Taxis', TF_INT32),
      ];
      try {
        return tensorflow.executeSingleOutput(GatherV2, attributes, [
          x,
          indices,
          { dataId, shape: [], dtype: 'int32' },
        ]);
      } finally {
        tensorflow.disposeData(dataId);
      }
    },
  });
}
