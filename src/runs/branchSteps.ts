import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { readBounded } from './boundedRead';
import { MAX_RECORD_BYTES, readRecordFile } from './record';
import { RECORD_FILE } from './recordName';

/**
 * The steps at which other runs in the same folder were branched from a run. Read from the branches' own records, so that
 * nothing has to be written into the parent, which another process may be training, and so that a step is let go once its
 * branches are deleted. A record that cannot be read names no parent.
 *
 * @param run the parent's folder
 */
export async function branchSteps(run: string, runId: string): Promise<Set<number>> {
  const runsFolder = path.dirname(run);
  const steps = new Set<number>();
  for (const entry of await readdir(runsFolder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const step = await branchStep(path.join(runsFolder, entry.name, RECORD_FILE), runId).catch(() => undefined);
    if (step !== undefined) steps.add(step);
  }
  return steps;
}

async function branchStep(record: string, runId: string): Promise<number | undefined> {
  const bytes = await readBounded(record, MAX_RECORD_BYTES);
  // Decoding takes far longer than reading, and most runs have nothing to do with this one.
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(runId)) return undefined;
  const { parent } = await readRecordFile(record);
  return parent?.run === runId ? parent.step : undefined;
}
