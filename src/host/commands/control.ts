import type { RunIntent, RunSummary } from '../../protocol/views';
import type { Studio } from '../studio';
import { act } from '../ui/act';
import { pickRun } from '../ui/pickRun';

/** *Pause*, *Stop*, …: on the run that the command was called on, or on one that it makes sense for. */
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
  // The first one says why it does not fit, should the run have moved on meanwhile.
  await act(studio.registry, key, (run && fitting(run, intents)) ?? intents[0]!);
}

function fitting(run: RunSummary, intents: readonly RunIntent[]): RunIntent | undefined {
  return intents.find((intent) => run.intents.includes(intent));
}
