import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimsToBePacked, pack, PackingError, unpack, type Packed } from '../../../src/protocol/packing';

/** What VS Code does to a message beside its buffers. */
const carried = (packed: Packed): Packed => {
  const { buffer, ...rest } = packed;
  return { ...(JSON.parse(JSON.stringify(rest)) as Packed), buffer: structuredClone(buffer) };
};

const typedArray = fc.oneof(
  fc.float64Array(),
  fc.float32Array(),
  fc.uint8Array(),
  fc.uint8ClampedArray(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  // A part of a larger buffer, at an odd place.
  fc.uint8Array({ minLength: 3 }).map((bytes) => bytes.subarray(1, bytes.length - 1)),
);
const key = fc.oneof(fc.string(), fc.constantFrom('$array', '$$array', 'array', '__proto__', 'constructor', 'packed'));
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    typedArray,
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree')),
    fc.array(fc.tuple(key, tie('tree'))).map((entries) => Object.fromEntries(entries)),
  ),
}));

describe('a packed message', () => {
  it('is the same when it is unpacked, however plain data and typed arrays are nested', () => {
    fc.assert(
      fc.property(tree, (message) => {
        expect(unpack(carried(pack(message)))).toEqual(message);
      }),
    );
  });

  it('has one buffer, as large as its arrays and their alignment', () => {
    const packed = pack({ a: [new Uint8Array(3), new Float64Array(2)], b: new Uint8Array([7]) });
    expect(packed.size).toBe(8 + 16 + 1);
    expect(JSON.stringify(packed.data)).toBe(
      '{"a":[{"$array":["u8",0,3]},{"$array":["f64",8,2]}],"b":{"$array":["u8",24,1]}}',
    );
  });

  it('copies no more of a larger buffer than the array has', () => {
    const pool = new Uint8Array(1000).fill(9);
    const { buffer } = pack(pool.subarray(10, 14));
    expect([...new Uint8Array(buffer)]).toEqual([9, 9, 9, 9]);
  });

  it('is refused for values that would arrive as something else', () => {
    for (const other of [new Map(), new Date(), new DataView(new ArrayBuffer(1)), new BigInt64Array(1), /x/])
      expect(() => pack({ other })).toThrow(TypeError);
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => pack(circle)).toThrow('nested too deeply');
  });

  it('is refused where its buffer did not arrive whole', () => {
    const packed = pack({ values: new Float64Array(3) });
    expect(() => unpack({ ...packed, buffer: new ArrayBuffer(0) })).toThrow('arrived with 0 of its 24 bytes');
    expect(() => unpack({ ...packed, buffer: undefined })).toThrow(PackingError);
  });

  it('is refused where an array lies outside the buffer, or is of no known type', () => {
    const buffer = new ArrayBuffer(24);
    const hostile = [
      ['f64', 8, 3],
      ['f64', 4, 1],
      ['f64', -8, 1],
      ['f64', 0, -1],
      ['f64', 0, 1e300],
      ['f64', 0, 2 ** 61],
      ['f64', 0.5, 1],
      ['f64', '0', 1],
      ['f64', 0, NaN],
      ['f64', 0],
      ['constructor', 0, 1],
      ['toString', 0, 1],
      'f64',
      null,
      { 0: 'f64', 1: 0, 2: 1 },
    ];
    for (const $array of hostile) {
      expect(() => unpack({ packed: 1, data: [{ $array }], size: 24, buffer })).toThrow(PackingError);
    }
    let deep: unknown = 0;
    for (let i = 0; i < 10_000; i++) deep = [deep];
    expect(() => unpack({ packed: 1, data: deep, size: 24, buffer })).toThrow(PackingError);
    for (const none of [
      undefined,
      null,
      7,
      'packed',
      {},
      { type: 'snapshot' },
      { packed: 2, data: 0, size: 24, buffer },
    ])
      expect(() => unpack(none)).toThrow(PackingError);
  });

  it('is told from what others post to a page', () => {
    expect(claimsToBePacked(pack(1))).toBe(true);
    for (const other of [undefined, null, 'text', { type: 'snapshot' }]) expect(claimsToBePacked(other)).toBe(false);
  });
});
