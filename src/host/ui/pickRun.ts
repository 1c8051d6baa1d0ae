import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/views';
import type { Studio } from '../studio';
import { describeRun } from './format';
import { plain } from './plain';
import { problems, report } from './problems';

/**
 * The run that a command applies to: the one that it was called on, else the only suitable one, else that of the active
 * tab (except for opening a run, since that one is open), else the one that the user picks. Undefined if there is none,
 * which the user has been told, or if the user picks none.
 */
export async function pickRun(
  { registry, front }: Pick<Studio, 'registry' | 'front'>,
  argument: unknown,
  { to, fits, opens = false }: { to: string; fits: (run: RunSummary) => boolean; opens?: boolean },
): Promise<string | undefined> {
  if (typeof argument === 'string' && registry.run(argument) !== undefined) return argument;
  const candidates = registry.runs().filter(fits);
  const [first, second] = candidates;
  if (first === undefined) {
    report(problems.nothingTo(to));
    return undefined;
  }
  if (second === undefined) return first.key;
  if (!opens && candidates.some(({ key }) => key === front.key)) return front.key;
  const picked = await vscode.window.showQuickPick(
    candidates.map((run) => ({ label: plain(run.name, 100), description: describeRun(run), key: run.key })),
    { title: `Which run to ${to}?`, matchOnDescription: true },
  );
  return picked?.key;
}
