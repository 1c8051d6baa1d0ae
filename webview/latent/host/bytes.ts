/** Rows of numbers as the float32 body of a request. */
export function floatBytes(rows: readonly ArrayLike<number>[]): Uint8Array {
  const width = rows[0]?.length ?? 0;
  const floats = new Float32Array(rows.length * width);
  rows.forEach((row, i) => floats.set(row, i * width));
  return new Uint8Array(floats.buffer);
}

/** `count` float32 numbers of a body from the `offset`-th on. Copies only unaligned bytes. */
export function floats(body: Uint8Array, offset: number, count: number): Float32Array {
  const begin = body.byteOffset + 4 * offset;
  if (4 * (offset + count) > body.byteLength) throw new RangeError('The answer is truncated.');
  if (begin % 4 === 0) return new Float32Array(body.buffer, begin, count);
  return new Float32Array(body.slice(4 * offset, 4 * (offset + count)).buffer);
}
