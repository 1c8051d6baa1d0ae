import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ControlClient } from '../src/process/client';
import { startTraining } from '../src/process/training';
import type { RunRecord } from '../src/protocol/run';
import { parseSpecification, type Specification } from '../src/protocol/specification';
import type { RunDirectory } from '../src/runs/directory';
import { LogService } from '../src/runs/logService';
import { halfWidth, median, ratios, type Report } from './report';

const WATCHED_BLOCKS = 40;
/** The first ones warm caches, the compiler and the allocator. */
const WARM_UP_BLOCKS = 4;
/** A multiple of the steps between two images, so that every block logs as many of them. */
const BLOCK_STEPS = 200;
const POLL_MILLISECONDS = 20;

/**
 * Processor time of a trainer for a step of the preset, with and without a window that watches it. Blocks of the same
 * number of steps take turns; what is done once an epoch is left out, since a block would hold one of it or none. Each block
 * is compared with the mean of the two beside it, so that a machine that becomes slower favors neither; compared with
 * each other in the same way, the blocks alone tell how far the machine lets the rest be believed.
 */
export async function watched(programs: string): Promise<Report> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'latent-bench-'));
  const trainer = path.join(programs, 'trainer.cjs');
  const { run, pid } = await startTraining({ runsFolder: folder, specification: preset(), programs: { trainer } });
  const { id } = await run.readRecord();
  const training = { run, pid, id };
  const alone: number[] = [];
  const attached: number[] = [];
  const block = async () => {
    const before = await processorTime(pid);
    await steps(training, BLOCK_STEPS);
    return ((await processorTime(pid)) - before) / BLOCK_STEPS;
  };
  try {
    await pause(training);
    for (let i = 0; i < WARM_UP_BLOCKS; i++) await block();
    alone.push(await block());
    for (let i = 0; i < WATCHED_BLOCKS; i++) {
      const stop = await follow(training, path.join(programs, 'logWorker.cjs'));
      attached.push(await block());
      stop();
      alone.push(await block());
    }
  } finally {
    // A trainer that has ended was reported by an earlier exception.
    await control(id, (client) => client.request('stop', { checkpoint: false })).catch(() => undefined);
    await gone(pid);
    await rm(folder, { recursive: true, force: true });
  }
  const watchedToAlone = ratios(attached, means(alone, 1));
  const aloneToAlone = ratios(alone.slice(1, -1), means(alone, 2));
  return {
    title: 'Processor time of the trainer for a step, milliseconds',
    figures: { alone, 'watched by a window': attached },
    ratios: { 'watched to alone': median(watchedToAlone), 'alone to alone': median(aloneToAlone) },
    notes: [
      `With 95 % confidence the first ratio is less than ±${halfWidth(watchedToAlone).toFixed(3)} off, the second less than ` +
        `±${halfWidth(aloneToAlone).toFixed(3)}, which is 1 but for the machine’s noise.`,
    ],
  };
}

/** The mean of each value and the one that comes `distance` after it. */
function means(values: readonly number[], distance: number): number[] {
  return values.slice(distance).map((value, i) => (value + values[i]!) / 2);
}

interface Trainer {
  readonly run: RunDirectory;
  readonly pid: number;
  readonly id: string;
}

function preset(): Specification {
  const never = 1_000_000_000;
  return parseSpecification({
    model: { family: 'vae' },
    training: { epochs: 1000 },
    logging: { evaluate: never, histograms: never },
    checkpoints: { every: never },
  });
}

/** Does what a window does with a run: connects as a watcher and feeds the log to its worker. */
async function follow({ run, id }: Trainer, worker: string): Promise<() => void> {
  const service = new LogService(worker);
  const client = await ControlClient.connect({ id, role: 'watcher' });
  service.open(run.path);
  client.onLog(({ file, offset, bytes }) => service.feed(run.path, file, offset, bytes));
  await service.snapshot(run.path);
  return () => {
    client.dispose();
    service.dispose();
  };
}

async function pause({ run, pid, id }: Trainer): Promise<void> {
  await reached(run, pid, ({ status }) => status === 'running');
  await control(id, (client) => client.request('pause', {}));
  await reached(run, pid, ({ status }) => status === 'paused');
}

/** Lets a paused trainer take `count` steps; resolves when it pauses again. No other client is connected meanwhile. */
async function steps({ run, pid, id }: Trainer, count: number): Promise<void> {
  const from = (await run.readRecord()).step;
  await control(id, async (client) => {
    const begun = new Promise<void>((resolve) => {
      client.onState(({ status }) => {
        if (status === 'running') resolve();
      });
    });
    client.request('step', { count }).catch(() => undefined); // the answer comes when all is over, and we are gone
    await begun;
  });
  await reached(run, pid, ({ status, step }) => status === 'paused' && step >= from + count);
}

/** Looks at the disk until the trainer says so there: to ask it would be to watch it. Throws when it never will. */
async function reached(run: RunDirectory, pid: number, holds: (record: RunRecord) => boolean): Promise<void> {
  for (;;) {
    const record = await run.readRecord();
    if (holds(record)) return;
    if (record.status === 'failed') throw new Error(`The run failed: ${record.failure?.message}`);
    process.kill(pid, 0); // sends nothing; throws when the process is gone
    await sleep(POLL_MILLISECONDS);
  }
}

/** A trainer writes to its run until it ends. */
async function gone(pid: number): Promise<void> {
  for (let alive = true; alive; await sleep(POLL_MILLISECONDS)) {
    alive = await readdir(`/proc/${pid}/task`).then(
      () => true,
      () => false,
    );
  }
}

async function control(id: string, act: (client: ControlClient) => Promise<unknown>): Promise<void> {
  const client = await ControlClient.connect({ id, role: 'controller' });
  try {
    await act(client);
  } finally {
    client.dispose();
  }
}

/** Milliseconds that all threads of a process have run so far, to the nanosecond: Linux keeps count of each. */
async function processorTime(pid: number): Promise<number> {
  const tasks = `/proc/${pid}/task`;
  let nanoseconds = 0;
  for (const thread of await readdir(tasks)) {
    nanoseconds += Number((await readFile(`${tasks}/${thread}/schedstat`, 'utf8')).split(' ')[0]);
  }
  return nanoseconds / 1e6;
}
