import { describe, expect, it } from 'vitest';
import { DIFFERENCES } from '../../../src/protocol/tensors';
import { compare, normsOf } from '../../../src/tensors/compare';
import { float32, idle, openForTest, tensor, writeSafetensors } from './support';

const opened = async (tensors: Parameters<typeof writeSafetensors>[0]) => openForTest(await writeSafetensors(tensors));

describe('comparing two files', () => {
  it('says what is new, gone, of another shape, changed by how much, and the same', async () => {
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
    expect(found.others.map(({ at, row }) => [names[at], row.shape])).toEqual([
      ['shaped', [2, 1]],
      ['removed', [1]],
    ]);
    expect(shares.at(-1)).toBe(1);
  });

  it('compares by value what is stored in other types', async () => {
    const file = await opened({ w: float32([2], [0.5, 2]) });
    const other = await opened({ w: tensor('F64', [2], Float64Array.of(0.5, 2)) });
    expect((await compare(file, other, idle, () => undefined)).what).toEqual(Uint8Array.of(0));
  });

  it('follows the norm of a tensor through checkpoints, and leaves out those without it', async () => {
    const norm = (value: number) => writeSafetensors({ w: float32([2], [value, 0]) });
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
