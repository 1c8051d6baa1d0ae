import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../../src/formats/error';
import { decodeMat } from '../../../../src/formats/mat';

const fixtures = path.join(import.meta.dirname, '../../../fixtures/mat');
const fixture = (name: string) => readFile(path.join(fixtures, name));

/** Writes elements after the published format, in either byte order: SciPy writes that of its machine. */
class Writer {
  constructor(private readonly little: boolean) {}

  words(...values: number[]): Buffer {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, i) => (this.little ? bytes.writeUInt32LE(value, 4 * i) : bytes.writeUInt32BE(value, 4 * i)));
    return bytes;
  }

  element(type: number, data: Buffer): Buffer {
    const padding = type === 15 ? 0 : (8 - (data.length % 8)) % 8;
    return Buffer.concat([this.words(type, data.length), data, Buffer.alloc(padding)]);
  }

  /** Data of at most 4 bytes within the tag. */
  small(type: number, data: Buffer): Buffer {
    return Buffer.concat([this.words((data.length << 16) | type), data, Buffer.alloc(4 - data.length)]);
  }

  matrix(name: string, shape: number[], type: number, data: Buffer, flags = 6): Buffer {
    const parts = [
      this.element(6, this.words(flags, 0)),
      this.element(5, this.words(...shape)),
      name.length <= 4 ? this.small(1, Buffer.from(name)) : this.element(1, Buffer.from(name)),
      this.element(type, data),
    ];
    return this.element(14, Buffer.concat(parts));
  }

  file(...elements: Buffer[]): Buffer {
    const header = Buffer.alloc(128, 0x20);
    header.write('MATLAB 5.0 MAT-file');
    header.set(this.little ? [0, 1, 0x49, 0x4d] : [1, 0, 0x4d, 0x49], 124);
    return Buffer.concat([header, ...elements]);
  }
}

const outcome = (bytes: Uint8Array) => {
  try {
    return decodeMat(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return undefined;
  }
};

describe('a MAT file', () => {
  it('of SciPy holds the numbers that were written, compressed or not', async () => {
    const { ff } = JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8')) as { ff: number[][] };
    for (const name of ['plain.mat', 'compressed.mat']) {
      const [variable] = decodeMat(await fixture(name));
      expect(variable).toMatchObject({ name: 'ff', shape: [560, 5], kind: 'u1', bigEndian: false });
      expect([...variable!.data]).toEqual(ff.flat());
    }
    for (const kind of ['i2', 'u4', 'i8', 'f4', 'f8']) {
      const [variable] = decodeMat(await fixture(`${kind}.mat`));
      expect(variable).toMatchObject({ shape: [560, 2], kind });
      expect(variable!.data.length).toBe(1120 * Number(kind[1]));
    }
  });

  it('names what is no array of real numbers, and reads the rest', async () => {
    const variables = decodeMat(await fixture('others.mat'));
    const problems = Object.fromEntries(variables.map(({ name, problem }) => [name, problem]));
    expect(problems).toEqual({
      ...{ text: 'it is text', cell: 'it is a cell array', structure: 'it is a structure' },
      ...{ complex: 'it has complex numbers', sparse: 'it is a sparse array' },
      ...{ ff: undefined, scalar: undefined, cube: undefined },
    });
    const cube = variables.find(({ name }) => name === 'cube')!;
    expect([cube.shape, cube.kind]).toEqual([[2, 3, 4], 'i2']);
    // Column-major: the first index is the fastest.
    expect([...new Int16Array(Uint8Array.from(cube.data).buffer)].slice(0, 4)).toEqual([0, 12, 4, 16]);
  });

  it.each([true, false])('is read in either byte order (little: %s), with small elements and long names', (little) => {
    const writer = new Writer(little);
    const doubles = Buffer.alloc(16);
    [1.5, -2].forEach((value, i) =>
      little ? doubles.writeDoubleLE(value, 8 * i) : doubles.writeDoubleBE(value, 8 * i),
    );
    const plain = writer.matrix('ff', [2, 1], 9, doubles);
    const packed = writer.element(15, deflateSync(writer.matrix('a_longer_name', [1, 3], 2, Buffer.from([1, 2, 3]))));
    const [first, second] = decodeMat(writer.file(plain, packed));
    expect(first).toMatchObject({ name: 'ff', shape: [2, 1], kind: 'f8', bigEndian: !little });
    expect(Buffer.from(first!.data)).toEqual(doubles);
    expect(second).toMatchObject({ name: 'a_longer_name', shape: [1, 3], kind: 'u1' });
    expect([...second!.data]).toEqual([1, 2, 3]);
  });

  it('of another version is refused by its name', async () => {
    const hdf5 = Buffer.alloc(600);
    hdf5.write('MATLAB 7.3 MAT-file, Platform: GLNXA64');
    expect(() => decodeMat(hdf5)).toThrow('version 7.3, which is HDF5');
    expect(() => decodeMat(Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'))).toThrow('version 7.3');
    const old = await fixture('level4.mat');
    expect(() => decodeMat(old)).toThrow('no MAT file of level 5');
    expect(() => decodeMat(new Uint8Array(0))).toThrow('no MAT file of level 5');
  });
});

describe('hostile MAT files', () => {
  const writer = new Writer(true);
  const matrix = writer.matrix('ff', [4, 3], 2, Buffer.from(Array.from({ length: 12 }, (_, i) => i)));
  const files = [writer.file(matrix), writer.file(writer.element(15, deflateSync(matrix)))];

  it('that are truncated anywhere are refused, or hold no variable', () => {
    for (const whole of files) {
      expect(decodeMat(whole)).toHaveLength(1);
      for (let length = 0; length < whole.length; length++) {
        expect(outcome(whole.subarray(0, length)) ?? [], `${length} bytes`).toEqual([]);
      }
    }
  });

  it('with any byte changed are refused or decoded, never more than they hold', () => {
    for (const whole of files) {
      for (let at = 0; at < whole.length; at++) {
        for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
          const changed = Uint8Array.from(whole);
          changed[at] = value;
          for (const { data } of outcome(changed) ?? []) expect(data.length).toBeLessThanOrEqual(1040 * whole.length);
        }
      }
    }
  });

  it('of any bytes after the header are refused or decoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        outcome(writer.file(Buffer.from(tail)));
      }),
    );
  });

  it('that declare more values than they hold, or unpack to more than they can, are refused', () => {
    expect(() => decodeMat(writer.file(writer.matrix('ff', [60000, 60000], 2, Buffer.alloc(12))))).toThrow(
      'has 12 values for 60000×60000',
    );
    // A variable within zeros that take a thousandth of their size.
    const bomb = writer.element(15, deflateSync(Buffer.concat([writer.words(14, 0xfffffff0), Buffer.alloc(1 << 20)])));
    expect(() => decodeMat(writer.file(bomb))).toThrow('truncated');
  });
});
