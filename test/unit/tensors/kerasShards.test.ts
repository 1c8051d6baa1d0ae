import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sliceOf } from '../../../src/tensors/slice';
import { temporaryFolder } from '../support/temporaryFolder';
import { idle, named, openForTest } from './support';

const fixtures = path.join(import.meta.dirname, '../../fixtures/hdf5');
const all = { leading: [], row: 0, column: 0, rows: 100, columns: 100 };

/** Keras's index beside shards that h5py and Keras wrote. */
async function sharded(map: Record<string, unknown>, shards: Record<string, string | undefined>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, fixture] of Object.entries(shards)) {
    if (fixture === undefined) await writeFile(path.join(folder, name), 'nonsense');
    else await copyFile(path.join(fixtures, fixture), path.join(folder, name));
  }
  const file = path.join(folder, 'model.weights.json');
  await writeFile(file, JSON.stringify({ metadata: { total_size: 100 }, weight_map: map }));
  return file;
}

describe('Keras’s weights in shards', () => {
  it('open as one, with the values that Keras wrote', async () => {
    const [one, two] = ['model_00000.weights.h5', 'model_00001.weights.h5'];
    const map = { '/layers/dense/vars': [one], '/layers/dense_1/vars': [one, two], '/numbers': [two] };
    const file = await openForTest(await sharded(map, { [one]: 'keras.weights.h5', [two]: 'types.h5' }));
    expect(file).toMatchObject({ format: 'sharded Keras' });
    expect(file.sources).toHaveLength(2);
    const expected = JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8')) as Record<
      string,
      Record<string, { shape: number[]; values: number[] }>
    >;
    const { shape, values } = expected['keras.weights.h5']!['layers/dense/vars/0']!;
    const kernel = named(file, 'layers/dense/vars/0');
    expect(file.tensors.find(({ name }) => name === 'layers/dense/vars/0')).toMatchObject({ shape, type: 'F32' });
    expect([...(await sliceOf(kernel, all, idle)).values]).toEqual(values);
    for (const fixture of ['keras.weights.h5', 'types.h5']) {
      const names = Object.keys(expected[fixture]!);
      expect(file.tensors.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    }
  });

  it('that are missing or damaged are said at the layers they hold, once each, and the others are read', async () => {
    const map = {
      '/layers/dense/vars': ['there.weights.h5'],
      '/layers/gone/vars': ['gone.weights.h5', 'bad.weights.h5'],
      '/layers/more/vars': ['gone.weights.h5'],
    };
    const file = await openForTest(
      await sharded(map, { 'there.weights.h5': 'keras.weights.h5', 'bad.weights.h5': undefined }),
    );
    const problems = new Map(file.tensors.map(({ name, problem }) => [name, problem]));
    expect(problems.get('layers/dense/vars/0')).toBeUndefined();
    expect(problems.get('layers/more/vars')).toBe('its shard "gone.weights.h5" is missing');
    expect(problems.get('layers/gone/vars')).toMatch(/^its shard "bad\.weights\.h5" cannot be read \(/);
    expect(file.tensors.filter(({ name }) => name === 'layers/gone/vars')).toHaveLength(1);
  });

  it('lead nowhere outside of their folder', async () => {
    const outside = path.join(await temporaryFolder(), 'outside.h5');
    await copyFile(path.join(fixtures, 'keras.weights.h5'), outside);
    for (const shard of [outside, `../${path.basename(path.dirname(outside))}/outside.h5`]) {
      const file = await sharded({ '/layers/dense/vars': [shard] }, {})
        .then(openForTest)
        .catch((error: Error) => error);
      const said = file instanceof Error ? file.message : file.tensors.map(({ problem }) => problem).join();
      expect(said, shard).not.toBe('');
      expect(file instanceof Error ? [] : file.sources, shard).toEqual([]);
    }
  });

  it('must be names of files', async () => {
    await expect(sharded({ '/layers/dense/vars': ['a.h5', 7] }, {}).then(openForTest)).rejects.toThrow(
      'does not say where "/layers/dense/vars" is',
    );
  });
});
