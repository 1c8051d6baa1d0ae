import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { encodePng } from '../../../src/formats/png';
import { encodeEventRecord } from '../../../src/formats/tfevents';
import type { LogUpdate } from '../../../src/protocol/logs';
import { EventLogWriter } from '../../../src/runs/eventLog';
import { LogService } from '../../../src/runs/logService';
import { Receiver, scalarEvent } from './support/logEvents';
import { temporaryFolder, temporaryRun } from './support/runs';

let program = '';

beforeAll(async () => {
  const entryPoints = [path.join(import.meta.dirname, '../../../src/runs/worker.ts')];
  const result = await build({ entryPoints, bundle: true, platform: 'node', format: 'cjs', write: false });
  program = result.outputFiles[0]!.text;
});

async function startService(source = program) {
  const script = path.join(await temporaryFolder(), 'worker.cjs');
  await writeFile(script, source);
  const service = new LogService(script);
  onTestFinished(() => service.dispose());
  const updates: LogUpdate[] = [];
  const problems: string[] = [];
  const receiver = new Receiver();
  service.onUpdate((update) => {
    updates.push(update);
    receiver.receive(update);
  });
  service.onProblem((problem) => problems.push(problem));
  return { service, updates, receiver, problems };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 15_000) throw new Error('What was waited for did not happen within 15 s.');
    await sleep(5);
  }
}

const stepsOf = (receiver: Receiver) => (receiver.points.get('a') ?? []).map(([step]) => step);

describe('LogService', () => {
  it('follows a log on disk, also one that does not exist yet', async () => {
    const folder = path.join(await temporaryFolder(), 'later');
    const { service, receiver } = await startService();
    service.open(folder);
    await sleep(50);
    await mkdir(folder);
    const file = path.join(folder, 'events.out.tfevents.1.host');
    await writeFile(file, encodeEventRecord(scalarEvent('a', 1, 1)));
    await until(() => stepsOf(receiver).length === 1);
    await appendFile(file, encodeEventRecord(scalarEvent('a', 2, 2)));
    await until(() => stepsOf(receiver).length === 2);
  });

  it('shows live bytes without asking the disk, and takes a slice of a larger buffer', async () => {
    const run = await temporaryFolder();
    const head = encodeEventRecord(scalarEvent('a', 1, 1));
    const next = encodeEventRecord(scalarEvent('a', 2, 2));
    await writeFile(path.join(run, 'tfevents'), head);
    const { service, receiver } = await startService();
    service.open(run);
    await until(() => stepsOf(receiver).length === 1);
    const socket = Buffer.concat([Buffer.alloc(1000, 7), next, Buffer.alloc(1000, 7)]);
    service.feed(run, 'tfevents', head.length, socket.subarray(1000, 1000 + next.length));
    await until(() => stepsOf(receiver).length === 2);
    expect(socket.subarray(1000, 1000 + next.length)).toEqual(Buffer.from(next));
  });

  it('merges updates to at most twenty a second, and loses none', async () => {
    const run = await temporaryRun();
    const { service, updates, receiver } = await startService();
    const log = await EventLogWriter.open(run, { onAppend: (...bytes) => service.feed(run.path, ...bytes) });
    service.open(run.path);
    await service.snapshot(run.path);
    const before = performance.now();
    for (let step = 1; step <= 300; step++) {
      log.scalar('a', step, step);
      await log.flush();
      await sleep(2);
    }
    await until(() => stepsOf(receiver).length === 300);
    const seconds = (performance.now() - before) / 1000;
    expect(updates.length).toBeGreaterThan(2);
    expect(updates.length).toBeLessThan(20 * seconds + 3);
    await log.close();
  });

  it('says nothing twice: updates continue the snapshot with which a log was opened', async () => {
    const run = await temporaryFolder();
    const file = path.join(run, 'tfevents');
    await writeFile(file, Buffer.concat([1, 2, 3].map((step) => encodeEventRecord(scalarEvent('a', step, step)))));
    const { service, updates, receiver } = await startService();
    service.open(run);
    receiver.receive(await service.snapshot(run));
    expect(stepsOf(receiver)).toEqual([1, 2, 3]);
    await appendFile(file, encodeEventRecord(scalarEvent('a', 4, 4)));
    await until(() => stepsOf(receiver).length === 4);
    expect(updates.map(({ scalars }) => scalars.map(({ start }) => start))).toEqual([[3]]);
  });

  it('tells those who have an earlier snapshot what a later one holds beyond it', async () => {
    const run = await temporaryFolder();
    const file = path.join(run, 'tfevents');
    await writeFile(file, encodeEventRecord(scalarEvent('a', 1, 1)));
    const { service, receiver } = await startService();
    service.open(run);
    receiver.receive(await service.snapshot(run));
    await appendFile(file, encodeEventRecord(scalarEvent('a', 2, 2)));
    const later = await service.snapshot(run);
    expect(later.scalars[0]?.steps).toEqual(Float64Array.of(1, 2));
    expect(stepsOf(receiver)).toEqual([1, 2]);
  });

  it('says thousands of series in several messages, each of them whole and once', async () => {
    const run = await temporaryFolder();
    const tags = Array.from({ length: 2_500 }, (_, i) => `latent/kl/${i}`);
    const events = tags.flatMap((tag) => [scalarEvent(tag, 1, 1), scalarEvent(tag, 2, 2)]);
    await writeFile(path.join(run, 'tfevents'), Buffer.concat(events.map(encodeEventRecord)));
    const { service, updates, receiver } = await startService();
    service.open(run);
    const first = await service.snapshot(run);
    receiver.receive(first);
    await until(() => receiver.points.size === tags.length);
    const sizes = [first, ...updates].map(({ scalars }) => scalars.length);
    expect(sizes).toEqual([1_000, 1_000, 500]);
    expect([...receiver.points.values()].every((points) => points.length === 2)).toBe(true);
    await appendFile(path.join(run, 'tfevents'), encodeEventRecord(scalarEvent(tags[2_400]!, 3, 3)));
    await until(() => receiver.points.get(tags[2_400]!)!.length === 3);
    expect(updates.at(-1)!.scalars.map(({ start }) => start)).toEqual([2]);
  });

  it('gives one tag alone to who wants no other', async () => {
    const run = await temporaryFolder();
    const log = Buffer.concat(['a', 'b'].map((tag) => encodeEventRecord(scalarEvent(tag, 1, 1))));
    await writeFile(path.join(run, 'tfevents'), log);
    const { service, updates, receiver } = await startService();
    service.open(run);
    expect((await service.snapshot(run, 'b')).scalars.map(({ tag }) => tag)).toEqual(['b']);
    expect((await service.snapshot(run, 'none')).scalars).toEqual([]);
    receiver.receive(await service.snapshot(run));
    expect([...receiver.points.keys()]).toEqual(['a', 'b']);
    expect(updates.length).toBeLessThanOrEqual(1);
  });

  it('drops results in flight when a run is closed, even if it is opened again', async () => {
    const prompt = `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ type, run, opening }) => {
        const update = { run, scalars: [], images: [], histograms: [], tensors: [], problems: [String(opening)] };
        if (type === 'open') parentPort.postMessage({ type: 'update', opening, update });
      });`;
    const { service, updates } = await startService(prompt);
    service.open('/run');
    service.close('/run');
    service.open('/run');
    await until(() => updates.length > 0);
    expect(updates.map(({ problems }) => problems)).toEqual([['2']]);
  });

  it('answers with images, histograms and the whole log', async () => {
    const run = await temporaryRun();
    const log = await EventLogWriter.open(run);
    const png = encodePng({ width: 2, height: 2, channels: 1, data: new Uint8Array(4) });
    log.image('samples', 5, png, 2, 2);
    log.histogram('weights/w', 5, Float32Array.of(1, 2));
    log.tensor('plane', 5, [1, 2], Float32Array.of(3, 4));
    log.scalar('a', 5, 0.25);
    await log.close();
    const { service } = await startService();
    service.open(run.path);
    const whole = await service.snapshot(run.path);
    expect(whole.scalars).toMatchObject([{ tag: 'a', start: 0, values: Float64Array.of(0.25) }]);
    expect(whole.images).toEqual([{ tag: 'samples', steps: Float64Array.of(5) }]);
    const image = await service.image(run.path, 'samples', 5);
    expect(Buffer.from(image!.bytes)).toEqual(Buffer.from(png));
    expect(image!.bytes.byteLength).toBe(image!.bytes.buffer.byteLength);
    expect(await service.image(run.path, 'samples', 6)).toBeNull();
    expect(await service.histograms(run.path, 'weights/w', 0)).toMatchObject([{ step: 5 }]);
    expect(await service.tensor(run.path, 'plane', 5)).toEqual({
      step: 5,
      shape: [1, 2],
      values: Float32Array.of(3, 4),
    });
    expect(await service.tensor(run.path, 'plane', 6)).toBeNull();
    const controller = new AbortController();
    const unwanted = service.histograms(run.path, 'weights/w', 0, controller.signal);
    controller.abort();
    await expect(unwanted).rejects.toThrow('aborted');
    await expect(service.histograms(run.path, 'weights/w', 0, controller.signal)).rejects.toThrow('aborted');
    expect(await service.histograms(run.path, 'weights/w', 6)).toEqual([]);
  });

  it('rejects questions about a run that is not open', async () => {
    const { service } = await startService();
    await expect(service.snapshot('/nowhere')).rejects.toThrow(/not open/);
  });

  it('sends nothing more of a run that was closed', async () => {
    const run = await temporaryFolder();
    const file = path.join(run, 'tfevents');
    await writeFile(file, encodeEventRecord(scalarEvent('a', 1, 1)));
    const { service, updates, receiver } = await startService();
    service.open(run);
    await until(() => stepsOf(receiver).length === 1);
    service.close(run);
    const count = updates.length;
    await appendFile(file, encodeEventRecord(scalarEvent('a', 2, 2)));
    await sleep(300);
    expect(updates.length).toBe(count);
  });

  it('restarts its worker after a crash, rejects pending requests, and reads the open runs again', async () => {
    const run = await temporaryFolder();
    await writeFile(path.join(run, 'tfevents'), encodeEventRecord(scalarEvent('a', 1, 1)));
    const dies = `require('node:worker_threads').parentPort.on('message', (m) => { if (m.tag === 'die') process.exit(3); });`;
    const { service, updates, receiver, problems } = await startService(`${program}\n${dies}`);
    service.open(run);
    await until(() => stepsOf(receiver).length === 1);
    const count = updates.length;
    await expect(service.image(run, 'die', 1)).rejects.toThrow(/log service ended: it exited with code 3/);
    await until(() => updates.length > count);
    expect(updates.at(-1)!.scalars).toMatchObject([{ tag: 'a', start: 0 }]);
    expect(problems.length).toBe(1);
  });

  it('gives up on a worker that always fails, and rejects instead of hanging', async () => {
    const { service, problems } = await startService('throw new Error("broken");');
    service.open('/nowhere');
    await until(() => problems.length === 6);
    expect(problems.at(-1)).toMatch(/broken.*not started again/);
    await expect(service.snapshot('/nowhere')).rejects.toThrow(/is not running/);
  });

  it('rejects what waits when it is disposed', async () => {
    const { service } = await startService();
    const answer = service.snapshot(await temporaryFolder());
    service.dispose();
    await expect(answer).rejects.toThrow(/closed/);
  });
});
