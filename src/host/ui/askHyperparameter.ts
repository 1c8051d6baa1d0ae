import * as vscode from 'vscode';
import { parseBounded } from '../../common/boundedNumber';
import type { RunDetail } from '../../protocol/views';
import { plain } from './plain';

type Hyperparameter = RunDetail['hyperparameters'][number];

/** Asks which hyperparameter to change; `done` is offered once there are `changes`. Undefined if the user cancels. */
export async function pickHyperparameter(
  hyperparameters: readonly Hyperparameter[],
  { title, changes = new Map() }: { title: string; changes?: ReadonlyMap<Hyperparameter, number> },
): Promise<Hyperparameter | 'done' | undefined> {
  const items: (vscode.QuickPickItem & { readonly is: Hyperparameter | 'done' })[] = hyperparameters.map(
    (hyperparameter) => {
      const changed = changes.get(hyperparameter);
      const { current } = hyperparameter;
      return {
        label: plain(hyperparameter.title, 100),
        description: changed === undefined ? String(current) : `${current} → ${changed}`,
        is: hyperparameter,
      };
    },
  );
  if (changes.size > 0) {
    const words = [...changes].map(([{ title: name }, value]) => `${name} ${value}`).join(', ');
    items.unshift({ label: '$(debug-continue) Resume', description: plain(`with ${words}`, 200), is: 'done' });
  }
  return (await vscode.window.showQuickPick(items, { title }))?.is;
}

/** Asks for a value within the bounds of the hyperparameter; undefined if the user cancels. */
export async function askValue(
  hyperparameter: Hyperparameter,
  effect: string,
  value = hyperparameter.current,
): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({
    title: plain(hyperparameter.title, 100),
    prompt: plain(`From ${hyperparameter.minimum} to ${hyperparameter.maximum}; ${effect}`, 200),
    value: String(value),
    validateInput: (text) => {
      const parsed = parseBounded(text, hyperparameter);
      return 'problem' in parsed ? plain(parsed.problem, 200) : undefined;
    },
  });
  const parsed = answer === undefined ? undefined : parseBounded(answer, hyperparameter);
  return parsed !== undefined && 'value' in parsed ? parsed.value : undefined;
}
