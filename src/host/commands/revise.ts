import type { RunDetail } from '../../protocol/views';
import type { Studio } from '../studio';
import { act } from '../ui/act';
import { askValue, pickHyperparameter } from '../ui/askHyperparameter';
import { pickRun } from '../ui/pickRun';
import { plain } from '../ui/plain';
import { problems, report } from '../ui/problems';

type Hyperparameter = RunDetail['hyperparameters'][number];

/** *Resume without the Last Edit*: a plain resume would repeat an edit that is newer than the newest checkpoint. */
export async function resumeWithoutLastEdit(studio: Studio, argument: unknown): Promise<void> {
  const to = 'resume without its last edit';
  const key = await pickRun(studio, argument, { to, fits: ({ revisable }) => revisable === 'edited' });
  if (key === undefined) return;
  if (studio.registry.run(key)?.revisable !== 'edited') {
    // A menu may have been opened before the run continued.
    const why = 'A plain resume of this run repeats no edit, or the run cannot be resumed now.';
    return report(problems.act('Resume without the Last Edit', why));
  }
  await act(studio.registry, key, 'continue', { revision: { withoutLastEdit: true } });
}

/** *Resume with Changes…*: new values apply from the first step after the newest checkpoint. */
export async function resumeWithChanges(studio: Studio, argument: unknown): Promise<void> {
  const to = 'resume with changes';
  const key = await pickRun(studio, argument, { to, fits: ({ revisable }) => revisable !== undefined });
  const detail = key === undefined ? undefined : studio.registry.detail(key);
  if (key === undefined || detail === undefined) return;
  if (!detail.onResume) {
    const why = detail.fixed ?? 'The run is training: edit its hyperparameters instead.';
    return report(problems.act('Resume with Changes', why));
  }
  const set = await askChanges(studio.registry.run(key)?.name ?? '', detail.hyperparameters);
  if (set !== undefined) await act(studio.registry, key, 'continue', { revision: { set } });
}

/** Asks for one value after another until the user resumes; undefined if there is nothing to do. */
async function askChanges(
  run: string,
  hyperparameters: readonly Hyperparameter[],
): Promise<Record<string, number> | undefined> {
  const changes = new Map<Hyperparameter, number>();
  for (;;) {
    const picked =
      hyperparameters.length === 1 && changes.size === 0
        ? hyperparameters[0]
        : await pickHyperparameter(hyperparameters, {
            title: plain(`Resume ${run} with…`, 200),
            changes,
          });
    if (picked === undefined) return undefined;
    if (picked !== 'done') {
      const value = await askValue(picked, 'applies from the resume on.', changes.get(picked));
      if (value !== undefined) changes.set(picked, value);
      else if (hyperparameters.length === 1) return undefined;
    }
    if (picked === 'done' || (hyperparameters.length === 1 && changes.size > 0)) {
      return Object.fromEntries([...changes].map(([{ name }, value]) => [name, value]));
    }
  }
}
