import path from 'node:path';
import { branchTraining, FinishedError, RevisionError } from '../process/training';
import { shellCommand } from '../runs/shellCommand';
import { Interruption } from './interruption';
import type { Output } from './output';
import { checkName, checkRunsFolder, findCheckpoint, programs, withRunsAdvice } from './targets';
import { revisionOf, type RevisionOptions } from './revision';
import { UsageError } from './usageError';
import { watchRun } from './watch';

/** `resume --from CHECKPOINT`: creates a new run that continues from there, starts its trainer and watches it. */
export async function resumeFrom(
  target: string,
  options: { runs: string; name?: string; epochs?: number } & RevisionOptions,
  output: Output,
): Promise<number> {
  const revision = revisionOf(options);
  const from = await findCheckpoint(target);
  checkName(options.name);
  await checkRunsFolder(options.runs);
  const interruption = new Interruption();
  const { run, pid } = await branchTraining({
    ...{ from, name: options.name, extendEpochs: options.epochs, revision },
    ...{ runsFolder: path.resolve(options.runs), programs: programs() },
  }).catch((error: unknown) => {
    if (error instanceof RevisionError) throw new UsageError(error.message, { cause: error });
    if (!(error instanceof FinishedError)) throw withRunsAdvice(error);
    throw new Error(
      `${error.message} For ten: ${shellCommand(['latent', 'resume', '--from', target, '--epochs', '10'])}`,
    );
  });
  const document = { event: 'started', run: run.path, name: run.name, pid, from };
  output.result(document, `${run.name} continues from ${target} in process ${pid}; its files are in ${run.path}`);
  return watchRun(run, output, interruption, 0);
}
