import fc from 'fast-check';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/formats/error';
import { encodeNpy, encodeNpz } from '../../../src/formats/npy';
import { encodeSafetensors } from '../../../src/formats/safetensors';
import { openTensorBytes, openTensorFile } from '../../../src/tensors/open';
import { sliceOf } from '../../../src/tensors/slice';
import { statisticsOf } from '../../../src/tensors/statistics';
import { closeTensorFile, readable, summarize, type TensorFile } from '../../../src/tensors/tensorFile';
import { temporaryFolder } from '../support/temporaryFolder';
import { float32, idle, openForTest, writeSafetensors } from './support';
import { zip } from './zip';

const HTML = '<img src=x onerror=alert(1)>';
const array = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
const seeds: readonly (readonly [string, Uint8Array])[] = [
  [
    'a.safetensors',
    Buffer.concat(
      encodeSafetensors(
        new Map([
          ['encoder.kernel', float32([2, 2], [1, 2, 3, 4])],
          [HTML, float32([1], [7])],
        ]),
        { format: 'pt' },
      ),
    ),
  ],
  ['a.npy', encodeNpy(array)],
  ['a.npz', Buffer.concat(encodeNpz(new Map([['w', array]])))],
  [
    'p.npz',
    zip([
      { name: 'w.npy', bytes: encodeNpy(array), packed: true },
      { name: 'v.npy', bytes: encodeNpy(array) },
    ]),
  ],
];

/** Bytes changed, cut out, doubled or put in, at one place or several, and JSON whose figures are others. */
const damage = fc.array(
  fc.record({
    how: fc.constantFrom('flip', 'set', 'cut', 'insert', 'copy', 'truncate', 'digit'),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    length: fc.integer({ min: 1, max: 24 }),
    byte: fc.constantFrom(0, 1, 0x22, 0x2d, 0x30, 0x39, 0x5b, 0x7b, 0x7d, 0x7f, 0xff),
  }),
  { minLength: 1, maxLength: 4 },
);
type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never;

function damaged(bytes: Uint8Array, changes: Damage): Uint8Array {
  let now: Buffer = Buffer.from(bytes);
  for (const { how, at, length, byte } of changes) {
    const place = Math.floor(at * now.length);
    const [before, after] = [now.subarray(0, place), now.subarray(place)];
    if (how === 'cut') now = Buffer.concat([before, after.subarray(length)]);
    else if (how === 'insert') now = Buffer.concat([before, Buffer.alloc(length, byte), after]);
    else if (how === 'copy') now = Buffer.concat([before, after.subarray(0, length), after]);
    else if (how === 'truncate') now = Buffer.from(before);
    else if (place < now.length) {
      const digits = [...now.keys()].filter((i) => now[i]! >= 0x30 && now[i]! <= 0x39);
      if (how === 'flip') now[place]! ^= 1 << (length % 8);
      else if (how === 'set') now[place] = byte;
      else if (digits.length > 0) now[digits[Math.floor(at * digits.length)]!] = 0x30 + (length % 10);
    }
  }
  return now;
}

/** Looks at everything that can be looked at. */
async function lookThrough(file: TensorFile): Promise<void> {
  summarize(file);
  for (const [index, { at, elements }] of file.tensors.entries()) {
    if (at === undefined) continue;
    const query = { leading: [], row: 0, column: 0, rows: 4, columns: 4 };
    const { values } = await sliceOf(readable(file, index), query, idle).catch((error: unknown) => {
      if (error instanceof FormatError) return { values: [] };
      throw error;
    });
    expect(values.length).toBeLessThanOrEqual(32);
    if (elements < 1000) await statisticsOf(readable(file, index), idle).catch(onlyFormat);
  }
}

function onlyFormat(error: unknown): undefined {
  if (error instanceof FormatError && error.message.length < 600) return undefined;
  throw error;
}

/** Models of several files: what is damaged is the one that names the others. */
async function models(): Promise<[file: string, text: string][]> {
  const folder = await temporaryFolder();
  const shard = encodeSafetensors(new Map([['w', float32([2, 2], [1, 2, 3, 4])]]), {});
  await writeFile(path.join(folder, 'a.safetensors'), Buffer.concat(shard));
  await writeFile(path.join(folder, 'b.bin'), new Uint8Array(11));
  const weights = [
    { name: 'k', shape: [2], dtype: 'float32' },
    { name: 'q', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
  ];
  const index = { metadata: { total_size: 16 }, weight_map: { w: 'a.safetensors', [HTML]: './a.safetensors' } };
  return [
    [path.join(folder, 'm.safetensors.index.json'), JSON.stringify(index)],
    [path.join(folder, 'model.json'), JSON.stringify({ weightsManifest: [{ paths: ['b.bin'], weights }] })],
  ];
}

describe('files of somebody who means harm', () => {
  it('are shown or refused with a short reason, over ten thousand of them', { timeout: 120_000 }, async () => {
    const seen = { opened: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), damage, async ([name, bytes], changes) => {
        const file = await openTensorBytes(damaged(bytes, changes), name).catch(onlyFormat);
        if (file === undefined) seen.refused++;
        else {
          seen.opened++;
          await lookThrough(file);
        }
      }),
      { numRuns: 10_400 },
    );
    // Neither is trivial: some damage leaves a file whole.
    expect(Math.min(seen.opened, seen.refused)).toBeGreaterThan(1000);
  });

  it('are so, too, where one names the others', { timeout: 120_000 }, async () => {
    const whole = await models();
    const seen = { opened: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...whole), damage, async ([name, text], changes) => {
        await writeFile(name, damaged(Buffer.from(text), changes));
        const file = await openTensorFile(name).catch(onlyFormat);
        if (file === undefined) seen.refused++;
        else {
          seen.opened++;
          await lookThrough(file).finally(() => closeTensorFile(file));
        }
      }),
      { numRuns: 1_500 },
    );
    // JSON forgives little.
    expect(Math.min(seen.opened, seen.refused)).toBeGreaterThan(20);
  });

  it('are so, too, as HDF5', { timeout: 120_000 }, async () => {
    const folder = path.join(import.meta.dirname, '../../fixtures/hdf5');
    const whole = await Promise.all(
      ['types.h5', 'latest.h5', 'legacy.h5', 'model.keras'].map(async (name) => readFile(path.join(folder, name))),
    );
    const seen = { opened: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...whole), damage, async (bytes, changes) => {
        const file = await openTensorBytes(new Uint8Array(damaged(bytes, changes)), 'a.h5').catch(onlyFormat);
        if (file === undefined) seen.refused++;
        else {
          seen.opened++;
          await lookThrough(file);
        }
      }),
      // Always the same ones: none may keep a test busy for ever, which only a thread can be kept from.
      { numRuns: 1_500, seed: 7 },
    );
    expect(Math.min(seen.opened, seen.refused)).toBeGreaterThan(20);
  });

  const headers: readonly (readonly [string, string, RegExp])[] = [
    ['a header without an end', '{"a":', /damaged/],
    ['nesting without an end', '{"a":'.repeat(100_000), /deeper than 32/],
    ['a name twice', `{"a":${entry()},"a":${entry()}}`, /a second time/],
    ['a negative size', `{"a":${entry({ shape: [-1] })}}`, /not a list of sizes/],
    ['a fraction of a size', `{"a":${entry({ shape: [0.5] })}}`, /not a list of sizes/],
    ['a size that overflows', `{"a":${entry({ shape: [2 ** 40, 2 ** 40] })}}`, /impossible shape/],
    [
      'sixty-five dimensions',
      `{"a":${entry({ shape: Array(65).fill(1) })},"b":${entry({ data_offsets: [4, 8] })}}`,
      /65 dimensions/,
    ],
    [
      'a name that no page could show',
      `{"${'n'.repeat(20_000)}":${entry()},"b":${entry({ data_offsets: [4, 8] })}}`,
      /20000 characters/,
    ],
    [
      'more lists than memory is worth',
      `{"a":[${`[${'[],'.repeat(999_999)}[]],`.repeat(2)}[]]}`,
      /more than 2000000 objects and lists/,
    ],
    ['more figures than memory is worth', `{"a":[${'0,'.repeat(1_000_000)}0]}`, /more than 1000000 members/],
    ['offsets that turn back', `{"a":${entry({ data_offsets: [4, 0] })}}`, /but -4/],
    ['a hole', `{"a":${entry({ data_offsets: [4, 8] })}}`, /hole of 4 bytes/],
    ['an overlap', `{"a":${entry()},"b":${entry()}}`, /overlaps/],
    ['too little data', `{"a":${entry({ shape: [3], data_offsets: [0, 12] })}}`, /4 bytes of data are missing/],
    ['too much data', `{"a":${entry()}}`, /4 bytes that belong to no tensor/],
    ['a type that is no name', `{"a":${entry({ dtype: HTML })}}`, /impossible type/],
    ['metadata that are no text', '{"__metadata__":{"a":{}}}', /are not text/],
    ['no object', '[1]', /does not begin with/],
  ];
  it.each(headers)('%s is refused, and says why', async (_, header, why) => {
    const text = Buffer.from(header);
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(text.length);
    const file = path.join(await temporaryFolder(), 'a.safetensors');
    await writeFile(file, Buffer.concat([prefix, text, new Uint8Array(8)]));
    await expect(openForTest(file)).rejects.toThrow(why);
  });

  it('whose metadata are long are shown in part', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`k${i}`, 'x'.repeat(900_000)]));
    const file = await openForTest(await writeSafetensors({}, metadata));
    const shown = Object.values(summarize(file).metadata).reduce((sum, text) => sum + text.length, 0);
    expect(shown).toBeLessThan(4_100_000);
    expect(Object.keys(summarize(file).metadata)).toHaveLength(12);
  });

  it('that announce a header of more than 100 MB take no memory for it', async () => {
    const file = path.join(await temporaryFolder(), 'a.safetensors');
    await writeFile(file, Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x7b]));
    await expect(openForTest(file)).rejects.toThrow('the limit is 100 MB');
    await writeFile(file, '');
    await expect(openForTest(file)).rejects.toThrow('is empty');
  });
});

function entry(change: object = {}): string {
  return JSON.stringify({ dtype: 'F32', shape: [1], data_offsets: [0, 4], ...change });
}
