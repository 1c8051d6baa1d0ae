import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/formats/png';
import { EventStreamDecoder, type LogEvent } from '../../../src/formats/tfevents';
import { EventLogWriter } from '../../../src/runs/eventLog';
import { nodeFiles } from '../../../src/runs/files';
import { failingFiles } from './support/failingFiles';
import { temporaryRun } from './support/runs';

function decode(bytes: Uint8Array): LogEvent[] {
  const decoder = new EventStreamDecoder();
  decoder.push(bytes);
  expect(decoder.problems).toEqual([]);
  expect(decoder.offset).toBe(bytes.length);
  return decoder.events();
}

describe('EventLogWriter', () => {
  it('writes what it is told, in order, after the version and the start', async () => {
    const run = await temporaryRun();
    const log = await EventLogWriter.open(run);
    const png = encodePng({ width: 3, height: 2, channels: 3, data: new Uint8Array(18) });
    log.scalars(1, { 'train/kl': 0.5, 'train/negative_elbo': NaN });
    log.scalar('test/kl', 1, -Infinity);
    log.image('samples', 1, png, 3, 2);
    log.histogram('weights/w', 1, Float32Array.of(1, 2, 2, NaN));
    log.tensor('plane', 1, [1, 2], Float32Array.of(9, 1, -2).subarray(1));
    await log.close();
    const events = decode(await readFile(path.join(run.path, log.file)));
    expect(events.map((event) => event.kind)).toEqual([
      'fileVersion',
      'sessionStart',
      ...['summary', 'summary', 'summary', 'summary', 'summary'],
    ]);
    const values = events.flatMap((event) => (event.kind === 'summary' ? event.values : []));
    expect(values).toMatchObject([
      { kind: 'scalar', tag: 'train/kl', value: 0.5 },
      { kind: 'scalar', tag: 'train/negative_elbo', value: NaN },
      { kind: 'scalar', tag: 'test/kl', value: -Infinity },
      { kind: 'image', tag: 'samples', width: 3, height: 2, colorspace: 3, mime: 'image/png' },
      { kind: 'histogram', tag: 'weights/w', count: 3, min: 1, max: 2 },
      { kind: 'tensor', tag: 'plane', plugin: 'latent_studio', shape: [1, 2], values: Float32Array.of(1, -2) },
    ]);
    for (const event of events) expect(Math.abs(event.wallTime - Date.now() / 1000)).toBeLessThan(60);
  });

  it('announces exactly the bytes that were appended, where they are', async () => {
    const run = await temporaryRun();
    const announced: Uint8Array[] = [];
    const files = new Set<string>();
    let end = 0;
    const log = await EventLogWriter.open(run, {
      onAppend: (file, offset, bytes) => {
        files.add(file);
        expect(offset).toBe(end);
        end += bytes.length;
        announced.push(bytes.slice());
      },
    });
    for (let step = 1; step <= 5; step++) {
      log.scalar('x', step, step);
      if (step % 2 === 0) await log.flush();
    }
    await log.close();
    expect(Buffer.concat(announced)).toEqual(await readFile(path.join(run.path, log.file)));
    expect([...files]).toEqual([log.file]);
    expect(log.size).toBe(end);
    expect(announced.length).toBe(4);
  });

  it('appends automatically within about a second', async () => {
    const run = await temporaryRun();
    const log = await EventLogWriter.open(run);
    const before = log.size;
    log.scalar('x', 1, 1);
    expect(log.size).toBe(before);
    await sleep(1500);
    expect(log.size).toBeGreaterThan(before);
    await log.close();
  });

  it('says SessionLog.START one step after the checkpoint, in a file of later name', async () => {
    const run = await temporaryRun();
    const first = await EventLogWriter.open(run);
    await first.close();
    const second = await EventLogWriter.open(run, { step: 50 });
    await second.close();
    const third = await EventLogWriter.open(run);
    await third.close();
    expect([first.file, second.file, third.file].sort()).toEqual([first.file, second.file, third.file]);
    const starts = async (log: EventLogWriter) =>
      decode(await readFile(path.join(run.path, log.file)))
        .filter((event) => event.kind === 'sessionStart')
        .map((event) => event.step);
    expect(await starts(first)).toEqual([0]);
    expect(await starts(second)).toEqual([51]);
    expect(await starts(third)).toEqual([0]);
  });

  it('gets a later name than a file from the future, and refuses when no name is later', async () => {
    const run = await temporaryRun();
    await writeFile(path.join(run.path, 'events.out.tfevents.5000000000.zebra.1.0'), '');
    const log = await EventLogWriter.open(run);
    await log.close();
    expect(log.file).toMatch(/^events\.out\.tfevents\.5000000001\./);
    await writeFile(path.join(run.path, 'x.tfevents'), '');
    await expect(EventLogWriter.open(run)).rejects.toThrow(/Rename it or move it/);
  });

  it('never appends to a file that is there', async () => {
    const run = await temporaryRun();
    const logs = await Promise.all([EventLogWriter.open(run), EventLogWriter.open(run)]);
    await Promise.all(logs.map((log) => log.close()));
    expect(new Set(logs.map((log) => log.file)).size).toBe(2);
  });

  it('fails clearly and for good once the disk is full, and keeps what was acknowledged without a torn end', async () => {
    const run = await temporaryRun();
    const opening = failingFiles();
    await (await EventLogWriter.open(run, { files: opening })).close();
    // create, write and sync of the head, the folder; then the first flush is written, the second takes half.
    const at = opening.operations.indexOf('syncFolder') + 2;
    const log = await EventLogWriter.open(run, { step: 1, files: failingFiles({ at, code: 'ENOSPC', short: true }) });
    log.scalar('x', 2, 2);
    await log.flush();
    const acknowledged = log.size;
    log.scalar('x', 3, 3);
    await expect(log.flush()).rejects.toMatchObject({ code: 'ENOSPC', path: path.join(run.path, log.file) });
    expect(() => log.scalar('x', 4, 4)).toThrow(/event log .* could not be written: ENOSPC/);
    await expect(log.sync()).rejects.toThrow(/ENOSPC/);
    await expect(log.close()).rejects.toThrow(/ENOSPC/);
    const bytes = await readFile(path.join(run.path, log.file));
    expect(bytes.length).toBe(acknowledged);
    expect(decode(bytes).at(-1)).toMatchObject({ step: 2 });
  });

  it('throws at the next call when writing failed in the background', async () => {
    const run = await temporaryRun();
    let broken = false;
    const log = await EventLogWriter.open(run, {
      files: {
        ...nodeFiles,
        async create(path) {
          const file = await nodeFiles.create(path);
          return { ...file, write: (bytes) => (broken ? Promise.reject(new Error('EIO')) : file.write(bytes)) };
        },
      },
    });
    broken = true;
    log.scalar('x', 1, 1);
    await sleep(1300);
    expect(() => log.scalar('x', 2, 2)).toThrow(/EIO/);
    await log.close().catch(() => undefined);
  });

  it('resolves sync only after what was logged before is on disk', async () => {
    const run = await temporaryRun();
    const files = failingFiles();
    const log = await EventLogWriter.open(run, { files });
    files.operations.length = 0;
    log.scalar('x', 1, 1);
    await log.sync();
    expect(files.operations).toEqual(['write', 'sync']);
    await log.close();
    expect((await readdir(run.path)).filter((name) => name.includes('tmp-'))).toEqual([]);
  });
});
