import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { locateTensorFlow, trainerEnvironment } from '../../../src/native';
import { ConnectError, ControlClient } from '../../../src/process/client';
import type { Role } from '../../../src/process/handshake';
import type { LogUpdate } from '../../../src/protocol/logs';
import type { RunStatus } from '../../../src/protocol/run';
import { CheckpointStore } from '../../../src/runs/checkpoints';
import type { RunDirectory } from '../../../src/runs/directory';
import { RunLogReader } from '../../../src/runs/logReader';
import { bundlePrograms } from './bundles';
import { createWorkspace, type Workspace } from './workspace';

const location = await locateTensorFlow();

/** A workspace and the programs of this checkout for the tests of a file: there from the first test to the last. */
export function workspaceWithPrograms() {
  const made = {} as { workspace: Workspace; programs: Awaited<ReturnType<typeof bundlePrograms>> };
  beforeAll(async () => {
    made.workspace = await createWorkspace();
    made.programs = await bundlePrograms();
  });
  afterAll(async () => {
    await made.workspace.remove();
    await made.programs.remove();
  });
  return made;
}

/** Starts a trainer as a child of the test; what it says goes to the test's own output. */
export function spawnTrainer(trainer: string, run: RunDirectory, ...more: string[]): ChildProcess {
  return spawn(process.execPath, [trainer, 'train', '--run', run.path, ...more], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: trainerEnvironment(location),
  });
}

/** Connects to the run's trainer as soon as it answers; gives up when the process has ended. */
export async function connectTo(run: RunDirectory, trainer: ChildProcess, role: Role): Promise<ControlClient> {
  const { id } = await run.readRecord();
  for (;;) {
    try {
      return await ControlClient.connect({ id, role, expectedPath: run.path, expectedPid: trainer.pid });
    } catch (error) {
      if (!(error instanceof ConnectError) || hasEnded(trainer)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Resolves when the trainer says that the run has this status. */
export async function reaches(client: ControlClient, status: RunStatus): Promise<void> {
  if (client.state.status === status) return;
  await new Promise<void>((resolve, reject) => {
    client.onState((state) => state.status === status && resolve());
    client.onClose((reason) => reject(new Error(`The run never became ${status}: ${reason}`)));
  });
}

function hasEnded(trainer: ChildProcess): boolean {
  return trainer.exitCode !== null || trainer.signalCode !== null;
}

/** The exit code; null when a signal ended it. */
export function ended(trainer: ChildProcess): Promise<number | null> {
  if (hasEnded(trainer)) return Promise.resolve(trainer.exitCode);
  return new Promise((resolve) => trainer.once('exit', resolve));
}

export interface Outcome {
  readonly tensors: ReadonlyMap<string, Float32Array | Int32Array>;
  readonly log: LogUpdate;
  readonly pictures: readonly Uint8Array[];
}

/** What a run left: its last weights and slots, and its log as read with the restart rule. */
export async function outcome(run: RunDirectory): Promise<Outcome> {
  const record = await run.readRecord();
  expect(record.status, await readFile(run.logPath, 'utf8').catch(() => '')).toBe('finished');
  const store = new CheckpointStore(run, record.specification.checkpoints);
  const checkpoint = await store.read((await store.list()).at(-1)!.file);
  const tensors = new Map([...checkpoint.tensors].map(([name, { data }]) => [name, data]));
  const reader = new RunLogReader(run.path);
  await reader.refresh();
  const log = reader.snapshot();
  const pictures: Uint8Array[] = [];
  for (const { tag, steps } of log.images) {
    for (const step of steps) pictures.push((await reader.image(tag, step))!.bytes);
  }
  return { tensors, log, pictures };
}

/** Bit for bit: weights, slots, every logged number and picture. */
export function expectSame(actual: Outcome, expected: Outcome): void {
  expect([...actual.tensors]).toEqual([...expected.tensors]);
  expect(series(actual.log)).toEqual(series(expected.log));
  expect(actual.log.images).toEqual(expected.log.images);
  expect(actual.log.histograms).toEqual(expected.log.histograms);
  expect(actual.pictures).toEqual(expected.pictures);
}

/** (step, value) by tag, speed and times of day aside. */
function series({ scalars }: LogUpdate): Record<string, unknown> {
  return Object.fromEntries(
    scalars.filter(({ tag }) => !tag.startsWith('speed/')).map(({ tag, steps, values }) => [tag, { steps, values }]),
  );
}
