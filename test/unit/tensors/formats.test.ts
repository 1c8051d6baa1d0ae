import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeNpy, encodeNpz } from '../../../src/formats/npy';
import { Archive } from '../../../src/tensors/archive';
import { MemorySource } from '../../../src/tensors/byteSource';
import { openTensorBytes } from '../../../src/tensors/open';
import { sliceOf } from '../../../src/tensors/slice';
import { statisticsOf } from '../../../src/tensors/statistics';
import { summarize } from '../../../src/tensors/tensorFile';
import { tilesOf } from '../../../src/tensors/tiles';
import { temporaryFolder } from '../support/temporaryFolder';
import { float32, idle, named, openForTest, writeSafetensors } from './support';
import { zip } from './zip';

const all = { leading: [], row: 0, column: 0, rows: 100, columns: 100 };
const values = async (file: Awaited<ReturnType<typeof openForTest>>, name: string) => [
  ...(await sliceOf(named(file, name), all, idle)).values,
];

/** An array as NumPy would write it, with a header of the test's own. */
function npy(descr: string, fortran: boolean, shape: string, data: Uint8Array): Uint8Array {
  const text = `{'descr': ${descr}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }\n`;
  const head = [0x93, ...Buffer.from('NUMPY'), 1, 0, text.length & 255, text.length >> 8, ...Buffer.from(text)];
  return Buffer.concat([Uint8Array.from(head), data]);
}
const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

async function written(name: string, bytes: Uint8Array | string, folder?: string): Promise<string> {
  const file = path.join(folder ?? (await temporaryFolder()), name);
  await writeFile(file, bytes);
  return file;
}

describe('a NumPy array', () => {
  it('in Fortran order shows and draws as the matrix that it is', async () => {
    const data = Float32Array.of(1, 4, 2, 5, 3, 6);
    const file = await openForTest(await written('m.npy', npy("'<f4'", true, '(2, 3)', bytesOf(data))));
    expect(file.tensors[0]).toMatchObject({ name: 'm', type: 'F32', shape: [2, 3], bytes: 24 });
    expect(await values(file, 'm')).toEqual([1, 2, 3, 4, 5, 6]);
    const whole = await tilesOf(named(file, 'm'), { layout: 0, sorted: false }, idle);
    expect([...whole.values]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('of three dimensions in Fortran order is sliced, too', async () => {
    // Element (i, j, k) of [2, 2, 3] is 100 i + 10 j + k.
    const data = Float64Array.from({ length: 12 }, (_, n) => 100 * (n % 2) + 10 * ((n >> 1) % 2) + (n >> 2));
    const file = await openForTest(await written('m.npy', npy("'<f8'", true, '(2, 2, 3)', bytesOf(data))));
    const slice = await sliceOf(named(file, 'm'), { ...all, leading: [1] }, idle);
    expect([...slice.values]).toEqual([100, 101, 102, 110, 111, 112]);
  });

  it('of big-endian numbers is read', async () => {
    const data = Uint8Array.of(0x3f, 0xc0, 0, 0);
    const file = await openForTest(await written('m.npy', npy("'>f4'", false, '(1,)', data)));
    expect(await values(file, 'm')).toEqual([1.5]);
  });

  it('of objects, records or text is listed, and not read', async () => {
    const listed = async (descr: string, bytes: number) =>
      (await openForTest(await written('m.npy', npy(descr, false, '(1,)', new Uint8Array(bytes))))).tensors[0]!;
    expect(await listed("'|O'", 50)).toMatchObject({ type: 'object', problem: expect.stringContaining('Python') });
    expect(await listed("[('a', '<f4')]", 4)).toMatchObject({ problem: expect.stringContaining('not decoded') });
    expect(await listed("'<U3'", 12)).toMatchObject({ type: 'U3', problem: expect.stringContaining('not decoded') });
  });

  it('that is truncated is refused', async () => {
    const file = await written('m.npy', npy("'<f4'", false, '(3,)', new Uint8Array(8)));
    await expect(openForTest(file)).rejects.toThrow('4 bytes of data are missing');
  });
});

describe('a NumPy archive', () => {
  const arrays = new Map([
    ['a/w', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
    ['n', { shape: [], data: Int32Array.of(7) }],
  ]);

  it('lists its arrays, as encodeNpz writes them', async () => {
    const file = await openForTest(await written('a.npz', Buffer.concat(encodeNpz(arrays))));
    expect(file.tensors).toMatchObject([
      { name: 'a/w', type: 'F32', shape: [2, 2] },
      { name: 'n', type: 'I32', shape: [] },
    ]);
    expect(await values(file, 'a/w')).toEqual([1, 2, 3, 4]);
  });

  it('that is packed is unpacked for who looks at values', async () => {
    const data = Float32Array.from({ length: 50_000 }, (_, i) => i % 7);
    const bytes = encodeNpy({ shape: [50_000], data });
    const file = await openForTest(await written('a.npz', zip([{ name: 'w.npy', bytes, packed: true }])));
    expect(file.tensors).toMatchObject([{ name: 'w', shape: [50_000], bytes: 200_000 }]);
    expect(await statisticsOf(named(file, 'w'), idle)).toMatchObject({ maximum: 6, elements: 50_000 });
  });

  it('with a damaged member lists the others', async () => {
    const bytes = encodeNpy({ shape: [1], data: Float32Array.of(3) });
    const broken = { name: 'b.npy', bytes: Uint8Array.of(1, 2, 3) };
    const archive = zip([broken, { name: 'w.npy', bytes }, { name: 'notes.txt', bytes }]);
    const file = await openForTest(await written('a.npz', archive));
    expect(file.tensors).toMatchObject([
      { name: 'b', problem: expect.stringContaining('not a NumPy array') },
      { name: 'w', shape: [1] },
    ]);
  });

  it('is unpacked as far as its header takes, however much comes after that', async () => {
    const bytes = encodeNpy({ shape: [1_000_000], data: new Float32Array(1_000_000) });
    const archive = await Archive.open(new MemorySource(zip([{ name: 'w.npy', bytes, packed: true }])));
    const beginning = await archive.beginning(archive.members[0]!, 1000);
    expect(Buffer.compare(beginning, bytes.subarray(0, 1000))).toBe(0);
    // It would keep all that was unpacked.
    expect(beginning.buffer.byteLength).toBeLessThan(100_000);
  });

  it('that claims more than packing can do is refused before anything is unpacked', async () => {
    const bytes = deflateRawSync(new Uint8Array(1000));
    const one = encodeNpy({ shape: [1], data: Float32Array.of(3) });
    const claims = { name: 'w.npy', bytes, packed: true, claims: 2 ** 31 };
    const file = await openForTest(await written('a.npz', zip([claims, { name: 'v.npy', bytes: one }])));
    expect(file.tensors.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('claims to unpack to 2147483648'),
      undefined,
    ]);
  });

  it('whose packed bytes are far more than what they hold is refused: they would be read whole', async () => {
    const noise = Uint8Array.from({ length: 100_000 }, () => Math.random() * 256);
    const bytes = encodeNpy({ shape: [25_000], data: new Float32Array(noise.buffer) });
    const claims = { name: 'w.npy', bytes, packed: true, claims: 136 };
    const refused = await openForTest(await written('a.npz', zip([claims])));
    expect(refused.tensors[0]?.problem).toMatch(/takes \d+ bytes, compressed, for 136/);
    // Other writers pack worse than this one does.
    const loose = { ...claims, claims: bytes.length / 2 };
    expect((await openForTest(await written('b.npz', zip([loose])))).tensors).toHaveLength(1);
  });

  it('with members that are encrypted or packed otherwise lists the others', async () => {
    const bytes = encodeNpy({ shape: [1], data: Float32Array.of(3) });
    const archive = zip([
      { name: 'e.npy', bytes, encrypted: true },
      { name: 'z.npy', bytes, method: 14 },
      { name: 'w.npy', bytes },
    ]);
    const file = await openForTest(await written('a.npz', archive));
    expect(file.tensors.map(({ name, problem }) => [name, problem])).toEqual([
      ['e', 'it is encrypted'],
      ['z', 'it uses compression method 14, which is not supported'],
      ['w', undefined],
    ]);
  });

  it('whose packed bytes are not those that were packed shows no values of them', async () => {
    const bytes = encodeNpy({ shape: [2], data: Float32Array.of(3, 4) });
    const archive = zip([{ name: 'w.npy', bytes, packed: true, checksum: 7 }]);
    const file = await openForTest(await written('a.npz', archive));
    await expect(statisticsOf(named(file, 'w'), idle)).rejects.toThrow('checksum');
  });

  it('in which a small array is a pretext for unpacking much is not unpacked', async () => {
    const bytes = Buffer.concat([encodeNpy({ shape: [1], data: Float32Array.of(3) }), new Uint8Array(1_000_000)]);
    const file = await openForTest(await written('a.npz', zip([{ name: 'w.npy', bytes, packed: true }])));
    expect(file.tensors[0]).toMatchObject({ bytes: 4, problem: '1000000 bytes after its values are unused' });
  });

  it('whose members share bytes reads the first of them only', async () => {
    const bytes = encodeNpy({ shape: [1], data: Float32Array.of(3) });
    const archive = zip([
      { name: 'a.npy', bytes },
      { name: 'b.npy', bytes, at: 0 },
    ]);
    const file = await openForTest(await written('a.npz', archive));
    expect(file.tensors.map(({ problem }) => problem)).toEqual([undefined, 'it overlaps the member before it']);
  });
});

describe('safetensors in shards', () => {
  const index = (map: Record<string, string>) => JSON.stringify({ metadata: { total_size: 16 }, weight_map: map });

  it('open as one, and missing tensors are reported at their rows', async () => {
    const folder = await temporaryFolder();
    await writeSafetensors({ 'layer.0': float32([2], [1, 2]) }, {}, path.join(folder, 'one.safetensors'));
    await writeSafetensors({ 'layer.1': float32([2], [3, 4]) }, {}, path.join(folder, 'two.safetensors'));
    await written('bad.safetensors', 'nonsense', folder);
    const map = {
      ...{ 'layer.0': 'one.safetensors', 'layer.1': 'two.safetensors', 'layer.2': 'three.safetensors' },
      ...{ 'layer.3': 'two.safetensors', 'layer.4': 'bad.safetensors' },
    };
    const file = await openForTest(await written('model.safetensors.index.json', index(map), folder));
    expect(file).toMatchObject({ format: 'sharded safetensors', metadata: { total_size: '16' } });
    // The index is none of those that hold tensors.
    expect(summarize(file)).toMatchObject({ files: 3, tensors: 5 });
    expect(await values(file, 'layer.1')).toEqual([3, 4]);
    const problems = Object.fromEntries(file.tensors.map(({ name, problem }) => [name, problem]));
    expect(problems['layer.2']).toBe('its shard "three.safetensors" is missing');
    expect(problems['layer.3']).toBe('it is not in the shard "two.safetensors"');
    expect(problems['layer.4']).toMatch(/^its shard "bad.safetensors" cannot be read \(/);
  });

  it('are opened once, however often and by whatever name the index says them', async () => {
    const folder = await temporaryFolder();
    const two = { a: float32([1], [1]), b: float32([1], [2]) };
    await writeSafetensors(two, {}, path.join(folder, 'one.safetensors'));
    const map = { a: 'one.safetensors', b: './././one.safetensors', c: 'x/../one.safetensors' };
    await mkdir(path.join(folder, 'x'));
    const file = await openForTest(await written('m.safetensors.index.json', index(map), folder));
    expect(file.sources).toHaveLength(1);
    expect(await values(file, 'b')).toEqual([2]);
  });

  it('show what the index says of itself, also where that is no text', async () => {
    const text = '{"metadata":{"total_size":4,"by":{"__proto__":[1]}},"weight_map":{}}';
    const file = await openForTest(await written('m.safetensors.index.json', text));
    expect(file.metadata).toEqual({ total_size: '4', by: '{"__proto__":[1]}' });
  });

  it('that name themselves are no shards', async () => {
    const name = 'm.safetensors.index.json';
    const file = await openForTest(await written(name, index({ a: name })));
    expect(file.tensors[0]?.problem).toMatch(/cannot be read/);
  });

  it.each(['../out.safetensors', '/etc/passwd', 'a/../../out.safetensors', 'C:\\out', '..\\out', '', '.'])(
    'that name the file %j are not opened',
    async (name) => {
      const folder = path.join(await temporaryFolder(), 'model');
      await mkdir(folder);
      await writeSafetensors({ a: float32([1], [1]) }, {}, path.join(folder, '..', 'out.safetensors'));
      const file = await written('m.safetensors.index.json', index({ a: name }), folder);
      await expect(openForTest(file)).rejects.toThrow('outside its folder, which is not opened');
    },
  );

  it('follow a link within their folder, or beside the real index, and no other', async () => {
    const [folder, blobs] = [await temporaryFolder(), await temporaryFolder()];
    await writeSafetensors({ a: float32([1], [5]) }, {}, path.join(blobs, 'x'));
    await symlink(path.join(blobs, 'x'), path.join(folder, 'one.safetensors'));
    const own = await written('own.index.json', index({ a: 'one.safetensors' }), folder);
    await expect(openForTest(own)).rejects.toThrow('link that leads out');
    // A cache keeps index and shards together, and a folder of links to them.
    await written('y', index({ a: 'one.safetensors' }), blobs);
    await symlink(path.join(blobs, 'y'), path.join(folder, 'cached.index.json'));
    expect(await values(await openForTest(path.join(folder, 'cached.index.json')), 'a')).toEqual([5]);
  });
});

describe('a model of TensorFlow.js', () => {
  const model = (manifest: unknown) => JSON.stringify({ format: 'layers-model', weightsManifest: manifest });
  const folderWith = async (files: Record<string, Uint8Array>) => {
    const folder = await temporaryFolder();
    for (const [name, bytes] of Object.entries(files)) await written(name, bytes, folder);
    return folder;
  };

  it('is read over the borders of its files, quantized weights as what they stand for', async () => {
    const data = Buffer.concat([bytesOf(Float32Array.of(1, 2, 3)), Uint8Array.of(0, 10, 20), Uint8Array.of(0, 0x3c)]);
    const folder = await folderWith({ 'a.bin': data.subarray(0, 6), 'b.bin': data.subarray(6) });
    const weights = [
      { name: 'w', shape: [3], dtype: 'float32' },
      { name: 'q', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
      { name: 'h', shape: [1], dtype: 'float32', quantization: { dtype: 'float16' } },
    ];
    const file = await openForTest(
      await written('model.json', model([{ paths: ['a.bin', 'b.bin'], weights }]), folder),
    );
    expect(file.tensors).toMatchObject([
      { name: 'w', type: 'F32', bytes: 12 },
      { name: 'q', type: 'F32', bytes: 3 },
      { name: 'h', bytes: 2 },
    ]);
    expect([await values(file, 'w'), await values(file, 'q'), await values(file, 'h')]).toEqual([
      [1, 2, 3],
      [-1, 4, 9],
      [1],
    ]);
  });

  it('is read by its manifest alone, too, as older converters wrote it', async () => {
    const folder = await folderWith({ 'a.bin': bytesOf(Float32Array.of(1, 2)) });
    const manifest = [{ paths: ['a.bin'], weights: [{ name: 'w', shape: [2], dtype: 'float32' }] }];
    const file = await openForTest(await written('weights_manifest.json', JSON.stringify(manifest), folder));
    expect(await values(file, 'w')).toEqual([1, 2]);
    await expect(openForTest(await written('list.json', '[1, 2]', folder))).rejects.toThrow('lists no tensors');
  });

  it.each([
    [['a', 'c'], ['b']],
    [['b', 'c'], ['a']],
    [['a', 'b'], ['c']],
    [['b'], ['a', 'c']],
  ])('without some files reads the weights in %j that %j leave countable', async (present, missing) => {
    const bytes = { a: [1, 2], b: [3, 4, 5], c: [6] };
    const files = (present as ('a' | 'b' | 'c')[]).map((name) => [
      `${name}.bin`,
      bytesOf(Float32Array.from(bytes[name])),
    ]);
    const folder = await folderWith(Object.fromEntries(files) as Record<string, Uint8Array>);
    const weights = Object.entries(bytes).map(([name, { length }]) => ({ name, shape: [length], dtype: 'float32' }));
    const paths = ['a.bin', 'b.bin', 'c.bin'];
    const file = await openForTest(await written('model.json', model([{ paths, weights }]), folder));
    for (const { name, problem } of file.tensors) {
      // Between two files that are missing nobody knows where anything lies.
      if (missing.includes(name) || missing.length > 1) expect(problem).toContain(' is missing');
      else expect(await values(file, name)).toEqual(bytes[name as 'a' | 'b' | 'c']);
    }
  });

  it('with numbers that JSON does not have shows what they stand for', async () => {
    const folder = await folderWith({ 'a.bin': Uint8Array.of(1, 0, 1, 0, 9, 0) });
    const q = (min: string) =>
      `{"name":"${min}","shape":[1],"dtype":"float32","quantization":{"dtype":"uint16","min":${min},"scale":1.0}}`;
    const text = `{"weightsManifest":[{"paths":["a.bin"],"weights":[${q('-Infinity')},${q('2')},${q('null')}]}]}`;
    const file = await openForTest(await written('model.json', text, folder));
    expect([await values(file, '-Infinity'), await values(file, '2')]).toEqual([[-Infinity], [3]]);
    expect(file.tensors[2]?.problem).toContain('does not say its scale and minimum');
  });

  it('that names one of its files twice is refused', async () => {
    const folder = await folderWith({ 'a.bin': new Uint8Array(4) });
    const weights = [{ name: 'w', shape: [2], dtype: 'float32' }];
    const file = await written('model.json', model([{ paths: ['a.bin', './a.bin'], weights }]), folder);
    await expect(openForTest(file)).rejects.toThrow('names the file "./a.bin" twice');
  });

  it('whose files are too short is listed without values; too long or elsewhere is refused', async () => {
    const folder = await folderWith({ 'a.bin': new Uint8Array(8) });
    const open = async (shape: number[], file = 'a.bin') => {
      const manifest = [{ paths: [file], weights: [{ name: 'w', shape, dtype: 'float32' }] }];
      return openForTest(await written('model.json', model(manifest), folder));
    };
    expect((await open([3])).tensors[0]?.problem).toBe('its files end too early: download them again');
    await expect(open([1])).rejects.toThrow('4 bytes that belong to no weight');
    await expect(open([2], '../a.bin')).rejects.toThrow('outside its folder, which is not opened');
    await expect(open([2 ** 30, 2 ** 30])).rejects.toThrow('impossible shape');
    await expect(openForTest(await written('model.json', '{"a": 1}', folder))).rejects.toThrow('lists no tensors');
  });
});

describe('files recognized by their contents', () => {
  it('is opened whatever its name is', async () => {
    const bytes = encodeNpy({ shape: [1], data: Float32Array.of(3) });
    expect((await openForTest(await written('a.safetensors', bytes))).format).toBe('NumPy array');
    const hdf5 = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
    await expect(openForTest(await written('a.safetensors', hdf5))).rejects.toThrow('This HDF5 file is damaged');
    await expect(openForTest(await temporaryFolder())).rejects.toThrow('not a regular file');
  });

  it('opens from memory, too, where a single file is enough', async () => {
    const bytes = encodeNpy({ shape: [1], data: Float32Array.of(3) });
    expect((await openTensorBytes(bytes, 'b.npy')).tensors).toMatchObject([{ name: 'b', type: 'F32' }]);
    await expect(openTensorBytes(new TextEncoder().encode('{"weightsManifest":[]}'), 'model.json')).rejects.toThrow(
      'from a disk',
    );
  });
});
