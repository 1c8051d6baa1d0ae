import * as vscode from 'vscode';
import { parseBounded } from '../../common/boundedNumber';
import type { RunDetail } from '../../protocol/views';
import type { Studio } from '../studio';
import { plain } from '../ui/plain';
import { pickRun } from '../ui/pickRun';
import { problems, report } from '../ui/problems';
import { setHyperparameter } from '../ui/setHyperparameter';

/** *Edit Hyper-parameters*: of a run that trains; the new value holds from the next step on. */
export async function editHyperparameters(studio: Studio, argument: unknown): Promise<void> {
  const { registry } = studio;
  const editable = (key: string) => registry.detail(key)?.fixed === undefined && !registry.detail(key)?.onResume;
  const key = await pickRun(studio, argument, {
    to: 'edit',
    fits: ({ key }) => (registry.detail(key)?.hyperparameters.length ?? 0) > 0 && editable(key),
  });
  const detail = key === undefined ? undefined : registry.detail(key);
  if (key === undefined || detail === undefined) return;
  if (detail.fixed !== undefined) return report(problems.act('Edit Hyper-parameters', detail.fixed));
  if (detail.onResume)
    return report(
      problems.act('Edit Hyper-parameters', 'The run does not train now. Resume it with another value in its tab.'),
    );
  const picked = await pick(detail);
  if (picked === undefined) return;
  const answer = await vscode.window.showInputBox({
    title: plain(picked.title, 100),
    prompt: plain(`From ${picked.minimum} to ${picked.maximum}; holds from the next step on.`, 200),
    value: String(picked.current),
    validateInput: (text) => problemOf(parseBounded(text, picked)),
  });
  const parsed = answer === undefined ? undefined : parseBounded(answer, picked);
  if (parsed !== undefined && 'value' in parsed) await setHyperparameter(registry, key, picked.name, parsed.value);
}

async function pick({ hyperparameters }: RunDetail): Promise<RunDetail['hyperparameters'][number] | undefined> {
  if (hyperparameters.length <= 1) return hyperparameters[0];
  const items = hyperparameters.map((hyperparameter) => ({
    label: plain(hyperparameter.title, 100),
    description: String(hyperparameter.current),
    hyperparameter,
  }));
  return (await vscode.window.showQuickPick(items, { title: 'Which hyper-parameter?' }))?.hyperparameter;
}

function problemOf(parsed: ReturnType<typeof parseBounded>): string | undefined {
  return 'problem' in parsed ? plain(parsed.problem, 200) : undefined;
}
