import { describe, expect, it } from 'vitest';
import { encodingOf } from '../../../src/tensors/encoding';

/** The number that bits stand for in a type. */
function value(type: string, bits: number): number {
  const { bytes, decode } = encodingOf(type)!;
  const buffer = new ArrayBuffer(8);
  if (bytes === 1) new Uint8Array(buffer)[0] = bits;
  else new Uint16Array(buffer)[0] = bits;
  return decode(buffer, 1)[0]!;
}

describe('small floating-point numbers', () => {
  // The extremes that their papers' tables give.
  it.each([
    ['F16', 0x3c00, 1],
    ['F16', 0x7bff, 65504],
    ['F16', 0x0001, 2 ** -24],
    ['F16', 0xfc00, -Infinity],
    ['F16', 0x7e00, NaN],
    ['BF16', 0x3f80, 1],
    ['BF16', 0x7f7f, 3.3895313892515355e38],
    ['BF16', 0x8000, -0],
    ['BF16', 0x7fc0, NaN],
    ['F8_E4M3', 0x7e, 448],
    ['F8_E4M3', 0x01, 2 ** -9],
    ['F8_E4M3', 0xff, NaN],
    ['F8_E5M2', 0x7b, 57344],
    ['F8_E5M2', 0x01, 2 ** -16],
    ['F8_E5M2', 0x7c, Infinity],
    ['F8_E4M3FNUZ', 0x7f, 240],
    ['F8_E4M3FNUZ', 0x80, NaN],
    ['F8_E5M2FNUZ', 0x7f, 57344],
    ['F8_E5M2FNUZ', 0x80, NaN],
    ['F8_E8M0', 127, 1],
    ['F8_E8M0', 0, 2 ** -127],
    ['F8_E8M0', 255, NaN],
  ])('%s %i is %d', (type, bits, expected) => {
    expect(value(type, bits)).toBe(expected);
  });

  it('of all 16-bit patterns agree with the platform’s own conversion', () => {
    const scratch = new DataView(new ArrayBuffer(4));
    const wrong = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => {
      scratch.setUint32(0, bits << 16);
      return !Object.is(value('BF16', bits), scratch.getFloat32(0));
    });
    expect(wrong).toEqual([]);
  });

  it('and unknown types have no values', () => {
    expect(encodingOf('F4')).toBeUndefined();
    expect(encodingOf('constructor')).toBeUndefined();
  });
});
