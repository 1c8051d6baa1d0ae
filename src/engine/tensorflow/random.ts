import { registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { STATELESS_NORMAL, STATELESS_UNIFORM, seedOffset, type DrawAttributes } from '../random/draw';

/**
 * The draws by TensorFlow's own stateless operations, which are as fast as memory and run on the GPU, too. They take a
 * pair of seeds; the stream is added to the first one, times an odd number, so that streams of one seed never meet.
 */
export function registerTensorFlowRandom(): void {
  register(STATELESS_NORMAL, 'StatelessRandomNormal');
  register(STATELESS_UNIFORM, 'StatelessRandomUniform');
}

function register(kernelName: string, operation: string): void {
  registerKernel({
    backendName: 'tensorflow',
    kernelName,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const tensorflow = backend as NodeJSKernelBackend;
      const { stream, shape } = attrs as unknown as DrawAttributes;
      const { noise } = inputs as { noise: TensorInfo };
      const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = tensorflow.binding;
      const integers = (values: readonly number[]): TensorInfo => ({
        dataId: tensorflow.write(Int32Array.from(values), [values.length], 'int32'),
        shape: [values.length],
        dtype: 'int32',
      });
      const offset = integers([seedOffset(stream), 0]);
      const lengths = integers(shape);
      const seeds = tensorflow.executeSingleOutput('AddV2', [{ name: 'T', type, value: TF_INT32 }], [noise, offset]);
      const attributes = [
        { name: 'dtype', type, value: TF_FLOAT },
        { name: 'Tseed', type, value: TF_INT32 },
        { name: 'T', type, value: TF_INT32 },
      ];
      try {
        return tensorflow.executeSingleOutput(operation, attributes, [lengths, seeds]);
      } finally {
        seeds.dispose();
        for (const { dataId } of [offset, lengths]) tensorflow.disposeData(dataId);
      }
    },
  });
}
