import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { BatchSource } from '../../../src/data';
import { normals, uniforms } from '../../../src/engine/random/philox';
import { requirePeers, runPeer } from '../support/python';

const BATCHES = [
  { seed: 0, count: 10, batch: 4, step: 0 },
  // The last batch of an epoch, filled up from the start of its order.
  { seed: 0, count: 10, batch: 4, step: 2 },
  { seed: 2 ** 32 - 1, count: 1000, batch: 128, step: 77 },
  { seed: 7, count: 3, batch: 8, step: 5 },
];
const NUMBERS = [
  { kind: 'uniform', length: 9, seed: 3, stream: 0x4000_0000 + 2, counter: 5 },
  { kind: 'normal', length: 9, seed: 2 ** 32 - 1, stream: 0x8000_0000, counter: 2 ** 31 },
] as const;

it('batches and random numbers are those that docs/randomness.md describes', async (context) => {
  const python = requirePeers(context);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'random-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'cases.json');
  await writeFile(file, JSON.stringify({ batches: BATCHES, numbers: NUMBERS }));
  const twin = (await runPeer(python, 'random_twin.py', file)) as { batches: number[][]; numbers: number[][] };

  const batches = BATCHES.map(({ seed, count, batch, step }) => {
    const set = { split: 'train', count, values: new Uint8Array(count) } as const;
    return [...new BatchSource(set, { seed, batch }).batch(step).rows];
  });
  expect(batches).toEqual(twin.batches);
  NUMBERS.forEach(({ kind, length, seed, stream, counter }, index) => {
    const drawn = (kind === 'uniform' ? uniforms : normals)(length, seed, stream, counter);
    const expected = twin.numbers[index]!;
    // Logarithm and cosine may differ in the last bit of a double between C libraries.
    drawn.forEach((number, i) => expect(Math.abs(number - expected[i]!)).toBeLessThan(1e-6));
    expect(drawn).toHaveLength(expected.length);
  });
});
