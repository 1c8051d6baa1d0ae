import type { Studio } from '../studio';
import { askValue, pickHyperparameter } from '../ui/askHyperparameter';
import { pickRun } from '../ui/pickRun';
import { problems, report } from '../ui/problems';
import { setHyperparameter } from '../ui/setHyperparameter';

/** *Edit Hyperparameters* of a live run; a new value applies from the next step on. */
export async function editHyperparameters(studio: Studio, argument: unknown): Promise<void> {
  const { registry } = studio;
  const editable = (key: string) => registry.detail(key)?.fixed === undefined && !registry.detail(key)?.onResume;
  const key = await pickRun(studio, argument, {
    to: 'edit',
    fits: ({ key }) => (registry.detail(key)?.hyperparameters.length ?? 0) > 0 && editable(key),
  });
  const detail = key === undefined ? undefined : registry.detail(key);
  if (key === undefined || detail === undefined) return;
  if (detail.fixed !== undefined) return report(problems.act('Edit Hyperparameters', detail.fixed));
  if (detail.onResume)
    return report(
      problems.act(
        'Edit Hyperparameters',
        'The run is not training. Use Resume with Changes to resume it with other values.',
      ),
    );
  const { hyperparameters } = detail;
  const picked =
    hyperparameters.length <= 1
      ? hyperparameters[0]
      : await pickHyperparameter(hyperparameters, { title: 'Which hyperparameter?' });
  if (picked === undefined || picked === 'done') return;
  const value = await askValue(picked, 'applies from the next step on.');
  if (value !== undefined) await setHyperparameter(registry, key, picked.name, value);
}
