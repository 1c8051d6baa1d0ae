import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { InputError, type HostTensor, type InputDeclaration } from './program';

/**
 * The tensor, if it is as declared, with as many numbers of the right kind as its shape says. Throws {@link InputError}
 * otherwise.
 */
export function checkHostTensor(what: string, actual: HostTensor | undefined, declared: InputDeclaration): HostTensor {
  if (actual === undefined) throw new InputError(`${what} is missing.`);
  if (!sameShape(actual.shape, declared.shape) || actual.dtype !== declared.dtype) {
    throw new InputError(`${what} must be ${words(declared)}, but is ${words(actual)}.`);
  }
  const size = sizeOf(declared.shape);
  const fits = declared.dtype === 'float32' ? actual.data instanceof Float32Array : actual.data instanceof Int32Array;
  if (!fits || actual.data.length !== size) {
    throw new InputError(`${what} must hold ${size} numbers as ${declared.dtype}, but holds ${actual.data.length}.`);
  }
  if (declared.below !== undefined) checkRange(what, actual.data, declared.below);
  return actual;
}

/** TensorFlow reads what lies beside a tensor for a number out of range, on a GPU at least. */
export function checkRange(what: string, data: Float32Array | Int32Array, below: number): void {
  for (const value of data) {
    if (value < 0 || value >= below) {
      throw new InputError(`${what} must hold numbers from 0 to ${below - 1}, but holds ${value}.`);
    }
  }
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The data is copied: a backend may look at it later, when its owner has changed it. */
export function toTensor({ data, shape, dtype }: HostTensor): Tensor {
  return tensor(data.slice(), [...shape], dtype);
}

/** A tensor that can cross to the host: neither bool, complex nor string. */
export type CrossingTensor = Tensor & { readonly dtype: HostTensor['dtype'] };

/** The tensor, if it can cross. Throws a TypeError otherwise. */
export function crossing(what: string, value: Tensor): CrossingTensor {
  if (isCrossing(value)) return value;
  throw new TypeError(`${what} is ${value.dtype}; only float32 and int32 can leave a program.`);
}

function isCrossing(value: Tensor): value is CrossingTensor {
  return value.dtype === 'float32' || value.dtype === 'int32';
}

/** Reads a tensor; the data belongs to the caller. */
export function toHostTensor(value: CrossingTensor): HostTensor {
  // A backend may hand out the very array that it was given, hence the copy.
  const data = (value.dataSync() as Float32Array | Int32Array).slice();
  return { shape: [...value.shape], dtype: value.dtype, data };
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

export function words({ dtype, shape }: { readonly dtype: string; readonly shape: readonly number[] }): string {
  return `${dtype} of shape [${shape.join(', ')}]`;
}
