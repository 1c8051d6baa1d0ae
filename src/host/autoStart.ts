import * as vscode from 'vscode';
import { isLive } from '../protocol/status';
import type { RunSummary } from '../protocol/views';
import type { Studio } from './studio';
import { formatStep } from './ui/format';

const STARTED = 'startedBy';

/**
 * `npm start` sets LATENT_STUDIO_START=trainVae in the environment of the VS Code that it starts, so that curves move at
 * once. Only where there are no runs yet: later the newest one is shown, and whether it goes on or another one begins is
 * for the user to say. Once a start: a reload of the window has the same environment, and is recognised by the process
 * that is its parent. A workspace cannot set the environment.
 */
export async function trainOnStart(studio: Studio): Promise<void> {
  if (process.env['LATENT_STUDIO_START'] !== 'trainVae') return;
  const { processStartTime } = await import('../runs/processIdentity');
  const parent = `${process.ppid} ${await processStartTime(process.ppid)}`;
  if (studio.memory.get(STARTED) === parent) return;
  await studio.memory.update(STARTED, parent);
  await begin(studio.registry.runs().filter(({ status }) => status !== 'foreign'));
}

/** Exported for the tests. */
export async function begin(runs: readonly RunSummary[]): Promise<void> {
  const run = runs.find(({ status }) => isLive(status)) ?? runs[0];
  if (run === undefined) return void (await vscode.commands.executeCommand('latentStudio.trainVae'));
  await vscode.commands.executeCommand('latentStudio.openRun', run.key);
  if (!isLive(run.status)) void offer(run);
}

/** Nobody waits for the answer: the question may stand for hours. */
async function offer(run: RunSummary): Promise<void> {
  const { plain } = await import('./ui/plain');
  const another = { title: 'Train VAE', command: 'latentStudio.trainVae' };
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
  if (status === 'finished') return `${name} has finished. Train it longer, or begin a new run?`;
  const at = step > 0 ? ` at step ${formatStep(step, totalSteps)}` : '';
  return `${name} ${ENDED[status] ?? 'rests'}${at}. Go on with it, or begin a new run?`;
}
