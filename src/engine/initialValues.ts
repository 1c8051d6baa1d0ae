import { sizeOf } from './hostTensor';
import type { InputDeclaration, VariableDeclaration } from './program';
import { normals, uniforms } from './random/philox';

/** The counter of initial values ("init" in ASCII), far from those of steps and epochs. */
const INITIAL_VALUES = 0x696e6974;

/** How a variable starts: the same on every backend, and independent of the other variables. */
export function initialValue(
  declaration: VariableDeclaration & InputDeclaration,
  seed: number,
): Float32Array | Int32Array {
  const { name, shape, dtype, initializer } = declaration;
  const size = sizeOf(shape);
  switch (initializer.kind) {
    case 'zeros':
      return dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
    case 'constant':
      return new Float32Array(size).fill(initializer.value);
    case 'normal':
      return normals(size, seed, streamOf(name), INITIAL_VALUES).map((value) => value * initializer.deviation);
    case 'uniform':
      return uniforms(size, seed, streamOf(name), INITIAL_VALUES).map((value) => (2 * value - 1) * initializer.limit);
  }
}

/** FNV-1a over the UTF-8 bytes: names that differ draw from streams that differ, but for one chance in 2³². */
function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
