import * as vscode from 'vscode';
import type { RunIntent, RunSummary } from '../../protocol/views';
import type { Studio } from '../studio';
import { act } from '../ui/act';
import { formatRate } from '../../common/numberText';
import { pickRun } from '../ui/pickRun';

/** *Pause*, *Stop*, …: acts on the run that the command was called on, or on one to which it applies. */
export async function control(
  studio: Studio,
  intents: readonly RunIntent[],
  to: string,
  argument: unknown,
  suits: (run: RunSummary) => boolean = () => true,
): Promise<void> {
  const fits = (run: RunSummary) => suits(run) && fitting(run, intents) !== undefined;
  const key = await pickRun(studio, argument, { to, fits });
  if (key === undefined) return;
  const run = studio.registry.run(key);
  // If the run has changed state meanwhile, this call reports why the intent no longer applies.
  await act(studio.registry, key, (run && fitting(run, intents)) ?? intents[0]!);
}

/** *Step One Phase*: of a paused run, a phase that the user picks. */
export async function stepPhase(studio: Studio, argument: unknown): Promise<void> {
  const fits = ({ intents, presentation }: RunSummary) =>
    intents.includes('step') && presentation?.phases !== undefined;
  const key = await pickRun(studio, argument, { to: 'step', fits });
  if (key === undefined) return;
  const phases = studio.registry.run(key)?.presentation?.phases ?? [];
  const phase = await vscode.window.showQuickPick(phases, { title: 'Which part of a step?' });
  if (phase !== undefined) await act(studio.registry, key, 'step', { phase });
}

/** Steps per second that are offered; null: full speed. */
const PACES = [null, 10, 3, 1] as const;

/** *Set Speed*: slows a live run down, or lets it go. */
export async function setSpeed(studio: Studio, argument: unknown): Promise<void> {
  const fits = ({ intents }: RunSummary) => intents.includes('pace');
  const key = await pickRun(studio, argument, { to: 'slow down', fits });
  if (key === undefined) return;
  const items = PACES.map((pace) => ({ label: pace === null ? 'Full speed' : formatRate(pace), pace }));
  const title = 'Speed of training';
  const picked = await vscode.window.showQuickPick(items, { title });
  if (picked !== undefined) await act(studio.registry, key, 'pace', { stepsPerSecond: picked.pace });
}

function fitting(run: RunSummary, intents: readonly RunIntent[]): RunIntent | undefined {
  return intents.find((intent) => run.intents.includes(intent));
}
