import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsType,
  type TensorData,
} from '../../../../src/formats/safetensors';
import { requirePeers, runPeer } from '../../support/python';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'latent-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fileSchema = z.object({
  metadata: z.record(z.string(), z.string()).nullable(),
  tensors: z.record(z.string(), z.object({ dtype: z.string(), shape: z.array(z.number()), data: z.string() })),
});
const NUMPY: Partial<Record<SafetensorsType, string>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U64: 'uint64',
  U32: 'uint32',
  U16: 'uint16',
  U8: 'uint8',
  BOOL: 'bool',
  C64: 'complex64',
};
/** As the peer prints tensors. */
const asPrinted = (tensors: ReadonlyMap<string, TensorData>) =>
  Object.fromEntries(
    [...tensors].map(([name, { dtype, shape, data }]) => [
      name,
      { dtype: NUMPY[dtype], shape: [...shape], data: Buffer.from(data).toString('base64') },
    ]),
  );

describe('the reference implementation of safetensors', () => {
  it('reads every type, shape and text that we write', async (context) => {
    const python = requirePeers(context);
    const tensors = new Map<string, TensorData>();
    for (const type of Object.keys(NUMPY) as SafetensorsType[]) {
      // 24 bytes are whole elements of every type; ones and zeros are valid for BOOL too.
      const bits = type === 'BOOL' || type.length < 3 ? 8 : Number(type.slice(1));
      const shape = [2, 24 / (bits / 8) / 2].map(Math.floor);
      if (bits === 64) shape.splice(0, 2, 3);
      tensors.set(`t.${type}`, { dtype: type, shape, data: Uint8Array.from({ length: 24 }, (_, i) => i & 1) });
    }
    tensors.set('scalar', { dtype: 'F32', shape: [], data: Uint8Array.of(0, 0, 128, 63) });
    tensors.set('empty', { dtype: 'I64', shape: [3, 0], data: new Uint8Array(0) });
    tensors.set('"\\\n ключ 🗝', { dtype: 'U8', shape: [1], data: Uint8Array.of(7) });
    const metadata = { step: '4690', 'ke"y': 'line\nline', empty: '' };
    const target = path.join(folder, 'ours.safetensors');
    await writeFile(target, Buffer.concat(encodeSafetensors(tensors, metadata)));
    const read = fileSchema.parse(await runPeer(python, 'safetensors_peer.py', 'read', target));
    expect(read.metadata).toEqual(metadata);
    expect(read.tensors).toEqual(asPrinted(tensors));
  });

  it('writes what we read, for every type of NumPy', async (context) => {
    const target = path.join(folder, 'theirs.safetensors');
    const written = fileSchema.parse(await runPeer(requirePeers(context), 'safetensors_peer.py', 'write', target));
    const { tensors, metadata } = decodeSafetensors(await readFile(target));
    expect(metadata).toEqual(written.metadata);
    expect(asPrinted(tensors)).toEqual(written.tensors);
  });

  it('lays out a file byte for byte as we do', async (context) => {
    const python = requirePeers(context);
    for (const mode of ['write', 'low']) {
      const target = path.join(folder, `${mode}.safetensors`);
      await runPeer(python, 'safetensors_peer.py', mode, target);
      const theirs = await readFile(target);
      const { tensors, metadata } = decodeSafetensors(theirs);
      expect(Buffer.concat(encodeSafetensors(tensors, metadata)).equals(theirs), mode).toBe(true);
    }
  });

  it('accepts no file that we refuse, and refuses none that we accept', async (context) => {
    const python = requirePeers(context);
    const good = '"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
    const headers = [
      `{${good}}`,
      `{${good},"__metadata__":{"x":"y"}}`,
      `{${good},"b":{"dtype":"I32","shape":[0],"data_offsets":[4,4]}}`,
      `{${good},"b":{"dtype":"I32","shape":[1],"data_offsets":[4,8]}}`,
      `{${good},"b":{"dtype":"I32","shape":[1],"data_offsets":[2,6]}}`,
      `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`,
      `{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}`,
      `{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
      `{"a":{"dtype":"F4","shape":[8],"data_offsets":[0,4]}}`,
      `{"a":{"dtype":"U8","shape":[1099511627776,1099511627776,0],"data_offsets":[0,0]}}`,
      `{${good},"__metadata__":{"x":1}}`,
      `{${good}`,
    ];
    const files = await Promise.all(
      headers.map(async (header, index) => {
        const prefix = Buffer.alloc(8);
        prefix.writeUInt32LE(header.length);
        const target = path.join(folder, `case-${index}.safetensors`);
        await writeFile(target, Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(4)]));
        return target;
      }),
    );
    const problems = z
      .array(z.string().nullable())
      .parse(await runPeer(python, 'safetensors_peer.py', 'check', ...files));
    for (const [index, target] of files.entries()) {
      const bytes = await readFile(target);
      const attempt = expect(() => decodeSafetensors(bytes), `${headers[index]} → ${problems[index]}`);
      if (problems[index] === null) attempt.not.toThrow();
      else attempt.toThrow();
    }
    expect(problems.filter((problem) => problem === null).length).toBe(4);
  });
});
