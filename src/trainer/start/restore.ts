import { readdir } from 'node:fs/promises';
import type { BackendInfo, RunRecord } from '../../protocol/run';
import type { Checkpoint } from '../../runs/checkpointFile';
import type { CheckpointStore } from '../../runs/checkpoints';
import type { RunDirectory } from '../../runs/directory';
import { printable } from '../../runs/printable';
import { TrainerError } from '../errors/failure';

export interface RestorePoint {
  /** Undefined if the run has no usable checkpoint: then it starts from its first step. */
  readonly checkpoint: Checkpoint | undefined;
  readonly file: string | undefined;
  /** Caveats to record in run.json, such as a damaged checkpoint that was skipped. */
  readonly notes: readonly string[];
}

/** Finds the run's newest intact checkpoint, and names newer ones that are damaged. Checkpoints of other runs are ignored. */
export async function newestCheckpoint(
  run: RunDirectory,
  store: CheckpointStore,
  runId: string,
): Promise<RestorePoint> {
  const newest = await store.newestWhole(runId);
  const others = (await store.list()).filter((info) => info.runId !== runId).map(({ file }) => file);
  const names = await readdir(run.checkpointsPath).catch(() => []);
  const passed = names
    .filter((name) => /^step-\d+\.safetensors$/.test(name) && !others.includes(name))
    .filter((name) => newest === undefined || name > newest.file);
  const step = newest?.checkpoint.step ?? 0;
  return {
    checkpoint: newest?.checkpoint,
    file: newest?.file,
    notes: passed.sort().map((file) => `The checkpoint ${file} is damaged; the run continued from step ${step}.`),
  };
}

/**
 * Throws {@link TrainerError} for a branch without a checkpoint: its parent's was not copied completely, or all were
 * deleted. Starting from the first step would make it a different run from the one that its record describes.
 */
export function requireParentCheckpoint({ checkpoint }: RestorePoint, { parent }: Pick<RunRecord, 'parent'>): void {
  if (checkpoint !== undefined || parent === undefined) return;
  const from = parent.name === undefined ? 'another run' : `“${printable(parent.name, 100)}”`;
  throw new TrainerError({
    kind: 'disk',
    message: `This run continues from step ${parent.step} of ${from}, but none of its checkpoints can be read.`,
    remedy: `Delete this run’s folder, and resume from the checkpoint of ${from} once more.`,
  });
}

/** Why the same steps may give other bits than in the previous session; undefined if they give the same bits. */
export function bitDifference(before: BackendInfo | undefined, now: BackendInfo): string | undefined {
  if (before === undefined) return undefined;
  const differences: string[] = [];
  const compare = (what: string, was: string | undefined, is: string | undefined) => {
    if (was !== is) differences.push(`${what} ${is ?? 'unset'} instead of ${was ?? 'unset'}`);
  };
  compare('backend', before.name, now.name);
  if (before.name === now.name) {
    compare('version', before.version, now.version);
    compare('device', before.device, now.device);
    for (const flag of new Set([...Object.keys(before.flags), ...Object.keys(now.flags)])) {
      if (flag === 'tensorflow') continue; // the reason for using WebAssembly, which does not change results
      compare(flag, before.flags[flag], now.flags[flag]);
    }
  }
  return differences.length === 0 ? undefined : `not bit for bit: ${differences.join(', ')}`;
}
