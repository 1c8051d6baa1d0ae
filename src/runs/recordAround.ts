import path from 'node:path';
import type { RunRecord } from '../protocol/run';
import { RunDirectory } from './directory';

/**
 * The record of the run whose folder contains a checkpoint; undefined if it is elsewhere, or another run's. A checkpoint
 * holds the specification that its run began with; only the record has later changes of hyperparameters.
 *
 * @param file the checkpoint
 * @param runId of the run that wrote it
 */
export async function recordAround(file: string, runId: string): Promise<RunRecord | undefined> {
  try {
    const run = await RunDirectory.open(path.dirname(path.dirname(path.resolve(file))));
    const record = await run.readRecord();
    return record.id === runId ? record : undefined;
  } catch {
    return undefined;
  }
}
