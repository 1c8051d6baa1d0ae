import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/formats/png';
import { encodeEventRecord, type WritableEvent } from '../../../src/formats/tfevents';
import { EventLogWriter } from '../../../src/runs/eventLog';
import { RunLogReader } from '../../../src/runs/logReader';
import { anyLog, expectedPoints, Receiver, scalarEvent, tensorRecord } from './support/logEvents';
import { temporaryFolder, temporaryRun } from './support/runs';

const NAME = 'events.out.tfevents.1700000000.host';
const encode = (events: readonly WritableEvent[]): Buffer => Buffer.concat(events.map(encodeEventRecord));
const ascending = (from: number, to: number): WritableEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => scalarEvent('a', from + index, from + index));

async function update(reader: RunLogReader, receiver: Receiver): Promise<void> {
  await reader.refresh();
  receiver.receive(reader.take());
}
const stepsOf = (receiver: Receiver, tag = 'a') => (receiver.points.get(tag) ?? []).map(([step]) => step);

describe('RunLogReader', () => {
  it('reads files in the order of their names, and on as they grow', async () => {
    const run = await temporaryFolder();
    await writeFile(path.join(run, `${NAME}.2`), encode([scalarEvent('a', 3, 30)]));
    await writeFile(path.join(run, `${NAME}.1`), encode(ascending(1, 4)));
    const reader = new RunLogReader(run);
    const receiver = new Receiver();
    await update(reader, receiver);
    expect(receiver.points.get('a')).toEqual([
      [1, 1],
      [2, 2],
      [3, 30],
    ]);
    await appendFile(path.join(run, `${NAME}.2`), encode([scalarEvent('a', 4, 40)]));
    await update(reader, receiver);
    expect(receiver.points.get('a')).toEqual([
      [1, 1],
      [2, 2],
      [3, 30],
      [4, 40],
    ]);
  });

  it('waits for the rest of a torn record', async () => {
    const run = await temporaryFolder();
    const bytes = encode(ascending(1, 2));
    await writeFile(path.join(run, NAME), bytes.subarray(0, bytes.length - 3));
    const reader = new RunLogReader(run);
    const receiver = new Receiver();
    await update(reader, receiver);
    expect(stepsOf(receiver)).toEqual([1]);
    await appendFile(path.join(run, NAME), bytes.subarray(bytes.length - 3));
    await update(reader, receiver);
    expect(stepsOf(receiver)).toEqual([1, 2]);
    expect(receiver.problems).toEqual([]);
  });

  it('soon leaves a huge file that holds no records, keeps what came before, and takes no memory for it', async () => {
    const run = await temporaryFolder();
    const bytes = encode(ascending(1, 2));
    await writeFile(path.join(run, NAME), bytes);
    await truncate(path.join(run, NAME), 8 * 2 ** 30);
    const reader = new RunLogReader(run);
    const receiver = new Receiver();
    const before = process.memoryUsage().arrayBuffers;
    await update(reader, receiver);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 2 ** 20);
    expect(stepsOf(receiver)).toEqual([1, 2]);
    expect(receiver.problems[0]).toContain(
      `the record at byte ${bytes.length} is not followed by an intact one for 32 MiB`,
    );
    // Nor is it read on as it grows, or fed.
    await truncate(path.join(run, NAME), 9 * 2 ** 30);
    await update(reader, receiver);
    expect(reader.feed(NAME, 9 * 2 ** 30, bytes)).toBe(true);
    expect(stepsOf(receiver)).toEqual([1, 2]);
  });

  it('skips a damaged record and says where', async () => {
    const run = await temporaryFolder();
    const bytes = encode(ascending(1, 3));
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    await writeFile(path.join(run, NAME), bytes);
    const receiver = new Receiver();
    await update(new RunLogReader(run), receiver);
    expect(stepsOf(receiver)).toEqual([1, 3]);
    expect(receiver.problems).toEqual([expect.stringContaining(`${NAME}: the record at byte ${bytes.length / 3}`)]);
  });

  it('shows the files on disk after one was truncated, replaced, removed or inserted before the others', async () => {
    const run = await temporaryFolder();
    const file = path.join(run, NAME);
    const reader = new RunLogReader(run);
    const receiver = new Receiver();
    await writeFile(file, encode(ascending(1, 10)));
    await update(reader, receiver);
    await truncate(file, encode(ascending(1, 4)).length);
    await update(reader, receiver);
    expect(stepsOf(receiver)).toEqual([1, 2, 3, 4]);
    await writeFile(`${file}.new`, encode(ascending(7, 19)));
    await rename(`${file}.new`, file);
    await update(reader, receiver);
    expect(stepsOf(receiver)[0]).toBe(7);
    await writeFile(path.join(run, 'events.out.tfevents.1600000000.host'), encode(ascending(1, 9)));
    await update(reader, receiver);
    expect(stepsOf(receiver)).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
    await rm(file);
    await update(reader, receiver);
    expect(stepsOf(receiver)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('keeps what it has while the folder cannot be read, and says so', async () => {
    const run = path.join(await temporaryFolder(), 'run');
    await mkdir(run);
    await writeFile(path.join(run, NAME), encode(ascending(1, 2)));
    const reader = new RunLogReader(run);
    const receiver = new Receiver();
    await update(reader, receiver);
    await rename(run, `${run}.away`);
    await update(reader, receiver);
    expect(stepsOf(receiver)).toEqual([1, 2]);
    expect(receiver.problems).toEqual([expect.stringMatching(/folder cannot be read/)]);
    await rename(`${run}.away`, run);
    await update(reader, receiver);
    expect(receiver.problems).toEqual([]);
  });

  it('reads no link out of the folder and waits for no pipe', async () => {
    const run = await temporaryFolder();
    const outside = path.join(await temporaryFolder(), 'secret');
    await writeFile(outside, encode(ascending(1, 3)));
    await symlink(outside, path.join(run, `${NAME}.link`));
    execFileSync('mkfifo', [path.join(run, `${NAME}.pipe`)]);
    await mkdir(path.join(run, `${NAME}.folder`));
    await writeFile(path.join(run, `${NAME}.z`), encode([scalarEvent('b', 1, 1)]));
    const receiver = new Receiver();
    await update(new RunLogReader(run), receiver);
    expect([...receiver.points.keys()]).toEqual(['b']);
    expect(receiver.problems.join()).toMatch(/link is not a regular file/);
  });

  it('reads nothing of a folder that is a link', async () => {
    const outside = await temporaryFolder();
    await writeFile(path.join(outside, NAME), encode(ascending(1, 3)));
    const link = path.join(await temporaryFolder(), 'run');
    await symlink(outside, link);
    const receiver = new Receiver();
    await update(new RunLogReader(link), receiver);
    expect([...receiver.points.keys()]).toEqual([]);
    expect(receiver.problems.join()).toMatch(/it is a link, which is not followed/);
  });

  it('takes live bytes that continue what was read, and no others', async () => {
    const run = await temporaryFolder();
    const [head, next, last] = [ascending(1, 2), ascending(3, 3), ascending(4, 4)].map(encode) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    await writeFile(path.join(run, NAME), head);
    const reader = new RunLogReader(run);
    const receiver = new Receiver();
    expect(reader.feed(NAME, 0, head)).toBe(false);
    await update(reader, receiver);
    expect(reader.feed(NAME, head.length + next.length, last)).toBe(false);
    expect(reader.feed('events.out.tfevents.other', 0, next)).toBe(false);
    expect(reader.feed(NAME, head.length, next)).toBe(true);
    expect(reader.feed(NAME, head.length, next)).toBe(true);
    receiver.receive(reader.take());
    expect(stepsOf(receiver)).toEqual([1, 2, 3]);
    await appendFile(path.join(run, NAME), Buffer.concat([next, last]));
    await update(reader, receiver);
    expect(stepsOf(receiver)).toEqual([1, 2, 3, 4]);
    expect(receiver.problems).toEqual([]);
  });

  it('holds live bytes that come while the disk is read, and takes them then', async () => {
    const run = await temporaryFolder();
    const [head, next] = [ascending(1, 2), ascending(3, 3)].map(encode) as [Buffer, Buffer];
    await writeFile(path.join(run, NAME), head);
    const reader = new RunLogReader(run);
    const receiver = new Receiver();
    const reading = reader.refresh();
    expect(reader.feed(NAME, head.length, next)).toBe(true);
    await reading;
    receiver.receive(reader.take());
    expect(stepsOf(receiver)).toEqual([1, 2, 3]);
  });

  it('shows the same whether bytes come from the socket, from disk or from both in any order', async () => {
    const cuts = fc.array(
      fc.record({ size: fc.integer({ min: 1, max: 300 }), live: fc.boolean(), look: fc.boolean() }),
      {
        minLength: 30,
        maxLength: 60,
      },
    );
    await fc.assert(
      fc.asyncProperty(anyLog, cuts, async (log, pieces) => {
        const run = await temporaryFolder();
        const file = path.join(run, NAME);
        const bytes = encode(log);
        const reader = new RunLogReader(run);
        const receiver = new Receiver();
        await writeFile(file, '');
        await update(reader, receiver);
        for (let at = 0, index = 0; at < bytes.length; index++) {
          const { size, live, look } = pieces[index % pieces.length]!;
          const piece = bytes.subarray(at, at + size);
          await appendFile(file, piece);
          // Also in the middle of a look at the disk, which may find the same bytes.
          const looking = look ? reader.refresh() : undefined;
          if (live) reader.feed(NAME, at, piece);
          await looking;
          if (look) receiver.receive(reader.take());
          at += size;
        }
        await update(reader, receiver);
        const expected = [...expectedPoints(log)].filter(([, points]) => points.length > 0);
        expect([...receiver.points].filter(([, points]) => points.length > 0).sort()).toEqual(expected.sort());
      }),
      { numRuns: 40 },
    );
  });

  it('finds each image and histogram again on disk, the newest where a step was logged twice', async () => {
    const run = await temporaryRun();
    const image = (shade: number) =>
      encodePng({ width: 40, height: 30, channels: 1, data: new Uint8Array(1200).fill(shade) });
    const log = async (from: number, to: number, step: number | undefined, shade: number) => {
      const writer = await EventLogWriter.open(run, { step });
      for (let at = from; at <= to; at++) {
        writer.image('samples', at, image(at + shade), 40, 30);
        writer.histogram('weights/w', at, Float32Array.of(at + shade, at + shade + 1));
        writer.scalar('a', at, at);
      }
      await writer.close();
    };
    await log(1, 6, undefined, 0);
    await log(4, 8, 3, 100);
    const reader = new RunLogReader(run.path);
    const receiver = new Receiver();
    await update(reader, receiver);
    expect(receiver.located.images.get('samples')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (let step = 1; step <= 8; step++) {
      const found = await reader.image('samples', step);
      expect(found).toMatchObject({ step, width: 40, height: 30 });
      expect(Buffer.from(found!.bytes)).toEqual(Buffer.from(image(step <= 3 ? step : step + 100)));
    }
    const histograms = await reader.histograms('weights/w');
    expect(histograms.map(({ step, limits }) => [step, limits[0]])).toEqual(
      [1, 2, 3, 104, 105, 106, 107, 108].map((least, index) => [index + 1, least]),
    );
    expect(await reader.image('samples', 9)).toBeNull();
    expect(await reader.image('nothing', 1)).toBeNull();
    expect(await reader.histograms('nothing')).toEqual([]);
    expect((await reader.histograms('weights/w', 7)).map(({ step }) => step)).toEqual([7, 8]);
  });

  it('finds each tensor again with its shape, and drops those that a resume repeats', async () => {
    const run = await temporaryRun();
    const log = async (from: number, to: number, step: number | undefined, offset: number) => {
      const writer = await EventLogWriter.open(run, { step });
      for (let at = from; at <= to; at++) {
        writer.tensor('plane', at, [2, 1, 2], Float32Array.of(at + offset, NaN, -1, 2));
        writer.tensor('empty', at, [0, 2], new Float32Array(0));
      }
      await writer.close();
    };
    await log(1, 5, undefined, 0);
    await log(4, 6, 3, 100);
    const reader = new RunLogReader(run.path);
    const receiver = new Receiver();
    await update(reader, receiver);
    expect(Object.fromEntries(receiver.located.tensors)).toEqual({
      plane: [1, 2, 3, 4, 5, 6],
      empty: [1, 2, 3, 4, 5, 6],
    });
    for (let step = 1; step <= 6; step++) {
      const values = Float32Array.of(step <= 3 ? step : step + 100, NaN, -1, 2);
      expect(await reader.tensor('plane', step)).toEqual({ step, shape: [2, 1, 2], values });
    }
    expect(await reader.tensor('empty', 2)).toEqual({ step: 2, shape: [0, 2], values: new Float32Array(0) });
    expect(await reader.tensor('plane', 7)).toBeNull();
    expect(await reader.tensor('nothing', 1)).toBeNull();
  });

  it('thins many histograms evenly, keeping the newest, and limits their buckets', async () => {
    const run = await temporaryRun();
    const limits = Float64Array.from({ length: 3001 }, (_, i) => i);
    const events = Array.from({ length: 1001 }, (_, step): WritableEvent => {
      const wide = step === 1000;
      const counts = new Float64Array(wide ? 3000 : 1).fill(1);
      const value = {
        limits: wide ? limits : limits.slice(0, 2),
        counts,
        min: 0,
        max: wide ? 3000 : 1,
        sum: 0,
        sumSquares: 0,
      };
      return {
        wallTime: 1,
        step,
        kind: 'summary',
        values: [{ kind: 'histogram', tag: 'h', ...value, count: counts.length }],
      };
    });
    await writeFile(path.join(run.path, 'tfevents.1'), Buffer.concat(events.map(encodeEventRecord)));
    const reader = new RunLogReader(run.path);
    await reader.refresh();
    const all = await reader.histograms('h');
    expect(all.map(({ step }) => step)).toEqual(Array.from({ length: 334 }, (_, i) => 1 + 3 * i));
    const { limits: merged, counts } = all.at(-1)!;
    expect([counts.length, merged.length, merged[0], merged[1], merged.at(-1)]).toEqual([500, 501, 0, 6, 3000]);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(3000);
  });

  it('stops reading histograms whose request was cancelled', async () => {
    const run = await temporaryRun();
    const writer = await EventLogWriter.open(run);
    writer.histogram('h', 1, Float32Array.of(1, 2));
    await writer.close();
    const reader = new RunLogReader(run.path);
    await reader.refresh();
    const controller = new AbortController();
    const reading = reader.histograms('h', 0, controller.signal);
    controller.abort();
    await expect(reading).rejects.toThrow('aborted');
  });

  it('omits tensors that cannot be drawn, and keeps the rest of their record', async () => {
    const run = await temporaryRun();
    const scalar = (tag: string): WritableEvent => ({
      wallTime: 1,
      step: 1,
      kind: 'summary',
      values: [{ kind: 'scalar', tag, value: 1 }],
    });
    await writeFile(
      path.join(run.path, 'tfevents.1'),
      Buffer.concat([
        encodeEventRecord(scalar('before')),
        ...[
          // A million elements from one; a shape that the content does not fit; a shape of 2^63; a type that is no number.
          [1, [1024, 1024], 'repeated'],
          [1, [3, 3], 'content'],
          [1, [2 ** 40, 2 ** 40], 'repeated'],
          [8, [2], 'content'],
        ].map((tensor) => tensorRecord('hostile', ...(tensor as [number, number[], 'repeated' | 'content']))),
        encodeEventRecord(scalar('after')),
      ]),
    );
    const reader = new RunLogReader(run.path);
    const receiver = new Receiver();
    await update(reader, receiver);
    expect([...receiver.points.keys()]).toEqual(['before', 'beside', 'after']);
    expect(receiver.points.get('beside')).toEqual([[4, 1]]);
    expect(receiver.located.tensors.size).toBe(0);
    expect(receiver.problems).toEqual([]);
  });
});
