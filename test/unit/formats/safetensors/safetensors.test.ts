import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../../src/formats/error';
import {
  decodeSafetensors,
  encodeSafetensors,
  parseSafetensorsHeader,
  safetensorsDataStart,
  isSafetensorsType,
  tensorBytes,
  type SafetensorsType,
  type TensorData,
} from '../../../../src/formats/safetensors';

const TYPES: SafetensorsType[] = ['BOOL', 'U8', 'F8_E4M3', 'I16', 'BF16', 'F32', 'I32', 'C64', 'F64', 'U64'];

const tensors: fc.Arbitrary<TensorData> = fc
  .tuple(fc.constantFrom(...TYPES), fc.array(fc.nat({ max: 4 }), { maxLength: 3 }))
  .chain(([dtype, shape]) => {
    const length = tensorBytes(dtype, shape)!;
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ dtype, shape, data }));
  });
const names = fc
  .oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('__proto__', 'constructor', 'toString'))
  .filter((name) => name !== '__metadata__');
const files = fc.array(fc.tuple(names, tensors), { maxLength: 5 }).map((entries) => new Map(entries));
const metadata = fc
  .array(fc.tuple(fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 9 })))
  .map((entries): Record<string, string> => Object.fromEntries(entries));

const join = (chunks: Uint8Array[]) => new Uint8Array(Buffer.concat(chunks));
/** A file with this header and so many bytes of data. */
function file(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setUint32(0, text.length, true);
  return join([prefix, text, new Uint8Array(dataBytes)]);
}
const decode = (header: string, dataBytes = 0) => decodeSafetensors(file(header, dataBytes));

describe('safetensors', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(files, metadata, (written, texts) => {
        const read = decodeSafetensors(join(encodeSafetensors(written, texts)));
        expect(new Map([...read.tensors].sort())).toEqual(new Map([...written].sort()));
        expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(texts).sort());
      }),
    );
  });

  it('do not depend on the order in which tensors and metadata come', () => {
    fc.assert(
      fc.property(files, (written) => {
        const turned = new Map([...written].reverse());
        expect(join(encodeSafetensors(turned, { b: '2', a: '1' }))).toEqual(
          join(encodeSafetensors(written, { a: '1', b: '2' })),
        );
      }),
    );
  });

  it('lie aligned to their elements', () => {
    fc.assert(
      fc.property(files, (written) => {
        const bytes = join(encodeSafetensors(written, {}));
        const header = parseSafetensorsHeader(bytes, bytes.length);
        expect(header.dataStart % 8).toBe(0);
        for (const [name, { dtype, begin }] of header.tensors) {
          if (!isSafetensorsType(dtype)) expect.fail(dtype);
          expect((header.dataStart + begin) % tensorBytes(dtype, [1])!, name).toBe(0);
        }
      }),
    );
  });

  it('are encoded without copying data', () => {
    const data = new Uint8Array(8);
    const chunks = encodeSafetensors(new Map([['w', { dtype: 'F32', shape: [2], data }]]), {});
    expect(chunks[1]).toBe(data);
  });

  it('give data whose copies are their own, also from a node Buffer', () => {
    const data = Uint8Array.of(1, 2, 3, 4);
    const bytes = Buffer.concat(encodeSafetensors(new Map([['w', { dtype: 'F32', shape: [1], data }]]), {}));
    expect(decodeSafetensors(bytes).tensors.get('w')!.data.slice().buffer.byteLength).toBe(4);
  });

  it('are refused when data and shape disagree', () => {
    const encode = (name: string, shape: number[]) => () =>
      encodeSafetensors(new Map([[name, { dtype: 'F32', shape, data: new Uint8Array(4) }]]), {});
    expect(encode('w', [2])).toThrow('"w" has 4 bytes; F32 [2] needs 8');
    expect(encode('w', [0.25])).toThrow(RangeError);
    expect(encode('w', [-1])).toThrow(RangeError);
    expect(encode('__metadata__', [1])).toThrow(RangeError);
  });
});

describe('a safetensors header', () => {
  const entry = (dtype: string, shape: string, offsets: string) =>
    `{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${offsets}]}`;

  it('lists a tensor of an unknown type, with the size given by its offsets', () => {
    const header = `{"a":${entry('F3_E1M1', '3', '0,2')},"b":${entry('U8', '1', '2,3')}}`;
    const bytes = file(header, 3);
    expect([...parseSafetensorsHeader(bytes, bytes.length).tensors]).toEqual([
      ['a', { dtype: 'F3_E1M1', shape: [3], begin: 0, end: 2 }],
      ['b', { dtype: 'U8', shape: [1], begin: 2, end: 3 }],
    ]);
    expect(() => decodeSafetensors(bytes)).toThrow('unknown type "F3_E1M1"');
  });

  it('reports what is wrong', () => {
    const cases: [header: string, dataBytes: number, message: string][] = [
      [`{"a":${entry('F32', '1', '0,4')},"a":${entry('F32', '1', '0,4')}}`, 4, 'key "a" a second time'],
      [`{"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}`, 4, 'key "dtype" a second time'],
      [`{"a":${entry('F32', '1', '0,4')},"b":${entry('F32', '1', '5,9')}}`, 9, 'leaves a hole of 1 byte before'],
      [`{"a":${entry('F32', '1', '0,4')},"b":${entry('F32', '1', '2,6')}}`, 6, 'overlaps the one before it'],
      [`{"a":${entry('F32', '1', '4,8')}}`, 8, 'leaves a hole of 4 bytes'],
      [`{"a":${entry('F32', '2', '0,4')}}`, 4, 'takes 8 bytes by its shape and type, but 4 by its data_offsets'],
      [`{"a":${entry('F32', '1', '4,0')}}`, 4, 'but -4 by its data_offsets'],
      [`{"a":${entry('F32', '1', '0,4')}}`, 5, '1 byte that belongs to no tensor'],
      [`{"a":${entry('F32', '1', '0,4')}}`, 3, '1 byte of data is missing'],
      [`{"a":${entry('F 33', '1', '0,4')}}`, 4, 'impossible type "F 33"'],
      [`{"a":${entry('', '1', '0,4')}}`, 4, 'impossible type ""'],
      [`{"a":${entry('F'.repeat(40), '1', '0,4')}}`, 4, 'impossible type "FFF'],
      [`{"a":${entry('__proto__', '1', '0,4')}}`, 4, 'impossible type "__proto__"'],
      [`{"a":${entry('F33', '1', '4,0')}}`, 4, 'impossible shape [1]'],
      [`{"a":${entry('F33', '1', '0,3')}}`, 4, '1 byte that belongs to no tensor'],
      [`{"a":${entry('F33', '4294967296,4294967296', '0,4')}}`, 4, 'impossible shape'],
      [`{"a":${entry('F4', '1', '0,1')}}`, 1, 'impossible shape [1]'],
      [`{"a":${entry('U8', '4294967296,4294967296', '0,0')}}`, 0, 'impossible shape'],
      [`{"a":${entry('U8', '1099511627776,1099511627776,0', '0,0')}}`, 0, 'impossible shape'],
      [`{"a":${entry('U8', '-1', '0,1')}}`, 1, 'not a list of sizes'],
      [`{"a":${entry('U8', '1.5', '0,1')}}`, 1, 'not a list of sizes'],
      [`{"a":${entry('U8', '1', '0,1,2')}}`, 1, 'no valid data_offsets'],
      [`{"a":[]}`, 0, 'not described by a JSON object'],
      [`{"__metadata__":{"a":1}}`, 0, 'metadata "a" of this safetensors file are not text'],
      [`{"__metadata__":[]}`, 0, 'not a JSON object'],
      [`[]`, 0, 'does not begin with “{”'],
      [`{} x`, 0, 'more text after the value at character 3'],
      [`{"a":${'['.repeat(100)}`, 0, 'nesting deeper than 32'],
    ];
    for (const [header, dataBytes, message] of cases) {
      const attempt = () => decode(header, dataBytes);
      expect(attempt, header).toThrow(FormatError);
      expect(attempt, header).toThrow(message);
    }
  });

  it('is accepted or refused like the reference implementation (safetensors 0.8.0), except where noted', () => {
    const a = `"a":${entry('F32', '1', '0,4')}`;
    // What it does with each, and where we differ on purpose.
    const cases: [header: string, dataBytes: number, reference: 'opens' | 'refuses', ours?: 'opens' | 'refuses'][] = [
      [`{"__metadata__":null,${a}}`, 4, 'opens'],
      [`{"__metadata__":{},${a}}`, 4, 'opens'],
      [`{"__metadata__":[],${a}}`, 4, 'refuses'],
      [`{"__metadata__":{"a":null},${a}}`, 4, 'refuses'],
      ['{}', 0, 'opens'],
      ['', 0, 'refuses'],
      [`{${a}}  \n\t`, 4, 'opens'],
      [` {${a}}`, 4, 'opens'],
      [`{${a}}\0\0`, 4, 'refuses'],
      [`\ufeff{${a}}`, 4, 'refuses'],
      [`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}`, 4, 'opens'],
      [`{"z":${entry('F32', '0', '4,4')},${a}}`, 4, 'opens'],
      [`{"z":${entry('F32', '0', '2,2')},${a}}`, 4, 'refuses'],
      [`{"a":${entry('F32', '', '0,4')}}`, 4, 'opens'],
      [`{"":${entry('F32', '1', '0,4')}}`, 4, 'opens'],
      [`{"a":${entry('f32', '1', '0,4')}}`, 4, 'refuses', 'opens'],
      // Two readers would see different tensors.
      [`{${a},${a}}`, 4, 'opens', 'refuses'],
      [`{"__metadata__":{"a":"b","a":"c"},${a}}`, 4, 'opens', 'refuses'],
      // Types that are newer than we are can be listed.
      [`{"a":${entry('F99', '1', '0,4')}}`, 4, 'refuses', 'opens'],
      [`{"a":${entry('F32', '1.0', '0,4')}}`, 4, 'refuses', 'opens'],
      // A sequence in place of the fields by name is a by-product of its library.
      [`{"a":["F32",[1],[0,4]]}`, 4, 'opens', 'refuses'],
    ];
    for (const [header, dataBytes, reference, ours = reference] of cases) {
      const bytes = file(header, dataBytes);
      const attempt = () => parseSafetensorsHeader(bytes, bytes.length);
      if (ours === 'opens') expect(attempt, header).not.toThrow();
      else expect(attempt, header).toThrow(FormatError);
    }
  });

  it('may end with spaces, hold unknown fields, and name tensors like properties of objects', () => {
    const read = decode(`{"__proto__":{"shape":[1],"dtype":"U8","data_offsets":[0,1],"more":{"x":[null]}}}   `, 1);
    expect([...read.tensors.keys()]).toEqual(['__proto__']);
    const { metadata: texts } = decode('{"__metadata__":{"__proto__":"x"}}');
    expect(Object.entries(texts)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(texts)).toBe(Object.prototype);
  });

  it('takes no memory for lengths that are only announced', () => {
    const huge = new Uint8Array(16).fill(255);
    expect(() => safetensorsDataStart(huge, 2 ** 50)).toThrow('the limit is 100 MB');
    expect(() => decodeSafetensors(huge)).toThrow(FormatError);
    expect(() => decode(`{"a":${entry('F64', '1000000000,1000', '0,8000000000000')}}`)).toThrow('are missing');
  });

  it('is not mistaken for whole at any truncation', () => {
    const data = new Uint8Array(12);
    const bytes = join(encodeSafetensors(new Map([['w', { dtype: 'F32', shape: [3], data }]]), { a: 'b' }));
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length)), `${length} bytes`).toThrow(FormatError);
    }
  });

  it('never fails with anything but a FormatError, however it is damaged', () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, place, mask) => {
        const bytes = join(encodeSafetensors(written, { a: 'b' }));
        bytes[place % bytes.length]! ^= mask;
        try {
          const { tensors: read } = decodeSafetensors(bytes);
          for (const { dtype, shape, data } of read.values()) expect(data.length).toBe(tensorBytes(dtype, shape));
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
