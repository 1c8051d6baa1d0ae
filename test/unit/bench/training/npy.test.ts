import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from '../../../../bench/training/npy';
import { requirePeers } from '../../support/python';
import { temporaryFolder } from '../../support/temporaryFolder';

const TWICE = `
import sys, numpy
array = numpy.load(sys.argv[1])
assert array.dtype == numpy.float32
numpy.save(sys.argv[2], array * 2)
print(list(array.shape))
`;

describe('arrays that contenders of a benchmark share', () => {
  it('are read by NumPy, and its own by us', async (context) => {
    const python = requirePeers(context);
    const folder = await temporaryFolder();
    const [ours, theirs] = [path.join(folder, 'ours.npy'), path.join(folder, 'theirs.npy')];
    for (const shape of [[3], [2, 3], [], [1, 2, 3, 40]]) {
      const size = shape.reduce((product, length) => product * length, 1);
      const data = Float32Array.from({ length: size }, (_, i) => 1 / (i + 3));
      await writeFile(ours, encodeNpy({ shape, data }));
      expect(JSON.parse(execFileSync(python, ['-c', TWICE, ours, theirs], { encoding: 'utf8' }))).toEqual(shape);
      expect(decodeNpy(await readFile(theirs))).toEqual({ shape, data: data.map((value) => 2 * value) });
    }
  });

  it('are refused if truncated, or of another type', () => {
    const bytes = encodeNpy({ shape: [2], data: Float32Array.of(1, 2) });
    expect(() => decodeNpy(bytes.subarray(0, -1))).toThrow('7 bytes');
    const doubles = Buffer.from(Buffer.from(bytes).toString('latin1').replace('<f4', '<f8'), 'latin1');
    expect(() => decodeNpy(doubles)).toThrow('not a float32 array');
  });
});
