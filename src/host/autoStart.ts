import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { DEFAULT_FAMILY } from '../protocol/families';
import { isLive } from '../protocol/status';
import type { RunSummary } from '../protocol/views';
import type { Studio } from './studio';
import { formatStep } from './ui/format';
import { trainCommand } from './ui/trainCommand';

const STARTED = 'startedBy';

/**
 * `npm start` names its sample workspace in the environment of the VS Code that it starts. Only in that workspace does
 * anything start unasked: if there are no runs, the first family of the list is trained; later, the newest run is
 * opened and the user is asked what to do. This happens once per start: a reloaded window has the same environment and
 * the same parent process. A workspace cannot set the environment.
 */
export async function trainOnStart(studio: Studio, sample: string): Promise<void> {
  if (!(await isOpen(sample))) return;
  const { processStartTime } = await import('../runs/processIdentity');
  const parent = `${process.ppid} ${await processStartTime(process.ppid)}`;
  if (studio.memory.get(STARTED) === parent) return;
  await studio.memory.update(STARTED, parent);
  await begin(studio.registry.runs().filter(({ status }) => status !== 'foreign'));
}

/** Whether a folder, by whatever path, is the one that this window has open. Exported for tests. */
export async function isOpen(folder: string): Promise<boolean> {
  const [only, ...others] = vscode.workspace.workspaceFolders ?? [];
  if (only?.uri.scheme !== 'file' || others.length > 0) return false;
  const real = (file: string) => realpath(file).catch(() => undefined);
  const [open, wanted] = await Promise.all([real(only.uri.fsPath), real(folder)]);
  return open !== undefined && open === wanted;
}

/** Exported for tests. */
export async function begin(runs: readonly RunSummary[]): Promise<void> {
  const run = runs.find(({ status }) => isLive(status)) ?? runs[0];
  if (run === undefined) return void (await vscode.commands.executeCommand(trainCommand(DEFAULT_FAMILY).command));
  await vscode.commands.executeCommand('latentStudio.openRun', run.key);
  if (!isLive(run.status)) void offer(run);
}

/** Not awaited: the question may stay open for hours. */
async function offer(run: RunSummary): Promise<void> {
  const { plain } = await import('./ui/plain');
  const another = trainCommand(DEFAULT_FAMILY);
  const again =
    run.status === 'finished'
      ? { title: 'Train Longer…', command: 'latentStudio.trainLonger' }
      : { title: 'Resume', command: 'latentStudio.resume' };
  const choices = run.intents.includes('continue') ? [again, another] : [another];
  const answer = await vscode.window.showInformationMessage(plain(standing(run)), ...choices);
  if (answer !== undefined) await vscode.commands.executeCommand(answer.command, run.key);
}

const ENDED: Partial<Record<RunSummary['status'], string>> = {
  stopped: 'was stopped',
  failed: 'failed',
  interrupted: 'was interrupted',
};

function standing({ name, status, step, totalSteps }: RunSummary): string {
  if (status === 'finished') return `${name} has finished. Train it longer, or start a new run?`;
  const at = step > 0 ? ` at step ${formatStep(step, totalSteps)}` : '';
  return `${name} ${ENDED[status] ?? 'rests'}${at}. Resume it, or start a new run?`;
}
