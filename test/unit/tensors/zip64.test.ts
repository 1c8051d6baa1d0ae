import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeNpy } from '../../../src/formats/npy';
import { sliceOf } from '../../../src/tensors/slice';
import { requirePeers } from '../support/python';
import { temporaryFolder } from '../support/temporaryFolder';
import { idle, named, openForTest } from './support';
import { zip, zip64 } from './zip';

const all = { leading: [], row: 0, column: 0, rows: 100, columns: 100 };
const array = (...values: number[]) => encodeNpy({ shape: [values.length], data: Float32Array.from(values) });
const members = [
  { name: 'a.npy', bytes: array(1, 2) },
  { name: 'b.npy', bytes: array(3) },
];

async function opened(bytes: Uint8Array) {
  const file = path.join(await temporaryFolder(), 'a.npz');
  await writeFile(file, bytes);
  return { file, tensors: await openForTest(file) };
}
type Opened = Awaited<ReturnType<typeof opened>>;
const valuesOf = async ({ tensors }: Opened, name: string) => [
  ...(await sliceOf(named(tensors, name), all, idle)).values,
];

describe('an archive with numbers of 64 bits', () => {
  it('is read as Python reads it', async (context) => {
    const python = requirePeers(context);
    const archive = await opened(zip64(members));
    const program =
      'import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z: print([(m.filename, m.file_size, m.header_offset) for m in z.infolist()], z.testzip())';
    const first = members[0]!.bytes.length;
    expect(execFileSync(python, ['-c', program, archive.file], { encoding: 'utf8' }).trim()).toBe(
      `[('a.npy', ${first}, 0), ('b.npy', ${members[1]!.bytes.length}, ${30 + 5 + 20 + first})] None`,
    );
    expect(await valuesOf(archive, 'a')).toEqual([1, 2]);
    expect(await valuesOf(archive, 'b')).toEqual([3]);
  });

  it('is read with bytes before it, which its own places do not count', async () => {
    const archive = await opened(zip64(members, Buffer.from('PK\x03\x04 something else')));
    expect(await valuesOf(archive, 'b')).toEqual([3]);
  });

  it('whose 64-bit record is missing or beyond what a number holds is refused', async () => {
    const whole = Buffer.from(zip64(members));
    const at = whole.indexOf('PK\x06\x06', 0, 'latin1');
    const overwritten = (offset: number, bytes: readonly number[]) => {
      const copy = Buffer.from(whole);
      copy.set(bytes, at + offset);
      return copy;
    };
    await expect(opened(overwritten(0, [0]))).rejects.toThrow('its 64-bit record is missing');
    await expect(opened(overwritten(40, new Array<number>(8).fill(255)))).rejects.toThrow('a size that is too large');
    await expect(opened(overwritten(44, [1]))).rejects.toThrow(/its directory would have \d+ bytes/);
  });

  it('lists a member whose 64-bit sizes are left out with the reason, and the others', async () => {
    const whole = Buffer.from(zip64(members));
    const entry = whole.indexOf('PK\x01\x02', 0, 'latin1');
    whole[entry + 46 + 5 + 9] = 2; // no field of sizes any more
    const { tensors } = await opened(whole);
    expect(tensors.tensors.map(({ name, problem }) => [name, problem])).toEqual([
      ['a', 'its sizes are missing or too large'],
      ['b', undefined],
    ]);
  });
});

describe('an array with a header longer than what is read at first', () => {
  /** As NumPy pads its headers: with blanks, before the line's end. */
  function padded(length: number, values: Float32Array): Uint8Array {
    const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length},), }`.padEnd(length - 1) + '\n';
    const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, text.length & 255, text.length >> 8]);
    return Buffer.concat([head, Buffer.from(text), Buffer.from(values.buffer)]);
  }

  it.each([false, true])('is read whole, packed: %s', async (packed) => {
    const bytes = padded(40_000, Float32Array.of(5, 6, 7));
    const archive = await opened(zip([{ name: 'long.npy', bytes, packed }]));
    expect(archive.tensors.tensors[0]).toMatchObject({ shape: [3], type: 'F32', bytes: 12 });
    expect(await valuesOf(archive, 'long')).toEqual([5, 6, 7]);
  });

  it('is said to be cut off where the member ends within it', async () => {
    const bytes = padded(40_000, Float32Array.of(5)).subarray(0, 30_000);
    const archive = await opened(zip([{ name: 'cut.npy', bytes }]));
    expect(archive.tensors.tensors[0]!.problem).toBe('This NumPy array is truncated within its header');
  });
});
