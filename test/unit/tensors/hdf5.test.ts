import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTensorBytes } from '../../../src/tensors/open';
import { sliceOf } from '../../../src/tensors/slice';
import { readable, summarize, type TensorFile } from '../../../src/tensors/tensorFile';
import { temporaryFolder } from '../support/temporaryFolder';
import { idle, openForTest } from './support';

/** Written by h5py and Keras; see make_hdf5.py there. */
const fixtures = path.join(import.meta.dirname, '../../fixtures/hdf5');
const expectedSchema = z.record(
  z.string(),
  z.record(z.string(), z.object({ shape: z.array(z.number()), values: z.array(z.number()) })),
);
const expected = async () =>
  expectedSchema.parse(JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8')));
const problems = (file: TensorFile) =>
  Object.fromEntries(file.tensors.flatMap(({ name, problem }) => (problem === undefined ? [] : [[name, problem]])));

/** All values, as the sheet shows them: two dimensions at a time. */
async function valuesOf(file: TensorFile, name: string): Promise<number[]> {
  const tensor = readable(
    file,
    file.tensors.findIndex((each) => each.name === name),
  );
  return [...(await sliceOf(tensor, { leading: [], row: 0, column: 0, rows: 50, columns: 50 }, idle)).values];
}

describe('HDF5', () => {
  it.each(['keras.weights.h5', 'legacy.h5', 'latest.h5', 'types.h5'])(
    '%s has the values that it was written with, in every order and layout that is read',
    async (name) => {
      const file = await openForTest(path.join(fixtures, name));
      expect(file.format).toBe('HDF5');
      const sets = Object.entries((await expected())[name]!);
      expect(sets.length).toBeGreaterThan(3);
      for (const [set, { shape, values }] of sets) {
        expect(file.tensors.find((each) => each.name === set)?.shape, set).toEqual(shape);
        expect(await valuesOf(file, set), set).toEqual(values);
      }
    },
  );

  it('lists unreadable entries with the reason, and follows no link out of the file and no group into itself', async () => {
    const file = await openForTest(path.join(fixtures, 'types.h5'));
    expect(problems(file)).toEqual({
      outside: 'its values are in other files, which are not followed',
      text: 'values of type string are not decoded',
      texts: 'values of type string are not decoded',
      pairs: 'values of type compound {a: F32, b: I32} are not decoded',
      soft: 'it is a link to “/scalar”',
      nowhere: 'it is a link to “/nothing”',
      'links/elsewhere': 'it is a link to “/x” in the file “/etc/passwd”, which is not followed',
    });
    expect(await valuesOf(file, 'unwritten')).toEqual([0, 0, 0]);
    expect((await valuesOf(file, 'chunked')).slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const names = file.tensors.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('deep/'))).toEqual(['deep/a/b/c/d/e/f/g']);
    expect(summarize(file).metadata).toEqual({ said: 'something' });
  });

  it('is read in a whole Keras model, which says what it is', async () => {
    const file = await openForTest(path.join(fixtures, 'model.keras'));
    expect(file.format).toBe('Keras');
    expect(JSON.parse(file.metadata['config.json'] ?? '')).toMatchObject({ class_name: 'Sequential' });
    const kernels = file.tensors.filter(({ shape }) => shape.join() === '4,3').map(({ name }) => name);
    const its = (await expected())['keras.weights.h5']!;
    const [same] = Object.entries(its).find(([name]) => kernels.includes(name))!;
    expect(await valuesOf(file, same)).toEqual(its[same]!.values);
  });

  it('that is truncated or damaged is refused, or shows its values only where they are', async () => {
    const whole = await readFile(path.join(fixtures, 'types.h5'));
    const folder = await temporaryFolder();
    const cut = path.join(folder, 'cut.h5');
    await writeFile(cut, whole.subarray(0, 100));
    await expect(openForTest(cut)).rejects.toThrow('This HDF5 file is damaged');
    const file = await openTensorBytes(new Uint8Array(whole), 'whole.h5');
    for (const { at, bytes } of file.tensors) {
      if (at !== undefined) expect(at.offset + bytes).toBeLessThanOrEqual(whole.length);
    }
  });
});
