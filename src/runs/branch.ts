import { rm } from 'node:fs/promises';
import path from 'node:path';
import { CheckpointSource } from './checkpointSource';
import { CheckpointStore, readCheckpointHead } from './checkpoints';
import { createRun, type CreateRunOptions, type RunDirectory } from './directory';
import { recordAround } from './recordAround';

/**
 * Creates a new run that continues from a checkpoint file of ours and names its parent. It is self-contained: the checkpoint
 * is copied into it as its own first one, so its trainer resumes it like any other run. If the file is still in its
 * run, the relevant parts of that run's `run.json` are copied: changes of hyperparameters and partial steps up to that step, and the backend,
 * which a resume pins. The file is read and written in slices, so that the window's thread is not blocked. Throws
 * {@link RunError}.
 */
export async function branchRun(
  runsFolder: string,
  file: string,
  options: Pick<CreateRunOptions, 'name' | 'gitCommit'> = {},
): Promise<RunDirectory> {
  return CheckpointSource.use(file, async (source) => {
    await source.check();
    const { head, specification } = source;
    const { runId, step, epoch } = head;
    const record = await recordAround(file, runId);
    const run = await createRun(runsFolder, specification, {
      ...options,
      parent: { run: runId, name: record?.name, step },
      start: {
        ...{ step, epoch, presentation: record?.presentation, hyperparameters: record?.hyperparameters },
        ...{ parameters: record?.parameters, backend: record?.backend, stepsPerEpoch: record?.stepsPerEpoch ?? 0 },
        changes: record?.changes.filter((change) => change.step <= step),
        partialSteps: record?.partialSteps?.filter((partial) => partial.step <= step),
      },
    });
    try {
      await copyInto(run, source);
      return run;
    } catch (error) {
      // Without the checkpoint the run would begin at step 0.
      await rm(run.path, { recursive: true, force: true });
      throw error;
    }
  });
}

/** How many epochs a checkpoint's specification asks for, and whether they are done, by its header. */
export async function branchPoint(file: string): Promise<{ step: number; epochs: number; done: boolean }> {
  const { step, epoch, specification } = await readCheckpointHead(file);
  const { epochs } = specification.training;
  // A step is a fraction of an epoch that no double has exactly.
  return { step, epochs, done: epoch > epochs - 1e-9 };
}

async function copyInto(run: RunDirectory, source: CheckpointSource): Promise<void> {
  const { id, specification } = await run.readRecord();
  const store = new CheckpointStore(run, specification.checkpoints);
  const file = await store.adopt(source, id);
  // A file that is written to while being copied yields neither its old nor its new contents.
  await CheckpointSource.use(path.join(run.checkpointsPath, file), (copy) => copy.check());
}
