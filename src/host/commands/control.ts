import type { RunIntent, RunSummary } from '../../protocol/views';
import type { Studio } from '../studio';
import { act } from '../ui/act';
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

function fitting(run: RunSummary, intents: readonly RunIntent[]): RunIntent | undefined {
  return intents.find((intent) => run.intents.includes(intent));
}
