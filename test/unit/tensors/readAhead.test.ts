import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/formats/error';
import type { ByteSource } from '../../../src/tensors/byteSource';
import { readPart, type ReadableTensor } from '../../../src/tensors/numberStream';
import { ReadAhead } from '../../../src/tensors/readAhead';

/** Bytes that count up; what is behind `end` is no longer there. */
class Counted implements ByteSource {
  reads = 0;

  constructor(
    readonly size: number,
    private readonly end = size,
  ) {}

  read(into: Uint8Array, position: number): Promise<void> {
    this.reads++;
    if (position + into.length > this.end) return Promise.reject(new FormatError('It is shorter.'));
    into.forEach((_, i) => (into[i] = (position + i) & 255));
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const tensorAt = (source: ByteSource, offset: number, length: number): ReadableTensor => ({
  ...{ name: 't', type: 'U8', shape: [length], elements: length, bytes: length },
  at: { source: () => Promise.resolve(source), offset },
});

const numbersOf = async (tensor: ReadableTensor) => [
  ...(await readPart(tensor, 0, Math.min(4, tensor.elements))).numbers,
];

describe('reading ahead', () => {
  it('reads small tensors together, in whatever order they come', async () => {
    const source = new Counted(1_000_000);
    const ahead = new ReadAhead();
    for (let offset = 0; offset < 200_000; offset += 4) {
      expect(await numbersOf(ahead.through(tensorAt(source, offset, 4)))).toEqual(
        [0, 1, 2, 3].map((i) => (offset + i) & 255),
      );
    }
    expect(source.reads).toBe(1);
    expect(await numbersOf(ahead.through(tensorAt(source, 900_001, 4)))).toEqual([161, 162, 163, 164]);
    expect(await numbersOf(ahead.through(tensorAt(source, 5, 4)))).toEqual([5, 6, 7, 8]);
    expect(source.reads).toBe(3);
  });

  it('keeps two sources apart', async () => {
    const ahead = new ReadAhead();
    const [small, large] = [new Counted(8), new Counted(600)];
    expect(await numbersOf(ahead.through(tensorAt(small, 0, 4)))).toEqual([0, 1, 2, 3]);
    expect(await numbersOf(ahead.through(tensorAt(large, 516, 4)))).toEqual([4, 5, 6, 7]);
    expect(await numbersOf(ahead.through(tensorAt(small, 4, 4)))).toEqual([4, 5, 6, 7]);
  });

  it('reads what is there of a file that has become shorter, and says so of the rest', async () => {
    const ahead = new ReadAhead();
    const source = new Counted(100, 50);
    expect(await numbersOf(ahead.through(tensorAt(source, 20, 4)))).toEqual([20, 21, 22, 23]);
    await expect(numbersOf(ahead.through(tensorAt(source, 60, 4)))).rejects.toThrow('shorter');
    await expect(numbersOf(ahead.through(tensorAt(source, 99, 4)))).rejects.toThrow('shorter');
  });
});
