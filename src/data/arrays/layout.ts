import type { StoredArray } from './numpyFile';

/**
 * Where each element of an array goes, in the order of the file: the places in a row-major array whose axis `i` is axis `order[i]` of
 * the file's, and whose rows (axis 0) are reordered.
 *
 * @param rows place of each row
 */
export function placesOf(
  { shape, fortran }: Pick<StoredArray, 'shape' | 'fortran'>,
  order: readonly number[],
  rows?: Uint32Array,
): () => number {
  const strides = new Array<number>(shape.length).fill(1);
  let stride = 1;
  for (const axis of [...order].reverse()) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  // The axes of the file, the one that changes fastest first.
  const axes = [...shape.keys()];
  if (!fortran) axes.reverse();
  const index = new Array<number>(shape.length).fill(0);
  let place = 0;
  return () => {
    const found = rows === undefined ? place : place + (rows[index[0]!]! - index[0]!) * strides[0]!;
    for (const axis of axes) {
      index[axis]! += 1;
      place += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      place -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
    return found;
  };
}
