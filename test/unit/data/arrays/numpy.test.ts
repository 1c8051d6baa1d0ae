import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { DataError, loadDataset, type Dataset, type ExampleSet } from '../../../../src/data';
import { encodeNpy, encodeNpz } from '../../../../src/formats/npy';
import { dataSchema, type DataSpecification } from '../../../../src/protocol/dataSpecification';
import { requirePeers, runPeer } from '../../support/python';
import { temporaryFolder } from '../../support/temporaryFolder';
import { valuesOf } from '../../support/valuesOf';

interface Written {
  readonly divided: Readonly<Record<string, { readonly shape: readonly number[]; readonly bytes: readonly number[] }>>;
  readonly labels: readonly number[];
  readonly whole: readonly (readonly number[])[];
  readonly points: readonly (readonly number[])[];
}

/** A folder with the files of `write_data_sets.py`, and what NumPy says that they hold. */
async function written(context: TestContext): Promise<{ folder: string; facts: Written }> {
  const python = requirePeers(context);
  const folder = await temporaryFolder();
  return { folder, facts: (await runPeer(python, 'write_data_sets.py', folder)) as Written };
}

const load = (folder: string, file: string, data: Partial<DataSpecification> = {}) =>
  loadDataset(dataSchema.parse({ set: 'numpy', path: file, ...data }), { base: folder, assets: '' });

const rowsOf = (set: ExampleSet) => {
  const values = valuesOf(set);
  const size = values.length / set.count;
  return Array.from({ length: set.count }, (_, row) => [...values.subarray(row * size, (row + 1) * size)]);
};

const allRows = ({ test, train }: Dataset) => [...rowsOf(test), ...rowsOf(train)];

async function failure(loading: Promise<Dataset>): Promise<DataError> {
  const error: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

describe('images in NumPy files, against NumPy', () => {
  it('are the bytes that were written, of every numeric type, byte order and layout', async (context) => {
    const { folder, facts } = await written(context);
    expect(Object.keys(facts.divided).length).toBeGreaterThan(25);
    for (const [name, { shape, bytes }] of Object.entries(facts.divided)) {
      const { shape: found, train, test } = await load(folder, name);
      expect(found, name).toEqual({ kind: 'image', shape: [shape[0], shape[1], shape[2] ?? 1] });
      expect([train.count, test.count], name).toEqual([6, 4]);
      expect(Buffer.compare(Buffer.from([...valuesOf(train), ...valuesOf(test)]), Buffer.from(bytes)), name).toBe(0);
      expect([...train.labels!, ...test.labels!], name).toEqual(facts.labels);
    }
  });

  it('say how values that are not bytes were understood', async (context) => {
    const { folder } = await written(context);
    expect((await load(folder, 'bytes.npz')).remarks).toEqual([]);
    expect((await load(folder, 'unit-f4-little.npz')).remarks).toEqual([expect.stringContaining('from 0 to 1')]);
    expect((await load(folder, 'signed.npz')).remarks).toEqual([expect.stringContaining('from −1 to 1')]);
    expect((await load(folder, 'channels-first.npz')).remarks).toEqual([expect.stringContaining('second axis')]);
    expect((await load(folder, 'zero-and-one.npz')).remarks).toEqual([expect.stringContaining('1 was taken as white')]);
  });

  it('are divided where the file is not: the same for every run, every image once, with its own label', async (context) => {
    const { folder, facts } = await written(context);
    const sorted = [...facts.whole].map(String).sort();
    for (const name of ['whole.npy', 'unnamed.npz', 'images.npz']) {
      const set = await load(folder, name, { testShare: 0.3 });
      expect([set.train.count, set.test.count]).toEqual([7, 3]);
      expect(allRows(set).map(String).sort()).toEqual(sorted);
      expect(allRows(await load(folder, name, { testShare: 0.3 }))).toEqual(allRows(set));
      expect(allRows(set)).not.toEqual(facts.whole);
      if (name === 'whole.npy') continue;
      const labels = [...set.test.labels!, ...set.train.labels!];
      for (const [at, row] of allRows(set).entries()) {
        expect(labels[at]).toBe(facts.labels[facts.whole.findIndex((each) => String(each) === String(row))]);
      }
    }
    const flat = await load(folder, 'flat.npy', { size: [3, 2] });
    expect(flat.shape).toEqual({ kind: 'image', shape: [3, 2, 1] });
    expect(allRows(flat).map(String).sort()).toEqual(sorted);
  });

  it('are refused, with what to do, where they are none', async (context) => {
    const { folder } = await written(context);
    const cases: [string, Partial<DataSpecification>, string, string][] = [
      ['objects.npy', {}, 'contains Python objects', 'again'],
      ['words.npy', {}, 'elements of type "U1", which are no real numbers', 'again'],
      ['complex.npy', {}, '"c8", which are no real numbers', 'again'],
      ['strange.npz', {}, 'cannot be told from their names: first (10×3×2), second (10)', 'x_train'],
      ['wild.npy', {}, 'and 2550', 'from 0 to 255'],
      ['nan.npy', {}, 'not finite (NaN)', 'again'],
      ['flat.npy', {}, 'rows of 6 numbers', 'Set data.size'],
      ['points.npy', {}, 'rows of 2 numbers', 'set data.set to "points"'],
      ['flat.npy', { size: 28 }, 'has 784 numbers, and the rows', 'Correct data.size'],
      ['bytes.npz', { size: 28 }, 'are 3×2×1, not 28×28×1', 'not scaled'],
      ['points.csv', {}, 'neither a .npy nor a .npz file', 'numpy.save'],
      ['nowhere.npy', {}, 'does not exist', 'nearest existing folder'],
      ['.', {}, 'is not a file', 'Set data.path'],
      ['images.npz', { set: 'points' }, 'points on a plane are [count, 2]', '"numpy"'],
    ];
    for (const [name, data, message, remedy] of cases) {
      const error = await failure(load(folder, name, data));
      expect(error.message, name).toContain(message);
      expect(error.remedy, name).toContain(remedy);
    }
  });
});

describe('points in files, against NumPy', () => {
  it('are the coordinates that were written, each once, with their labels', async (context) => {
    const { folder, facts } = await written(context);
    for (const name of ['points.npy', 'points-fortran.npy', 'points.npz', 'points.csv', 'points.txt']) {
      const set = await load(folder, name, { set: 'points' });
      expect([set.train.count, set.test.count, set.shape]).toEqual([45, 5, { kind: 'points', size: 2 }]);
      const rows = allRows(set).map(String);
      expect([...rows].sort(), name).toEqual([...facts.points].map(String).sort());
      const labels = set.train.labels && [...set.test.labels!, ...set.train.labels];
      expect(labels !== undefined, name).toBe(['points.npz', 'points.txt'].includes(name));
      for (const [at, label] of (labels ?? []).entries()) expect(rows[at]).toBe(String(facts.points[label]));
      const farthest = Math.max(...facts.points.flat().map(Math.abs));
      expect(set.extent).toBeGreaterThan(farthest);
      expect(set.extent).toBeLessThan(2 * farthest);
    }
  });
});

/** A file's bytes as a data set of either kind: it loads, or fails as data do, whatever the bytes are. */
async function survives(folder: string, bytes: Uint8Array): Promise<boolean> {
  await writeFile(path.join(folder, 'hostile'), bytes);
  const outcomes = await Promise.all(
    (['numpy', 'points'] as const).map((set) =>
      load(folder, 'hostile', { set }).then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(DataError);
          return false;
        },
      ),
    ),
  );
  return outcomes.includes(true);
}

describe('hostile files', () => {
  const array = (shape: number[]) => ({ shape, data: Uint8Array.from({ length: 24 }, (_, i) => i) });

  it('that are truncated anywhere are refused', async () => {
    const folder = await temporaryFolder();
    for (const whole of [encodeNpy(array([4, 3, 2])), Buffer.concat(encodeNpz(new Map([['x', array([4, 3, 2])]])))]) {
      expect(await survives(folder, whole)).toBe(true);
      for (let length = 0; length < whole.length; length++) {
        expect(await survives(folder, whole.subarray(0, length)), `${length} bytes`).toBe(false);
      }
    }
  });

  it('with any byte changed load or are refused, and take no more memory than the file has bytes', async () => {
    const folder = await temporaryFolder();
    for (const whole of [encodeNpy(array([4, 3, 2])), Buffer.concat(encodeNpz(new Map([['x', array([4, 3, 2])]])))]) {
      for (let at = 0; at < whole.length; at++) {
        for (const value of [0, 0x39, 0xff]) {
          const changed = whole.slice();
          changed[at] = value;
          await survives(folder, changed);
        }
      }
    }
  });

  it('whose header declares terabytes are refused before memory is taken', async () => {
    const folder = await temporaryFolder();
    const text = "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 1000, 1000), }\n";
    const bytes = Buffer.concat([
      Buffer.from('\x93NUMPY\x01\0', 'latin1'),
      Buffer.from([text.length, 0]),
      Buffer.from(text),
    ]);
    await writeFile(path.join(folder, 'huge.npy'), bytes);
    const { message } = await failure(load(folder, 'huge.npy'));
    expect(message).toContain('takes 1000000000000 bytes, and 0 are there');
  });

  it('larger than memory are refused with their size', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'set.npy'), encodeNpy(array([4, 3, 2])));
    const loading = { cache: '', memory: 40, decode: () => Promise.reject(new Error('not asked for')) };
    const { message, remedy } = await failure(
      loadDataset(dataSchema.parse({ set: 'numpy', path: 'set.npy' }), { base: folder, assets: '', images: loading }),
    );
    expect(message).toContain('take 24 bytes of memory; at most 20 bytes');
    expect(remedy).toContain('"images"');
  });
});

describe('points in a text file', () => {
  const read = async (text: string, data: Partial<DataSpecification> = {}) => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'points.csv'), text);
    return load(folder, 'points.csv', { set: 'points', ...data });
  };

  it.each([
    ['commas and a header', 'x,y\r\n1,2\r\n-3e-1,.5\r\n'],
    ['semicolons', '1;2\n-0.3;0.5'],
    ['tabs, comments and empty lines', '# drawn\n\n1\t2\n\n-0.3\t+0.5\n\n'],
    ['spaces and a byte order mark', '\ufeff 1  2\n-0.3 0.5 '],
    ['commas, spaces and marks', '"x", "y"\n"1", "2"\n-0.3, 0.5'],
  ])('may be divided by %s', async (_, text) => {
    expect(allRows(await read(text)).sort()).toEqual([[-0.3, 0.5].map(Math.fround), [1, 2]]);
  });

  it.each([
    ['', 'There are no points'],
    ['x,y\n', 'There are no points'],
    ['1,2', 'has a single example'],
    ['1,2\n3', 'Line 2 of'],
    ['1,2\n3,4,5', 'has 3 numbers; the lines before it have 2'],
    ['1,2\nx,y', 'reads "x, y"'],
    ['nan,2\n1,1', 'reads "nan, 2"'],
    ['1,2\n1,1e9', 'at most 1,000,000 from 0'],
    ['1,2,0\n1,1,0.5', 'has 0.5 in its third column'],
    ['1,2\n\0\0', 'is no text'],
    ['1,2,3,4\n', 'is no point'],
  ])('%j is refused with the line', async (text, message) => {
    expect((await failure(read(text))).message).toContain(message);
  });

  it('far from the usual scale are taken, with a word about it', async () => {
    expect((await read('100,0\n0,300')).remarks).toEqual([expect.stringContaining('reach 300 from the origin')]);
    expect((await read('1,0\n0,2')).remarks).toEqual([]);
  });

  it('name their classes in a third column', async () => {
    const set = await read('x,y,label\n0,0,3\n1,1,4\n');
    expect([...set.train.labels!, ...set.test.labels!].sort()).toEqual([3, 4]);
  });
});
