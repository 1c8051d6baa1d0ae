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

/** 2³² / golden ratio, odd: multiples spread over all 32 bits. */
const STREAM_STEP = 0x9e3779b9;

/** What TensorFlow's stateless operations add to the seed for a stream, so that streams of one seed never meet; int32. */
export function seedOffset(stream: number): number {
  return Math.imul(stream, STREAM_STEP);
}
