import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/views';
import type { Studio } from '../studio';
import { describeRun } from './format';
import { plain } from './plain';
import { problems, report } from './problems';

/**
 * The run that a command is about: the one that it was called on, else the only one that fits, else that of the tab in
 * front (unless one is to be opened: that is open), else the one that the user picks. Undefined when there is none, which
 * was then said, or when the user picks none.
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
