import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encodingOf } from '../../../src/tensors/encoding';
import { readPart } from '../../../src/tensors/numberStream';
import { statisticsOf } from '../../../src/tensors/statistics';
import { readable, summarize, type TensorFile } from '../../../src/tensors/tensorFile';
import { temporaryFolder } from '../support/temporaryFolder';
import { idle, named, openForTest } from './support';

/** Written and read by h5py; see make_layouts.py there. */
const fixtures = path.join(import.meta.dirname, '../../fixtures/hdf5');
const schema = z.record(
  z.string(),
  z.record(z.string(), z.object({ shape: z.array(z.number()), values: z.array(z.string()) })),
);
const expected = schema.parse(JSON.parse(await readFile(path.join(fixtures, 'layouts.json'), 'utf8')));

/** All numbers as text; of integers exactly. */
async function textsOf(file: TensorFile, name: string): Promise<string[]> {
  const tensor = named(file, name);
  const count = tensor.elements * (encodingOf(tensor.at.stored ?? tensor.type)?.numbers ?? 0);
  const { numbers, exact } = await readPart(tensor, 0, count);
  return Array.from<number | bigint, string>(exact ?? numbers, String);
}

/** Python and JavaScript write floats in different ways; integers, which may be larger than doubles, in the same. */
const canonical = (text: string) =>
  /^-?[1-9]\d*$/.test(text) ? text : String(Number(text.replace(/^(-?)inf$/, '$1Infinity')));

describe('HDF5 of every layout', () => {
  it.each(['layouts.h5', 'numbers.h5', 'structure.h5', 'bfloat16.keras'])(
    '%s has the shapes and the values that the reference library reads',
    async (name) => {
      const file = await openForTest(path.join(fixtures, name));
      const sets = Object.entries(expected[name]!);
      expect(sets.length).toBeGreaterThan(0);
      for (const [set, { shape, values }] of sets) {
        const row = file.tensors.find((each) => each.name === set);
        expect(row?.problem, set).toBeUndefined();
        expect(row?.shape, set).toEqual(shape);
        expect((await textsOf(file, set)).map(canonical), `${set}: ${row?.type}`).toEqual(values.map(canonical));
      }
    },
  );

  it('lists every object of an odd structure, also those that lead out of the file, with the reason', async () => {
    const file = await openForTest(path.join(fixtures, 'structure.h5'));
    const problems = file.tensors.flatMap(({ name, shape, problem }) =>
      problem === undefined ? [] : [[name, shape, problem]],
    );
    expect(problems).toEqual([
      ['elsewhere', [0], 'it is a link to “/w” in the file “other.h5”, which is not followed'],
      ['null', [0], 'it has a null data space, which holds no values'],
      ['outside', [3], 'its values are in other files, which are not followed'],
      ['pairs', [2], 'values of type compound {a: F32, b: I32} are not decoded'],
      ['scaled', [4], 'its values are encoded with filter 6 (scale-offset), which is not supported'],
      ['soft', [0], 'it is a link to “/scalar”'],
      ['virtual', [3], 'its values come from other data sets (a virtual data set), which are not followed'],
    ]);
    // Many links to one group, itself included, list it once.
    expect(file.tensors.filter(({ shape }) => shape.length === 0)).toHaveLength(9 + 300 + 2);
    expect(Object.keys(summarize(file).metadata)).toHaveLength(40);
    expect(summarize(file).metadata).toMatchObject({ said0: 'text 0', said39: 'text 39' });
  });

  it('reads a part of a chunked set as it reads the whole', async () => {
    const file = await openForTest(path.join(fixtures, 'layouts.h5'));
    const tensor = named(file, 'chunks/7-1');
    const { values } = expected['layouts.h5']!['chunks/7-1']!;
    for (let from = 0; from < values.length; from += 13) {
      for (const count of [1, 2, 7, 50]) {
        const { numbers } = await readPart(tensor, from, Math.min(count, values.length - from));
        expect([...numbers].map(String)).toEqual(values.slice(from, from + count));
      }
    }
  });

  it('is opened by ranges, whatever its size: five gigabytes behind a small table', async () => {
    const whole = await readFile(path.join(fixtures, 'keras.weights.h5'));
    const large = path.join(await temporaryFolder(), 'large.h5');
    await writeFile(large, whole);
    const handle = await open(large, 'r+');
    await handle.truncate(5 * 1024 ** 3);
    await handle.close();
    const file = await openForTest(large);
    const index = file.tensors.findIndex(({ at }) => at !== undefined);
    expect((await statisticsOf(readable(file, index), idle)).nan).toBe(0);
  });
});
