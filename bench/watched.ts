import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ControlClient } from '../src/process/client';
import { startTraining } from '../src/process/training';
import { parseSpecification } from '../src/protocol/specification';
import type { RunDirectory } from '../src/runs/directory';
import { LogService } from '../src/runs/logService';
import { median, pairedRatio, type Report } from './report';

const PAIRS = 8;
const BLOCK_MILLISECONDS = 5_000;
/** Of the kernel's accounting in /proc, the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Processor time of a trainer for a step of the preset, while a window watches it and while nobody does, in blocks that
 * take turns. A window does with a run what is done here: it is connected as a watcher and feeds the log to its worker.
 */
export async function watched(programs: string): Promise<Report> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latent-bench-'));
  const specification = parseSpecification({ model: { family: 'vae' }, training: { epochs: 1000 } });
  const trainer = path.join(programs, 'trainer.cjs');
  const { run, pid } = await startTraining({ runsFolder: folder, specification, programs: { trainer } });
  const { id } = await run.readRecord();
  const alone: number[] = [];
  const attached: number[] = [];
  try {
    // The first steps warm caches and the allocator.
    await processorTime(pid, id, BLOCK_MILLISECONDS);
    for (let pair = 0; pair < PAIRS; pair++) {
      const block = async (watch: boolean) => {
        const stop = watch ? await follow(run, id, path.join(programs, 'logWorker.cjs')) : () => undefined;
        (watch ? attached : alone).push(await processorTime(pid, id, BLOCK_MILLISECONDS));
        stop();
      };
      // Whoever comes first in a pair changes, so that a machine that gets slower favours neither.
      await block(pair % 2 === 0);
      await block(pair % 2 !== 0);
    }
  } finally {
    const controller = await ControlClient.connect({ id, role: 'controller' });
    await controller.request('stop', { checkpoint: false });
    controller.dispose();
    await sleep(500);
    await rm(folder, { recursive: true, force: true });
  }
  return {
    title: 'Processor time of the trainer for a step, milliseconds',
    figures: { alone, 'watched by a window': attached },
    ratios: {
      'watched to alone, pair by pair': pairedRatio(attached, alone),
      'watched to alone, of the medians': median(attached) / median(alone),
    },
    notes: [],
  };
}

async function follow(run: RunDirectory, id: string, worker: string): Promise<() => void> {
  const service = new LogService(worker);
  const client = await ControlClient.connect({ id, role: 'watcher' });
  service.open(run.path);
  client.onLog(({ file, offset, bytes }) => service.feed(run.path, file, offset, bytes));
  return () => {
    client.dispose();
    service.dispose();
  };
}

/** Milliseconds of processor time, of all threads, for a step. */
async function processorTime(pid: number, id: string, milliseconds: number): Promise<number> {
  const before = await stepAndTime(pid, id);
  await sleep(milliseconds);
  const after = await stepAndTime(pid, id);
  return (after.milliseconds - before.milliseconds) / (after.step - before.step);
}

async function stepAndTime(pid: number, id: string): Promise<{ step: number; milliseconds: number }> {
  const client = await ControlClient.connect({ id, role: 'watcher' });
  const { step } = client.state;
  client.dispose();
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
  return { step, milliseconds: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND };
}
