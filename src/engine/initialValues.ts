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
    case 'orthogonal': {
      const columns = shape.at(-1) ?? 1;
      const draws = normals(size, seed, streamOf(name), INITIAL_VALUES);
      return orthonormal(draws, size / columns, columns).map((value) => value * initializer.gain);
    }
  }
}

/** Gram–Schmidt on the columns of a matrix [rows, columns] of normal draws, or on its rows where those are fewer. */
function orthonormal(draws: Float32Array, rows: number, columns: number): Float32Array {
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const vectors = Array.from({ length: count }, (_, i) =>
    Float64Array.from(draws.subarray(i * length, (i + 1) * length)),
  );
  for (const [index, vector] of vectors.entries()) {
    // Twice: what rounding leaves of the earlier directions after once is as large as that of a nearly dependent draw.
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of vectors.slice(0, index)) subtract(vector, earlier, dot(vector, earlier));
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < length; i++) vector[i]! /= norm;
  }
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return columns <= rows ? vectors[column]![row]! : vectors[row]![column]!;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function subtract(from: Float64Array, direction: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++) from[i]! -= times * direction[i]!;
}

/** FNV-1a over the UTF-8 bytes: names that differ draw from streams that differ, but for one chance in 2³². */
function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
