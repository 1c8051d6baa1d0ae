import { describe, expect, it } from 'vitest';
import { DIFFERENCES, type OtherRow } from '../../../src/protocol/tensors';
import { compare } from '../../../src/tensors/compare';
import { normsOf } from '../../../src/tensors/norms';
import type { TensorData } from '../../../src/formats/safetensors';
import { openTensorBytes } from '../../../src/tensors/open';
import { float32, idle, openForTest, tensor, writeSafetensors } from './support';

const opened = async (tensors: Parameters<typeof writeSafetensors>[0]) => openForTest(await writeSafetensors(tensors));

describe('comparing two files', () => {
  it('distinguishes new, missing, reshaped, changed and equal tensors', async () => {
    const file = await opened({
      same: float32([2], [1, NaN]),
      changed: float32([2], [3, 5]),
      added: float32([1], [1]),
      shaped: float32([1, 2], [1, 2]),
      grown: float32([1], [1]),
    });
    const other = await opened({
      same: float32([2], [1, NaN]),
      changed: float32([2], [3, 4]),
      removed: float32([1], [1]),
      shaped: float32([2, 1], [1, 2]),
      grown: float32([1], [0]),
    });
    const shares: number[] = [];
    const found = await compare(file, other, idle, (done) => shares.push(done));
    const names = [...file.tensors.map(({ name }) => name), 'removed'];
    expect(
      Object.fromEntries(
        names.map((name, i) => [name, [DIFFERENCES[found.what[i]!], found.relative[i], found.largest[i]]]),
      ),
    ).toEqual({
      same: ['same', 0, 0],
      changed: ['changed', 0.2, 1],
      added: ['added', NaN, NaN],
      shaped: ['reshaped', NaN, NaN],
      grown: ['changed', Infinity, 1],
      removed: ['removed', NaN, NaN],
    });
    expect(
      (JSON.parse(new TextDecoder().decode(found.others)) as OtherRow[]).map(({ at, row }) => [names[at], row.shape]),
    ).toEqual([
      ['shaped', [2, 1]],
      ['removed', [1]],
    ]);
    expect(shares.at(-1)).toBe(1);
  });

  it('reads thousands of small tensors in a few calls', async () => {
    const values = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`t${i}`, float32([1], [i])]));
    const [file, other] = [await opened(values), await opened({ ...values, t7: float32([1], [8]) })];
    let reads = 0;
    for (const source of [...file.sources, ...other.sources]) {
      const read = source.read.bind(source);
      source.read = (into, position) => (reads++, read(into, position));
    }
    const found = await compare(file, other, idle, () => undefined);
    const changed = file.tensors.filter((_, i) => DIFFERENCES[found.what[i]!] !== 'same');
    expect(changed.map(({ name }) => name)).toEqual(['t7']);
    expect(reads).toBeLessThan(10);
  });

  it('compares tensors of different types by value', async () => {
    const file = await opened({ w: float32([2], [0.5, 2]) });
    const other = await opened({ w: tensor('F64', [2], Float64Array.of(0.5, 2)) });
    expect((await compare(file, other, idle, () => undefined)).what).toEqual(Uint8Array.of(0));
  });

  const between = async (a: TensorData, b: TensorData) => {
    const found = await compare(await opened({ t: a }), await opened({ t: b }), idle, () => undefined);
    return [DIFFERENCES[found.what[0]!], found.relative[0], found.largest[0]];
  };

  it('says “not comparable” of what it cannot read, never “changed”', async () => {
    const packed: TensorData = { dtype: 'F4', shape: [4], data: Uint8Array.of(1, 2) };
    expect(await between(packed, packed)).toEqual(['unknown', NaN, NaN]);
    expect(await between(float32([4], [1, 2, 3, 4]), packed)).toEqual(['unknown', NaN, NaN]);
  });

  it('sees that integers differ which are the same double', async () => {
    const [a, b] = [2n ** 53n, 2n ** 53n + 1n].map((value) => tensor('I64', [1], BigInt64Array.of(value)));
    expect((await between(a!, b!)).slice(0, 1)).toEqual(['changed']);
    expect((await between(a!, b!))[2]).toBe(1);
    expect((await between(a!, a!))[0]).toBe('same');
    expect((await between(a!, tensor('U64', [1], BigUint64Array.of(2n ** 53n))))[0]).toBe('same');
  });

  it('measures the rest where NaN or an infinity stayed, and says so where one came or went', async () => {
    expect(await between(float32([3], [NaN, Infinity, 5]), float32([3], [NaN, Infinity, 4]))).toEqual([
      ...['changed', 0.25, 1],
    ]);
    expect(await between(float32([3], [NaN, 5, 1]), float32([3], [1, 4, 1]))).toEqual(['changed', NaN, NaN]);
    expect(await between(float32([2], [7, 5]), float32([2], [Infinity, 4]))).toEqual(['changed', NaN, NaN]);
  });

  it('compares by place what one file has in rows and the other in columns', async () => {
    const npy = (fortran: boolean, values: number[]) => {
      const text = `{'descr': '<f4', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (2, 3, 2), }\n`;
      const head = [0x93, ...Buffer.from('NUMPY'), 1, 0, text.length, 0, ...Buffer.from(text)];
      return Buffer.concat([Uint8Array.from(head), new Uint8Array(Float32Array.from(values).buffer)]);
    };
    const rows = Array.from({ length: 12 }, (_, i) => i);
    // Element (i, j, k) is 6 i + 2 j + k, the first index fastest.
    const columns = Array.from({ length: 12 }, (_, n) => 6 * (n % 2) + 2 * ((n >> 1) % 3) + Math.floor(n / 6));
    const files = [
      await openTensorBytes(npy(false, rows), 't.npy'),
      await openTensorBytes(npy(true, columns), 't.npy'),
    ];
    expect((await compare(files[0]!, files[1]!, idle, () => undefined)).what).toEqual(Uint8Array.of(0));
    const other = await openTensorBytes(npy(true, rows), 't.npy');
    expect(DIFFERENCES[(await compare(files[0]!, other, idle, () => undefined)).what[0]!]).toBe('changed');
  });

  it('tells how far it is within a large tensor, too', async () => {
    const file = await opened({ w: float32([1_500_000], new Float32Array(1_500_000)) });
    const shares: number[] = [];
    await compare(file, file, idle, (done) => shares.push(done));
    expect(shares.filter((share) => share > 0 && share < 1).length).toBeGreaterThan(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });

  it('follows the norm of a tensor through checkpoints, and leaves out those without it', async () => {
    const norm = (value: number) => writeSafetensors({ w: float32([3], [value, 0, NaN]) });
    const without = await writeSafetensors({ v: float32([1], [1]) });
    const files = [
      { file: await norm(4), step: 20 },
      { file: without, step: 15 },
      { file: await norm(3), step: 10 },
      { file: '/nowhere', step: 5 },
    ];
    const open = (file: string) => openForTest(file).catch(() => undefined);
    expect(await normsOf('w', files, open, idle)).toEqual({
      steps: Float64Array.of(10, 20),
      norms: Float64Array.of(3, 4),
    });
  });
});
