import { registerKernel, type KernelBackend, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { STATELESS_NORMAL, STATELESS_UNIFORM, type DrawAttributes } from './draw';
import { normals, uniforms } from './philox';

type Draw = (length: number, seed: number, stream: number, counter: number) => Float32Array;

/** Registers the draws in plain TypeScript, for backends that have no such operation. */
export function registerPhiloxKernels(backendName: 'wasm' | 'cpu'): void {
  registerKernel(kernel(backendName, STATELESS_NORMAL, normals));
  registerKernel(kernel(backendName, STATELESS_UNIFORM, uniforms));
}

function kernel(backendName: string, kernelName: string, draw: Draw): KernelConfig {
  return {
    backendName,
    kernelName,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { stream, shape } = attrs as unknown as DrawAttributes;
      const { readSync, write } = backend as Pick<KernelBackend, 'readSync' | 'write'>;
      const noise = (inputs as { noise: TensorInfo }).noise;
      const [seed, counter] = readSync.call(backend, noise.dataId) as Int32Array;
      const size = shape.reduce((product, length) => product * length, 1);
      const dataId = write.call(backend, draw(size, seed! >>> 0, stream, counter! >>> 0), [...shape], 'float32');
      return { dataId, shape: [...shape], dtype: 'float32' };
    },
  };
}
