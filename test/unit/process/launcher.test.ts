import { execFileSync } from 'node:child_process';
import { readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ControlClient } from '../../../src/process/client';
import { control } from '../../../src/process/control';
import { launchInspector, launchTrainer } from '../../../src/process/launcher';
import { resumeTraining, startTraining } from '../../../src/process/training';
import { createRun, RunDirectory } from '../../../src/runs/directory';
import { inspectLock } from '../../../src/runs/lock';
import { processStartTime } from '../../../src/runs/processIdentity';
import { bundlePrograms } from '../support/bundles';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
let bundles: Awaited<ReturnType<typeof bundlePrograms>>;
let programs: { node: string; trainer: string };

beforeAll(async () => {
  workspace = await createWorkspace();
  bundles = await bundlePrograms();
  programs = { node: process.execPath, trainer: bundles.trainer };
});
afterAll(async () => {
  await workspace.remove();
  await bundles.remove();
});

const endless = () => tinySpecification(workspace, { training: { epochs: 100_000, batch: 16 } });

/** Stops the trainer and waits until its process is gone. */
async function stop(run: RunDirectory, pid: number): Promise<void> {
  await control({ id: (await run.readRecord()).id }, 'stop', {});
  await expect.poll(() => processStartTime(pid), { timeout: 5_000 }).toBeUndefined();
}

describe('a launched trainer', () => {
  it('answers when the launch resolves, is a separate process, and stops on request', async () => {
    const { run, pid } = await startTraining({ runsFolder: workspace.runs, specification: endless(), programs });
    const { id } = await run.readRecord();
    const client = await ControlClient.connect({ id, role: 'watcher', expectedPath: run.path });
    expect(client.pid).toBe(pid);
    expect(client.startTime).toBe(await processStartTime(pid));
    client.dispose();
    // Its own session and process group: what ends this process's group does not reach it.
    const group = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')[1]!.split(' ')[2];
    expect(Number(group)).toBe(pid);
    await stop(run, pid);
    expect((await run.readRecord()).status).toBe('stopped');
  });

  it('is not launched twice for a run: the second launch says who has it', async () => {
    const { run, pid } = await startTraining({ runsFolder: workspace.runs, specification: endless(), programs });
    await expect(launchTrainer({ run: run.path, programs })).rejects.toThrow(
      new RegExp(`is not free: Process ${pid} on .* holds its lock`),
    );
    await stop(run, pid);
  });

  it('is reached where its folder was renamed before it answers', async () => {
    const run = await createRun(workspace.runs, endless());
    const renamed = `${run.path}-renamed`;
    const trainer = path.join(workspace.folder, 'renames.cjs');
    const [from, to, real] = [run.path, renamed, programs.trainer].map((each) => JSON.stringify(each));
    await writeFile(
      trainer,
      `const { Server } = require('node:net');
       const { listen } = Server.prototype;
       Server.prototype.listen = function (...parameters) {
         require('node:fs').renameSync(${from}, ${to});
         return listen.apply(this, parameters);
       };
       require(${real});`,
    );
    const { pid, folder } = await launchTrainer({ run: run.path, programs: { ...programs, trainer } });
    expect(folder).toBe(renamed);
    await stop(await RunDirectory.open(folder), pid);
  });

  it('that is through before anybody reached it counts as reached: run.json says how it went', async () => {
    const run = await createRun(workspace.runs, endless());
    const trainer = path.join(workspace.folder, 'quick.cjs');
    await writeFile(trainer, `process.stderr.write('I0000 00:00:1.2 3 port.cc:153] oneDNN is on\\n');`);
    const { pid } = await launchTrainer({ run: run.path, programs: { ...programs, trainer } });
    expect(pid).toBeGreaterThan(0);
  });

  it('is refused without the words of the trainer that has the run, which write to the same log', async () => {
    const run = await createRun(workspace.runs, endless());
    const trainer = path.join(workspace.folder, 'late.cjs');
    await writeFile(trainer, `process.stderr.write('a stranger speaks\\n'); process.exit(3);`);
    const late = launchTrainer({ run: run.path, programs: { ...programs, trainer } });
    await expect(late).rejects.toThrow('Another trainer had the run for a moment. Try again.');
  });

  it('does not write its log through a link, nor wait for a pipe, that came with the folder', async () => {
    const run = await createRun(workspace.runs, endless());
    const victim = path.join(workspace.folder, 'victim');
    await writeFile(victim, 'mine');
    await symlink(victim, run.logPath);
    await expect(launchTrainer({ run: run.path, programs })).rejects.toThrow(/trainer\.log is not a regular file/);
    expect(await readFile(victim, 'utf8')).toBe('mine');
    await rm(run.logPath);
    execFileSync('mkfifo', [run.logPath]);
    await expect(launchTrainer({ run: run.path, programs })).rejects.toThrow(/trainer\.log is not a regular file/);
  });

  it('that ends at once gives its words to who launched it', async () => {
    const run = await createRun(workspace.runs, endless());
    const trainer = path.join(workspace.folder, 'broken.cjs');
    await writeFile(trainer, `process.stderr.write('no such thing\\n'); process.exit(7);`);
    await expect(launchTrainer({ run: run.path, programs: { ...programs, trainer } })).rejects.toThrow('no such thing');
    await writeFile(trainer, `process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 1000);`);
    await expect(launchTrainer({ run: run.path, programs: { ...programs, trainer } })).rejects.toThrow(
      /ended by SIGSEGV.*"backend": "wasm"/,
    );
  });

  it('is not launched for a run that has finished, unless for more epochs', async () => {
    const specification = tinySpecification(workspace, { training: { epochs: 1, batch: 16 } });
    const { run } = await startTraining({ runsFolder: workspace.runs, specification, programs });
    await expect.poll(async () => (await run.readRecord()).status, { timeout: 10_000 }).toBe('finished');
    await expect(resumeTraining({ run: run.path, programs })).rejects.toThrow(/Say how many more/);
    await resumeTraining({ run: run.path, extendEpochs: 1, programs });
    await expect.poll(async () => (await run.readRecord()).step, { timeout: 10_000 }).toBe(12);
  });
});

describe('a run that has finished and whose last checkpoint is damaged', () => {
  it('continues to its end from the newest whole one, and says so where none is whole', async () => {
    const specification = tinySpecification(workspace, { training: { epochs: 2, batch: 16 } });
    const { run } = await startTraining({ runsFolder: workspace.runs, specification, programs });
    await expect.poll(async () => (await run.readRecord()).status, { timeout: 10_000 }).toBe('finished');
    const last = path.join(run.checkpointsPath, 'step-00000012.safetensors');
    const whole = await readFile(last);
    await truncate(last, whole.length - 1);
    await expect.poll(() => inspectLock(run.path)).toMatchObject({ state: 'free' });
    await resumeTraining({ run: run.path, programs });
    await expect.poll(async () => (await run.readRecord()).status, { timeout: 10_000 }).toBe('finished');
    expect((await run.readRecord()).notes).toEqual([expect.stringContaining('the run continued from step 6')]);
    expect(await readFile(last)).toEqual(whole);
    await rm(run.checkpointsPath, { recursive: true });
    const before = await readFile(run.recordPath, 'utf8');
    for (const extendEpochs of [undefined, 10]) {
      const resumed = resumeTraining({ run: run.path, programs, extendEpochs });
      await expect(resumed).rejects.toThrow(/none of its checkpoints can be read/);
    }
    expect(await readFile(run.recordPath, 'utf8')).toBe(before);
  });
});

describe('an inspector', () => {
  it('serves a checkpoint without changing it, and ends with its client', async () => {
    const specification = tinySpecification(workspace, { training: { epochs: 1, batch: 16 } });
    const { run } = await startTraining({ runsFolder: workspace.runs, specification, programs });
    await expect.poll(async () => (await run.readRecord()).status, { timeout: 10_000 }).toBe('finished');
    const checkpoint = path.join(run.checkpointsPath, 'step-00000006.safetensors');
    const before = await readFile(checkpoint);
    const client = await launchInspector({ checkpoint, programs });
    expect(client.state).toMatchObject({ step: 6, totalSteps: 6 });
    // There may be one for each of many tabs.
    expect(await readFile(`/proc/${client.pid}/cmdline`, 'latin1')).toContain('--max-semi-space-size');
    const [evaluated, sampled] = await Promise.all([
      client.request('evaluate', {}),
      client.request('sample', { count: 3 }),
    ]);
    expect(evaluated.value.metrics['test/negative_elbo']).toBeGreaterThan(0);
    expect(sampled.body).toHaveLength(3 * 36);
    await expect(client.request('pause', {})).rejects.toMatchObject({ code: 'unsupported' });
    client.dispose();
    await expect.poll(() => processStartTime(client.pid), { timeout: 5_000 }).toBeUndefined();
    expect(await readFile(checkpoint)).toEqual(before);
  });

  it('evaluates with the hyperparameters that the run had at that step, not with those that it began with', async () => {
    const specification = tinySpecification(workspace, { training: { epochs: 1, batch: 16 } });
    const { run } = await startTraining({ runsFolder: workspace.runs, specification, programs });
    await expect.poll(async () => (await run.readRecord()).status, { timeout: 10_000 }).toBe('finished');
    const change = (step: number, value: number) => ({ step, name: 'beta', before: 1, value });
    await run.writeRecord({ ...(await run.readRecord()), changes: [change(3, 4), change(7, 100)] });
    const checkpoint = path.join(run.checkpointsPath, 'step-00000006.safetensors');
    const client = await launchInspector({ checkpoint, programs });
    const { metrics } = (await client.request('evaluate', {})).value;
    const [loss, reconstruction, kl] = ['loss', 'reconstruction', 'kl'].map((name) => metrics[`test/${name}`]!);
    expect(loss).toBeCloseTo(reconstruction! + 4 * kl!, 4);
    client.dispose();
    await expect.poll(() => processStartTime(client.pid), { timeout: 5_000 }).toBeUndefined();
  });

  it('reports why a file is not a checkpoint', async () => {
    const checkpoint = path.join(workspace.folder, 'broken.safetensors');
    await writeFile(checkpoint, new Uint8Array(100));
    await expect(launchInspector({ checkpoint, programs })).rejects.toThrow(/broken\.safetensors cannot be used/);
  });
});
