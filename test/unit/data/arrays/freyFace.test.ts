import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../../../src/data';
import { dataSchema } from '../../../../src/protocol/dataSpecification';
import { parseNewSpecification } from '../../../../src/protocol/specification';
import { valuesOf } from '../../support/valuesOf';

const fixtures = path.join(import.meta.dirname, '../../../fixtures/mat');
const load = (file: string) =>
  loadDataset(dataSchema.parse({ set: 'freyFace', path: file, testShare: 0.4 }), { base: fixtures, assets: '' });

describe('Frey Face', () => {
  it.each(['plain', 'compressed'])('gives each column of a file of SciPy (%s) as an image of 28×20', async (name) => {
    const { ff } = JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8')) as { ff: number[][] };
    const set = await load(`${name}.mat`);
    expect(set).toMatchObject({ name: 'Frey Face', shape: { kind: 'image', shape: [28, 20, 1] }, remarks: [] });
    expect([set.train.count, set.test.count]).toEqual([3, 2]);
    const all = Buffer.from([...valuesOf(set.test), ...valuesOf(set.train)]);
    const images = Array.from({ length: 5 }, (_, image) => [...all.subarray(560 * image, 560 * (image + 1))]);
    expect(images.map(String).sort()).toEqual(ff.map(String).sort());
  });

  it('may be stored as doubles, as MATLAB does', async () => {
    const [bytes, doubles] = [await load('i2.mat'), await load('f8.mat')];
    expect([...valuesOf(doubles.train)]).toEqual([...valuesOf(bytes.train)]);
    expect(doubles.remarks).toEqual([expect.stringContaining('from 0 to 255')]);
  });

  it('is refused where the file is another', async () => {
    await expect(load('level4.mat')).rejects.toThrow('no MAT file of level 5');
    await expect(load('make_mat.py')).rejects.toThrow('no MAT file of level 5');
    await expect(load('others.mat')).rejects.toThrow('single example');
    const specification = { model: { family: 'cgan' }, data: { set: 'freyFace', path: 'frey_rawface.mat' } };
    expect(() => parseNewSpecification(specification)).toThrow('the set has none');
  });
});
