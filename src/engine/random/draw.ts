import { engine, type NamedAttrMap, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';

/**
 * Draws as TensorFlow.js kernels of our own, which every backend implements (`./kernels.ts`, `../tensorflow/random.ts`). As
 * kernels they have no state, a gradient tape passes them by, and they can be traced like any other operation.
 */
export const STATELESS_NORMAL = 'LatentStatelessNormal';
export const STATELESS_UNIFORM = 'LatentStatelessUniform';

export interface DrawAttributes {
  /** Separates the draws within one call. */
  readonly stream: number;
  readonly shape: readonly number[];
}

/** N(0, 1) of `shape`, a pure function of (noise, stream); `noise` [2] is (seed, counter) as int32. */
export function statelessNormal(noise: Tensor1D, stream: number, shape: readonly number[]): Tensor {
  return draw(STATELESS_NORMAL, noise, { stream, shape });
}

/** U[0, 1), likewise. */
export function statelessUniform(noise: Tensor1D, stream: number, shape: readonly number[]): Tensor {
  return draw(STATELESS_UNIFORM, noise, { stream, shape });
}

function draw(kernel: string, noise: Tensor1D, attributes: DrawAttributes): Tensor {
  if (noise.dtype !== 'int32' || noise.rank !== 1 || noise.shape[0] !== 2) {
    throw new TypeError(
      `Noise must be (seed, counter) as int32, but is ${noise.dtype} of shape [${noise.shape.join()}].`,
    );
  }
  return engine().runKernel(kernel, { noise }, attributes as unknown as NamedAttrMap);
}
