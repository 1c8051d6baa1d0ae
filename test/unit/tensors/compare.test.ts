import { describe, expect, it } from 'vitest';
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
    const { differences } = await compare(file, other, idle, (done) => shares.push(done));
    const found = differences.map(({ index, what, relative, largest }) => [
      (what === 'removed' ? other : file).tensors[index]!.name,
      what,
      relative,
      largest,
    ]);
    expect(Object.fromEntries(found.map(([name, ...rest]) => [name, rest]))).toEqual({
      same: ['same', 0, 0],
      changed: ['changed', 0.2, 1],
      added: ['added', NaN, NaN],
      shaped: ['reshaped', NaN, NaN],
      grown: ['changed', Infinity, 1],
      removed: ['removed', NaN, NaN],
    });
    expect(shares.at(-1)).toBe(1);
  });

  it('compares by value what is stored in other types', async () => {
    const file = await opened({ w: float32([2], [0.5, 2]) });
    const other = await opened({ w: tensor('F64', [2], Float64Array.of(0.5, 2)) });
    expect((await compare(file, other, idle, () => undefined)).differences).toMatchObject([{ what: 'same' }]);
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
    expect(await normsOf('w', files, open, idle)).toEqual([
      { step: 10, norm: 3 },
      { step: 20, norm: 4 },
    ]);
  });
});
