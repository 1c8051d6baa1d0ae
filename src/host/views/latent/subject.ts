import path from 'node:path';
import type { LatentSource } from '../../../protocol/latent';
import { CheckpointStore, type CheckpointInfo } from '../../../runs/checkpoints';
import { RunDirectory } from '../../../runs/directory';
import { bestCheckpoint } from '../../../runs/keepRule';

/** What a tab is about: a run with all of its checkpoints, or one checkpoint file, wherever it lies. */
export type Subject =
  | { readonly kind: 'run'; readonly key: string; readonly folder: string }
  | { readonly kind: 'checkpoint'; readonly key: string; readonly file: string };

/** The run directory around a subject; undefined for a file that lies elsewhere. */
async function runOf(subject: Subject): Promise<RunDirectory | undefined> {
  if (subject.kind === 'run') return RunDirectory.open(subject.folder);
  const folder = path.dirname(subject.file);
  if (path.basename(folder) !== 'checkpoints') return undefined;
  return RunDirectory.open(path.dirname(folder)).catch(() => undefined);
}

/**
 * Checkpoints of the run itself, and of a checkpoint file the name of the run whose it is; never throws. Of a file that
 * belongs to no run there are none to choose from. What was copied into a run's folder from elsewhere is no checkpoint
 * of that run.
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

/** The file that is opened. Throws with words for people where a run has none yet. */
export async function checkpointFileOf(subject: Subject): Promise<string> {
  if (subject.kind === 'checkpoint') return subject.file;
  const run = await RunDirectory.open(subject.folder);
  const newest = (await ownCheckpoints(subject)).list.at(-1);
  if (newest === undefined) {
    throw new Error('The run has no checkpoint yet. Let it train for an epoch, or stop it after some steps.');
  }
  return path.join(run.checkpointsPath, newest.file);
}

/** Where the run's living trainer would answer; undefined for a file that belongs to no run. */
export async function trainerAddress(subject: Subject): Promise<{ id: string; expectedPath: string } | undefined> {
  // The weights of one checkpoint are asked for, not those of now.
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
