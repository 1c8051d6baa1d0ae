import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../../src/formats/error';
import { encodeNpy, parseNpyHeader } from '../../../../src/formats/npy';

const header = (dictionary: string, version = 1) => {
  const text = new TextEncoder().encode(dictionary);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.of(0x93, ...new TextEncoder().encode('NUMPY'), version, 0, ...length, ...text);
};
const parse = (dictionary: string, version?: number) => parseNpyHeader(header(dictionary, version));
const f4 = (shape: string) => `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;

describe('the header of a NumPy array', () => {
  it('says type, order and shape', () => {
    expect(parse(f4('(3, 4)'))).toMatchObject({ kind: 'f4', bigEndian: false, fortran: false, shape: [3, 4] });
    const turned = parse("{'shape':(2,),'fortran_order':True,'descr':\">i8\"}\n", 2);
    expect(turned).toMatchObject({ kind: 'i8', bigEndian: true, fortran: true, shape: [2], itemBytes: 8 });
    expect(parse(f4('()')).shape).toEqual([]);
    expect(parse(f4('(5L,)')).shape).toEqual([5]);
    expect(parse("{'descr': '<U7', 'fortran_order': False, 'shape': ()}")).toMatchObject({ kind: 'U7', itemBytes: 28 });
    const fields = "{'descr': [('a', '<f4', (2,)), ('b', [('c', '|u1')])], 'fortran_order': False, 'shape': (1,)}";
    expect(parse(fields, 3)).toMatchObject({ kind: 'record', itemBytes: 9 });
  });

  it.each([
    ["{'descr': __import__('os')}", /no value/],
    [f4('(-1,)'), /not a list of sizes/],
    [f4('(9999999999999999999,)'), /not a list of sizes/],
    [f4('3'), /not a list of sizes/],
    [`${'('.repeat(50)}`, /too deep/],
    ["{'descr': '<f4', 'descr': '<f4'}", /duplicate key/],
    ["{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", /its order/],
    ["{'descr': 'rm -rf', 'fortran_order': False, 'shape': ()}", /unknown type/],
    ["{'descr': '<f4'", /neither/],
    ["'text'", /not a dictionary/],
  ])('%s is refused', (dictionary, why) => {
    expect(() => parse(dictionary)).toThrow(FormatError);
    expect(() => parse(dictionary)).toThrow(why);
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { maxLength: 4 }), (shape) => {
        const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
        const bytes = encodeNpy({ shape, data });
        expect(parseNpyHeader(bytes)).toMatchObject({ kind: 'f8', shape, dataStart: bytes.length - data.byteLength });
        expect((bytes.length - data.byteLength) % 64).toBe(0);
      }),
    );
  });
});
