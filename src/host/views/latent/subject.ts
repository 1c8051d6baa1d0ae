import path from 'node:path';
import type { LatentSource } from '../../../protocol/latent';
import { CheckpointStore, type CheckpointInfo } from '../../../runs/checkpoints';
import { RunDirectory } from '../../../runs/directory';
import { bestCheckpoint } from '../../../runs/keepRule';

/** What a tab shows: a run with all of its checkpoints, or one checkpoint file, wherever it is. */
export type Subject =
  | { readonly kind: 'run'; readonly key: string; readonly folder: string }
  | { readonly kind: 'checkpoint'; readonly key: string; readonly file: string };

/** The run directory that contains a subject; undefined for a file elsewhere. */
async function runOf(subject: Subject): Promise<RunDirectory | undefined> {
  if (subject.kind === 'run') return RunDirectory.open(subject.folder);
  const folder = path.dirname(subject.file);
  if (path.basename(folder) !== 'checkpoints') return undefined;
  return RunDirectory.open(path.dirname(folder)).catch(() => undefined);
}

/**
 * The checkpoints of a run, or for a checkpoint file those of the run that it belongs to, with the run's name; never
 * throws. A file that belongs to no run has none to choose from. Files copied into a run's folder from elsewhere are
 * not checkpoints of that run.
 */
export async function checkpointsOf(subject: Subject): Promise<Pick<LatentSource, 'checkpoints' | 'run'>> {
  try {
    const { name, list, best } = await ownCheckpoints(subject);
    const checkpoints = list.map(({ step, epoch, file }) => ({ step, epoch, best: file === best?.file }));
    const own = subject.kind === 'checkpoint' && list.some(({ file }) => file === path.basename(subject.file));
    return { checkpoints, ...(own && { run: name }) };
  } catch {
    return { checkpoints: [] };
  }
}

/** The file to open. Throws with a message for users if a run has none yet. */
export async function checkpointFileOf(subject: Subject): Promise<string> {
  if (subject.kind === 'checkpoint') return subject.file;
  const run = await RunDirectory.open(subject.folder);
  const newest = (await ownCheckpoints(subject)).list.at(-1);
  if (newest === undefined) {
    throw new Error('The run has no checkpoint yet. Let it train for an epoch, or stop it after some steps.');
  }
  return path.join(run.checkpointsPath, newest.file);
}

/** Where the run's live trainer would answer; undefined for a file that belongs to no run. */
export async function trainerAddress(subject: Subject): Promise<{ id: string; expectedPath: string } | undefined> {
  // A checkpoint tab shows the weights of that checkpoint, not the current ones.
  if (subject.kind === 'checkpoint') return undefined;
  const run = await RunDirectory.open(subject.folder);
  return { id: (await run.readRecord()).id, expectedPath: run.path };
}

interface OwnCheckpoints {
  /** Of the run. */
  readonly name?: string;
  readonly list: readonly CheckpointInfo[];
  readonly best: CheckpointInfo | undefined;
}

async function ownCheckpoints(subject: Subject): Promise<OwnCheckpoints> {
  const run = await runOf(subject);
  if (run === undefined) return { list: [], best: undefined };
  const { specification, id } = await run.readRecord();
  const list = (await new CheckpointStore(run, specification.checkpoints).list()).filter(({ runId }) => runId === id);
  return { name: run.name, list, best: bestCheckpoint(list, specification.checkpoints) };
}
