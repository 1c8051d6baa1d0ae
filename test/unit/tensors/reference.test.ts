import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { encodeNpz } from '../../../src/formats/npy';
import { sliceOf } from '../../../src/tensors/slice';
import { statisticsOf } from '../../../src/tensors/statistics';
import { requirePeers, runPeer } from '../support/python';
import { temporaryFolder } from '../support/temporaryFolder';
import { idle, named, openForTest } from './support';

const number = z.number();
const factsSchema = z.record(
  z.string(),
  z.object({
    shape: z.array(number),
    window: z.array(number),
    counts: z.array(number),
    ...{ minimum: number, maximum: number, mean: number, deviation: number, norm: number },
    ...{ zeros: number, nan: number, infinite: number },
  }),
);

describe('NumPy', () => {
  it('sees the same values, statistics and histograms in every file that it wrote', async (context) => {
    const python = requirePeers(context);
    const folder = await temporaryFolder();
    const arrays = factsSchema.parse(await runPeer(python, 'tensors_peer.py', 'write', folder));
    const archives = [
      await openForTest(path.join(folder, 'stored.npz')),
      await openForTest(path.join(folder, 'packed.npz')),
    ];
    expect(archives.map(({ tensors }) => tensors.length)).toEqual([16, 16]);
    for (const [name, theirs] of Object.entries(arrays)) {
      for (const file of [await openForTest(path.join(folder, `${name}.npy`)), ...archives]) {
        const tensor = named(file, name);
        expect(tensor.shape).toEqual(theirs.shape);
        const query = { leading: [], row: 0, column: 0, rows: 3, columns: 3 };
        expect([...(await sliceOf(tensor, query, idle)).values].map(String)).toEqual(
          (name === 'large' ? [NaN, Infinity, 0, ...theirs.window.slice(3)] : theirs.window).map(String),
        );
        const ours = await statisticsOf(tensor, idle);
        expect(ours).toMatchObject({ zeros: theirs.zeros, nan: theirs.nan, infinite: theirs.infinite });
        for (const figure of ['minimum', 'maximum', 'mean', 'deviation', 'norm'] as const) {
          expect(Math.abs(ours[figure]! - theirs[figure]), `${name} ${figure}`).toBeLessThanOrEqual(
            1e-9 * Math.max(1, Math.abs(theirs[figure])),
          );
        }
        // A value on the border of two bins may be rounded into either.
        const moved = theirs.counts.reduce((sum, count, i) => sum + Math.abs(count - ours.counts[i]!), 0);
        expect(moved, `${name} histogram`).toBeLessThanOrEqual(2);
      }
    }
  });

  it('reads the archives that we write', async (context) => {
    const python = requirePeers(context);
    const file = path.join(await temporaryFolder(), 'ours.npz');
    const arrays = new Map([
      ['latents', { shape: [2, 2], data: Float32Array.of(1.5, -2, 0, 4) }],
      ['labels', { shape: [3], data: Uint8Array.of(7, 8, 9) }],
      ['step', { shape: [], data: Int32Array.of(42) }],
      ['wide', { shape: [0, 5], data: new Float64Array(0) }],
    ]);
    await writeFile(file, Buffer.concat(encodeNpz(arrays)));
    expect(await runPeer(python, 'tensors_peer.py', 'read', file)).toEqual({
      latents: { dtype: 'float32', shape: [2, 2], values: [1.5, -2, 0, 4] },
      labels: { dtype: 'uint8', shape: [3], values: [7, 8, 9] },
      step: { dtype: 'int32', shape: [], values: [42] },
      wide: { dtype: 'float64', shape: [0, 5], values: [] },
    });
  });
});
