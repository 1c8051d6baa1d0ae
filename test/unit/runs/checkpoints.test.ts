import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, rm, rmdir, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { branchRun } from '../../../src/runs/branch';
import { encodeCheckpoint } from '../../../src/runs/checkpointFile';
import { checkpointFileName, CheckpointStore, readCheckpoint, readCheckpointHead } from '../../../src/runs/checkpoints';
import { createRun, RunDirectory } from '../../../src/runs/directory';
import { inspectLock, RunLock } from '../../../src/runs/lock';
import { checkpointAt } from './support/checkpoints';
import { failingFiles, type Fault } from './support/failingFiles';
import { temporaryFolder, temporaryRun, vae } from './support/runs';

const rule = (changes: Record<string, unknown> = {}) => vae({ checkpoints: changes }).checkpoints;
const steps = async (store: CheckpointStore) => (await store.list()).map((info) => info.step);

async function withCheckpoints(...written: number[]): Promise<{ run: RunDirectory; store: CheckpointStore }> {
  const run = await temporaryRun();
  const store = new CheckpointStore(run, rule({ keepLast: 100 }));
  for (const step of written) await store.write(checkpointAt(step));
  return { run, store };
}

describe('CheckpointStore', () => {
  it('gives back what was written, bit for bit', async () => {
    const { store } = await withCheckpoints();
    const written = checkpointAt(4690);
    const file = await store.write(written);
    expect(file).toBe('step-00004690.safetensors');
    const read = await store.read(file);
    expect(new Map(read.tensors)).toEqual(new Map(written.tensors));
    expect(Object.is((read.tensors.get('decoder.bias')!.data as Float32Array)[1], -0)).toBe(true);
    expect({ ...read, tensors: undefined }).toEqual({ ...written, tensors: undefined });
  });

  it('tells what a checkpoint holds without reading its tensors', async () => {
    const { store } = await withCheckpoints(10);
    const [info] = await store.list();
    expect(info).toMatchObject({ step: 10, seed: 2 ** 32 - 1, metrics: { broken: NaN }, file: checkpointFileName(10) });
  });

  it('finds the newest that reads whole, and none of another run', async () => {
    const { run, store } = await withCheckpoints(10, 20);
    await store.write({ ...checkpointAt(30), runId: 'f'.repeat(32) });
    const { runId } = checkpointAt(10);
    expect((await store.newestWhole(runId))?.file).toBe(checkpointFileName(20));
    const newest = path.join(run.checkpointsPath, checkpointFileName(20));
    const bytes = await readFile(newest);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(newest, bytes);
    expect((await store.newestWhole(runId))?.checkpoint.step).toBe(10);
    await rm(path.join(run.checkpointsPath, checkpointFileName(10)));
    expect(await store.newestWhole(runId)).toBeUndefined();
  });

  it('finds the newest by its header, skipping files that are not checkpoints of this run', async () => {
    const { run, store } = await withCheckpoints(10, 20);
    const { runId } = checkpointAt(10);
    await store.write({ ...checkpointAt(30), runId: 'f'.repeat(32) });
    await writeFile(path.join(run.checkpointsPath, checkpointFileName(1e9)), 'not a checkpoint');
    expect((await store.newest(runId))?.step).toBe(20);
    expect(await store.newest('e'.repeat(32))).toBeUndefined();
  });

  it('reports what is wrong with a file in one sentence', async () => {
    const { run } = await withCheckpoints();
    await expect(readCheckpoint(run.checkpointsPath)).rejects.toThrow(/[^.]\.$/);
    await expect(readCheckpoint(path.join(run.path, 'none'))).rejects.toThrow(/cannot be used: it does not exist\.$/);
  });

  it('lists no file that is truncated, and reads none that is damaged where only the checksum can tell', async () => {
    const { run, store } = await withCheckpoints(10, 20, 30);
    const cut = path.join(run.checkpointsPath, checkpointFileName(30));
    await truncate(cut, (await readFile(cut)).length - 1);
    const flipped = path.join(run.checkpointsPath, checkpointFileName(20));
    const bytes = await readFile(flipped);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(flipped, bytes);
    expect(await steps(store)).toEqual([10, 20]);
    await expect(store.read(checkpointFileName(20))).rejects.toThrow(/damaged \(the checksum differs\)/);
    expect((await store.read(checkpointFileName(10))).step).toBe(10);
  });

  it('lists nothing where there is no folder', async () => {
    const { run, store } = await withCheckpoints();
    await rmdir(run.checkpointsPath);
    expect(await store.list()).toEqual([]);
  });

  it('removes only its own run’s whole checkpoints, whatever else lies in the folder', async () => {
    const run = await temporaryRun();
    const folder = run.checkpointsPath;
    const store = new CheckpointStore(run, rule({ keepLast: 1 }));
    await store.write(checkpointAt(1));
    await writeFile(path.join(folder, 'step-00000002.safetensors'), 'no checkpoint');
    await mkdir(path.join(folder, 'step-00000003.safetensors'));
    await writeFile(path.join(folder, 'notes.txt'), 'mine');
    await copyFile(path.join(folder, checkpointFileName(1)), path.join(folder, 'best.safetensors'));
    await copyFile(path.join(folder, checkpointFileName(1)), path.join(folder, checkpointFileName(4)));
    await symlink(path.join(folder, 'best.safetensors'), path.join(folder, checkpointFileName(5)));
    execFileSync('mkfifo', [path.join(folder, checkpointFileName(6))]);
    await new CheckpointStore(run, rule({ keepLast: 100 })).write(checkpointAt(7, { runId: 'f'.repeat(32) }));
    await store.write(checkpointAt(8));
    expect((await readdir(folder)).sort()).toEqual(
      ['best.safetensors', 'notes.txt', ...[2, 3, 4, 5, 6, 7, 8].map(checkpointFileName)].sort(),
    );
  });

  it('keeps what a person asked for through later checkpoints, a copied folder and another process', async () => {
    const { run } = await withCheckpoints();
    const settings = rule({ keepLast: 1 });
    const store = new CheckpointStore(run, settings);
    await store.write(checkpointAt(10));
    await store.write(checkpointAt(20, { requested: true }));
    await store.write(checkpointAt(30));
    expect(await steps(store)).toEqual([20, 30]);
    const copied = path.join(await temporaryFolder(), 'copy');
    await cp(run.path, copied, { recursive: true });
    const copy = new CheckpointStore(await RunDirectory.open(copied), settings);
    await copy.write(checkpointAt(40));
    expect(await steps(copy)).toEqual([20, 40]);
    await rm(path.join(copied, 'checkpoints', checkpointFileName(20)));
    await copy.write(checkpointAt(50));
    expect(await steps(copy)).toEqual([50]);
  });

  it('takes one of the same step that was asked for as asked for, in whichever order they are written', async () => {
    const { run } = await withCheckpoints();
    const store = new CheckpointStore(run, rule({ keepLast: 1 }));
    await store.write(checkpointAt(10));
    await store.write(checkpointAt(10, { requested: true }));
    await store.write(checkpointAt(20, { requested: true }));
    await new CheckpointStore(run, rule({ keepLast: 1 })).write(checkpointAt(20));
    await store.write(checkpointAt(30));
    expect(await steps(store)).toEqual([10, 20, 30]);
  });

  it('loses no checkpoint that was asked for, whichever operation of a later write fails', async () => {
    const settings = rule({ keepLast: 1 });
    const probe = failingFiles();
    const trial = await withCheckpoints(10);
    await new CheckpointStore(trial.run, settings, probe).write(checkpointAt(20));
    for (const at of probe.operations.keys()) {
      const { run, store } = await withCheckpoints(5);
      await store.write(checkpointAt(10, { requested: true }));
      const failing = new CheckpointStore(run, settings, failingFiles({ at, code: 'EIO' }));
      // The same step, by the schedule: where the write fails, the one that was asked for is still there.
      await failing.write(checkpointAt(10)).catch(() => undefined);
      const [kept] = (await new CheckpointStore(run, settings).list()).filter(({ step }) => step === 10);
      expect(kept?.requested, probe.operations[at]).toBe(true);
    }
  });

  it('keeps those that other runs were branched from, as long as the branches are there', async () => {
    const runs = await temporaryFolder();
    const parent = await createRun(runs, vae());
    const { id } = await parent.readRecord();
    const store = new CheckpointStore(parent, rule({ keepLast: 1 }));
    await store.write(checkpointAt(10, { runId: id }));
    const branch = await branchRun(runs, path.join(parent.checkpointsPath, checkpointFileName(10)));
    await mkdir(path.join(runs, 'unreadable'));
    await writeFile(path.join(runs, 'unreadable', 'run.json'), `{ "parent": "${id}"`);
    for (const step of [20, 30]) await store.write(checkpointAt(step, { runId: id }));
    expect(await steps(store)).toEqual([10, 30]);
    await rm(branch.path, { recursive: true });
    await store.write(checkpointAt(40, { runId: id }));
    expect(await steps(store)).toEqual([40]);
  });

  it('keeps the one just written even when later steps of an abandoned future are there', async () => {
    const { run } = await withCheckpoints(100, 200, 300);
    const store = new CheckpointStore(run, rule({ keepLast: 2 }));
    await store.write(checkpointAt(50));
    expect(await steps(store)).toEqual([50, 200, 300]);
  });

  it('writes, lists and removes nothing through a link in place of its folder', async () => {
    const { run: other } = await withCheckpoints(10, 20);
    const leftover = path.join(other.checkpointsPath, `.tmp-${'0'.repeat(16)}`);
    await writeFile(leftover, 'of another run');
    const before = await readdir(other.checkpointsPath);
    const run = await temporaryRun();
    await rmdir(run.checkpointsPath);
    await symlink(other.checkpointsPath, run.checkpointsPath);
    const store = new CheckpointStore(run, rule({ keepLast: 1 }));
    await expect(store.write(checkpointAt(30))).rejects.toThrow(/is not a folder \(links are not followed\)/);
    await expect(store.list()).rejects.toThrow(/links are not followed/);
    await expect(RunLock.acquire(run, '0'.repeat(32))).rejects.toThrow(/links are not followed/);
    expect((await inspectLock(run.path)).state).toBe('free');
    expect(await readdir(other.checkpointsPath)).toEqual(before);
  });

  it('does not bring back a run that was deleted while it trained', async () => {
    const { run, store } = await withCheckpoints(10);
    await rm(run.path, { recursive: true });
    await expect(store.write(checkpointAt(20))).rejects.toThrow(/ENOENT/);
    expect(existsSync(run.path)).toBe(false);
  });

  it('reads no more than the header of a file that is not one of ours, however large it says it is', async () => {
    const file = path.join(await temporaryFolder(), 'huge.safetensors');
    await writeFile(file, '');
    await truncate(file, 1.5 * 2 ** 30);
    const before = process.resourceUsage().maxRSS;
    await expect(readCheckpoint(file)).rejects.toThrow(/huge\.safetensors cannot be used/);
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(500_000);
  });

  it('does not go through a list of tensors that no checkpoint of ours has, for who lists a folder of them', async () => {
    const file = path.join(await temporaryFolder(), 'step-00000001.safetensors');
    const scalar = { dtype: 'F32', shape: [], data: Float32Array.of(1) } as const;
    const tensors = Array.from({ length: 9000 }, (_, i) => [`t${i}`, scalar] as const);
    await writeFile(file, Buffer.concat(encodeCheckpoint({ ...checkpointAt(1), tensors: new Map(tensors) })));
    await expect(readCheckpointHead(file)).rejects.toThrow(/more than 50000 values/);
  });

  it('refuses names that lead out of the folder', async () => {
    const { store } = await withCheckpoints();
    await expect(store.read('../run.json')).rejects.toThrow(/not the name of a checkpoint/);
  });

  it('says when a file is not one of ours', async () => {
    const { run } = await withCheckpoints();
    const text = path.join(run.path, 'notes.txt');
    await writeFile(text, 'An ordinary text.');
    await expect(readCheckpoint(text)).rejects.toThrow(/it is not a safetensors file/);
    const file = path.join(run.path, 'other.safetensors');
    const header = Buffer.from('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   ');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    await writeFile(file, Buffer.concat([length, header, Buffer.alloc(4)]));
    await expect(readCheckpoint(file)).rejects.toThrow(/not written by Latent Studio/);
  });

  it('loses nothing that was acknowledged, whichever operation of a write fails', async () => {
    const settings = rule({ keepLast: 2 });
    const probe = failingFiles();
    const trial = await withCheckpoints(10, 20);
    await new CheckpointStore(trial.run, settings, probe).write(checkpointAt(30));
    expect(new Set(probe.operations)).toEqual(
      new Set(['create', 'write', 'sync', 'close', 'rename', 'syncFolder', 'remove']),
    );
    const acknowledgedAt = probe.operations.indexOf('syncFolder');
    const faults: Fault[] = probe.operations.flatMap((name, at) => [
      { at, code: 'EIO' as const },
      { at, code: 'ENOSPC' as const },
      ...(name === 'write' ? [{ at, code: 'ENOSPC' as const, short: true }] : []),
    ]);
    for (const fault of faults) {
      const { run } = await withCheckpoints(10, 20);
      const problems: string[] = [];
      const store = new CheckpointStore(run, settings, failingFiles(fault), (problem) => problems.push(problem));
      const outcome = await store.write(checkpointAt(30)).then(
        () => 'acknowledged',
        (error: Error & { code?: string }) => error.code,
      );
      const what = JSON.stringify({ ...fault, operation: probe.operations[fault.at] });
      expect(outcome, what).toBe(fault.at <= acknowledgedAt ? fault.code : 'acknowledged');
      expect(problems.length, what).toBe(fault.at <= acknowledgedAt ? 0 : 1);
      const reader = new CheckpointStore(run, settings);
      const present = await steps(reader);
      expect(present, what).toEqual(expect.arrayContaining(outcome === 'acknowledged' ? [20, 30] : [10, 20]));
      for (const info of await reader.list()) {
        expect((await reader.read(info.file)).step, what).toBe(info.step);
      }
      const names = await readdir(run.checkpointsPath);
      expect(names, what).toEqual(present.map(checkpointFileName));
    }
  });
});
