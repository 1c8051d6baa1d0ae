import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeNpy, encodeNpz } from '../../../src/formats/npy';
import { FormatError } from '../../../src/formats/error';
import { recognize } from '../../../src/formats/recognition';
import { openTensorBytes } from '../../../src/tensors/open';
import { temporaryFolder } from '../support/temporaryFolder';
import { openForTest } from './support';
import { zip } from './zip';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const padded = (text: string) => Buffer.concat([latin1(text), Buffer.alloc(64, 1)]);
const one = { name: 'w.npy', bytes: encodeNpy({ shape: [1], data: Float32Array.of(3) }) };
const tar = (name: string) => {
  const block = Buffer.alloc(1024);
  block.write(name);
  block.write('ustar', 257);
  return block;
};

const FOREIGN: readonly (readonly [string, Uint8Array, RegExp])[] = [
  [
    'PyTorch',
    zip([{ name: 'archive/data.pkl', bytes: latin1('\x80\x02}q\0.') }]),
    /PyTorch.*can execute code.*save_file/,
  ],
  ['TorchScript', zip([{ name: 'm/constants.pkl', bytes: latin1('\x80\x02)') }]), /TorchScript/],
  ['legacy PyTorch', padded('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e'), /legacy layout/],
  ['PyTorch in tar', tar('sys_info'), /before 2017/],
  ['pickle of protocol 2', padded('\x80\x02}q\x00'), /Python pickle/],
  ['pickle of protocol 5', padded('\x80\x05\x95'), /Python pickle/],
  ['pickle of protocol 0', latin1('(dp0\nS"a"\np1\nI1\ns.'), /Python pickle/],
  ['compressed joblib', padded('\x78\x9c'), /zlib/],
  ['Git LFS pointer', latin1('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n'), /git lfs pull/],
  ['HTML', latin1('\n<!DOCTYPE html><html>'), /web page/],
  ['XML', latin1('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), /XML/],
  ['error of a hub', latin1('{"error":"Repository not found"}'), /error message of a server/],
  ['JSON', latin1('{"architectures": ["Bert"]}'), /lists no tensors/],
  ['damaged JSON', latin1('{"weightsManifest": ['), /cannot be read/],
  ['text', latin1('Entry not found'), /text file.*Entry not found/],
  ['GGUF', padded('GGUF'), /GGUF/],
  ['GGML', padded('lmgg'), /GGML/],
  ['ONNX', padded('\x08\x08\x12\x07pytorch'), /ONNX/],
  ['TensorFlow Lite', padded('\x1c\0\0\0TFL3'), /TensorFlow Lite/],
  ['SavedModel', padded('\x08\x01\x12\xff\x01'), /SavedModel/],
  ['index of a TensorFlow checkpoint', latin1('\0\0\x01\x02\x57\xfb\x80\x8b\x24\x75\x47\xdb'), /TensorFlow checkpoint/],
  ['TensorRT', padded('ftrt'), /TensorRT/],
  ['MessagePack', padded('\x81\xa6params'), /MessagePack/],
  ['Zarr', latin1('{"zarr_format": 2}'), /Zarr/],
  ['Parquet', padded('PAR1'), /Parquet/],
  ['Arrow', padded('ARROW1\0\0'), /Arrow/],
  ['gzip', gzipSync(one.bytes), /Unpack it first/],
  ['Zstandard', padded('\x28\xb5\x2f\xfd'), /Unpack it first/],
  ['bzip2', padded('BZh9'), /Unpack it first/],
  ['XZ', padded('\xfd7zXZ\0'), /Unpack it first/],
  ['7-Zip', padded('7z\xbc\xaf\x27\x1c'), /Unpack it first/],
  ['RAR', padded('Rar!\x1a\x07\0'), /Unpack it first/],
  ['tar', tar('weights.npy'), /Unpack it first/],
  ['ZIP', zip([{ name: 'readme.txt', bytes: latin1('x') }]), /without NumPy arrays/],
  ['image', padded('\x89PNG\r\n\x1a\n'), /image/],
  ['nothing', new Uint8Array(), /empty/],
  ['zeros', new Uint8Array(10_000), /zeros/],
  ['noise', Uint8Array.of(1, 2, 3, 4, 0xff, 0xfe, 7, 8, 9, 10), /was not recognized.*01 02 03 04/],
];

describe('what is not read', () => {
  it.each(FOREIGN)('%s is recognized whatever it is called, in one paragraph', async (_, bytes, sentence) => {
    for (const name of ['a.safetensors', 'a.npz', 'a.h5', 'a.keras', 'model.json', 'a']) {
      // Its own reader says what is wrong with noise in a file that is named so.
      if (bytes[0] === 1 && name === 'a.safetensors') continue;
      const error: unknown = await openTensorBytes(bytes, name).catch((reason: unknown) => reason);
      expect(error, name).toBeInstanceOf(FormatError);
      expect((error as Error).message, name).toMatch(sentence);
      expect((error as Error).message.length).toBeLessThan(450);
    }
  });

  it('says of a folder which model it is', async () => {
    const folder = path.join(await temporaryFolder(), 'model');
    await mkdir(folder);
    await expect(openForTest(folder)).rejects.toThrow('a folder');
    await writeFile(path.join(folder, 'saved_model.pb'), '');
    await expect(openForTest(folder)).rejects.toThrow('SavedModel');
  });

  it('is never an error of the program, for any bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FOREIGN), fc.nat(), fc.nat(255), ([, bytes], at, value) => {
        const changed = Uint8Array.from(bytes.subarray(0, 4096));
        if (changed.length > 0) changed[at % changed.length] = value;
        const found = recognize(changed, changed.length, 'a', changed.subarray(-8));
        if (found.kind === 'foreign') expect(found.sentence.length).toBeLessThan(600);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('what is read', () => {
  it('opens under any name, and says where that misleads', async () => {
    const npz = Buffer.concat(encodeNpz(new Map([['w', { shape: [1], data: Float32Array.of(3) }]])));
    for (const name of ['a.safetensors', 'a.pt', 'model.json']) {
      const file = await openTensorBytes(npz, name);
      expect(file).toMatchObject({ format: 'NumPy archive', misnamed: path.extname(name) });
    }
    expect((await openTensorBytes(npz, 'a.npz')).misnamed).toBeUndefined();
    expect((await openTensorBytes(one.bytes, 'a.npz')).format).toBe('NumPy array');
  });

  it('is not mistaken for another format by the length of its header', async () => {
    // 640 is 80 02 in bytes, as a pickle begins.
    const json = '{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'.padEnd(640);
    const bytes = Buffer.concat([Uint8Array.of(0x80, 2, 0, 0, 0, 0, 0, 0), latin1(json), Uint8Array.of(7)]);
    expect(await openTensorBytes(bytes, 'a.h5')).toMatchObject({ format: 'safetensors', misnamed: '.h5' });
  });

  it('is a ZIP archive also behind and before other bytes', async () => {
    const bytes = zip([one]);
    for (const around of [
      [latin1('#!/bin/sh\n'), bytes],
      [bytes, Buffer.alloc(9)],
    ]) {
      expect((await openTensorBytes(Buffer.concat(around), 'a.npz')).tensors).toMatchObject([
        { name: 'w', shape: [1] },
      ]);
    }
  });

  it('lists members of one name, the last one by its own, as numpy.load gives it', async () => {
    const last = { name: 'w.npy', bytes: encodeNpy({ shape: [2], data: Float32Array.of(3, 4) }) };
    const { tensors } = await openTensorBytes(zip([one, last]), 'a.npz');
    expect(tensors.map(({ name, shape, problem }) => [name, shape, problem])).toEqual([
      ['w (1)', [], 'a later member of the archive has the same name'],
      ['w', [2], undefined],
    ]);
  });
});
