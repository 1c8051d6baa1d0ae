import { ConnectError, ControlClient } from '../process/client';
import type { RunStatus } from '../protocol/run';
import { isLive } from '../protocol/status';
import type { RunDirectory } from '../runs/directory';
import { shellCommand } from '../runs/shellCommand';

interface Target {
  readonly id: string;
  readonly expectedPath: string;
}

/** The state of the run's trainer; undefined if there is none. */
export async function liveStatus(target: Target): Promise<RunStatus | undefined> {
  try {
    const client = await ControlClient.connect({ ...target, role: 'watcher' });
    const { status } = client.state;
    // A trainer that has just ended is about to release the run.
    if (!isLive(status)) await new Promise((resolve) => client.onClose(resolve));
    client.dispose();
    return isLive(status) ? status : undefined;
  } catch (error) {
    if (error instanceof ConnectError && error.reason === 'absent') return undefined;
    throw error;
  }
}

/** Sends a request to the trainer of a run; undefined if there is none. */
export async function ask<T>(run: RunDirectory, request: (target: Target) => Promise<T>): Promise<T | undefined> {
  const { id } = await run.readRecord();
  try {
    return await request({ id, expectedPath: run.path });
  } catch (error) {
    if (error instanceof ConnectError && error.reason === 'absent') return undefined;
    throw error;
  }
}

/** The command that trains a finished run for more epochs. */
export function resumeLonger(run: string, epochs: number): string {
  return shellCommand(['latent', 'resume', run, '--epochs', String(epochs)]);
}

/** Throws with advice on how to continue the run; `more` is added to it. */
export async function noTrainer(run: RunDirectory, more = ''): Promise<Error> {
  const finished = (await run.readRecord()).status === 'finished';
  const next = finished
    ? `It has finished. To train it longer: ${resumeLonger(run.path, 10)}`
    : `Start it with: ${shellCommand(['latent', 'resume', run.path])}`;
  return new Error(`No trainer is running for ${run.name}. ${next}\n${more}`.trim());
}
