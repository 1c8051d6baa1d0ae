import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/formats/error';
import { decodeIdx } from '../../../src/formats/idx';

const twoByThree = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

describe('decodeIdx', () => {
  it('reads the sizes as big-endian and gives the data behind them', () => {
    expect(decodeIdx(twoByThree)).toEqual({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  });

  it('reads from the middle of a larger buffer', () => {
    const pool = new Uint8Array(40).fill(9);
    pool.set(twoByThree, 11);
    expect(decodeIdx(pool.subarray(11, 11 + twoByThree.length)).shape).toEqual([2, 3]);
  });

  it('reports why it cannot read a file', () => {
    const changed = (index: number, value: number) => twoByThree.map((byte, i) => (i === index ? value : byte));
    expect(() => decodeIdx(changed(2, 0x0d))).toThrow('elements of type 0x0d');
    expect(() => decodeIdx(changed(0, 1))).toThrow('two zero bytes');
    expect(() => decodeIdx(changed(3, 0))).toThrow('0 axes');
    expect(() => decodeIdx(changed(4, 255))).toThrow('has 6');
    expect(() => decodeIdx(Uint8Array.of(0x1f, 0x8b, 8, 0))).toThrow('gzip');
  });

  it('refuses every truncation and every surplus', () => {
    for (let length = 0; length < twoByThree.length; length++) {
      expect(() => decodeIdx(twoByThree.subarray(0, length)), `${length} bytes`).toThrow(FormatError);
    }
    expect(() => decodeIdx(Uint8Array.of(...twoByThree, 7))).toThrow(FormatError);
  });

  it('never fails with anything but a FormatError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const file = Uint8Array.of(0, 0, 8, ...bytes);
        try {
          const { shape, data } = decodeIdx(file);
          expect(shape.reduce((product, size) => product * size, 1)).toBe(data.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });
});
