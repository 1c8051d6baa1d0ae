import * as vscode from 'vscode';
import { plural } from '../../common/plural';
import type { Alert } from '../../protocol/alert';
import type { RunSummary } from '../../protocol/views';
import type { RunRegistry } from '../registry/registry';
import { alertTitle } from './format';
import { plain } from './plain';
import { setHyperparameter } from './setHyperparameter';

/** The message about runs whose alerts were raised within a short time; undefined for none. */
export function alertMessage(runs: readonly RunSummary[]): string | undefined {
  const [only, ...others] = runs;
  const alert = only && told(only);
  if (only === undefined || alert === undefined) return undefined;
  if (others.length === 0) {
    const besides = (only.alerts ?? []).filter((each) => each !== alert).map(({ title }) => title);
    const also = besides.length === 0 ? '' : ` Also: ${besides.join(', ')}.`;
    return `${only.name}: ${alert.title}. ${alert.text} ${alert.advice}${also}`;
  }
  const named = runs.slice(0, 3).map((run) => `${run.name} (${alertTitle(run)})`);
  return `Alerts in ${plural(runs.length, 'run')}: ${named.join(', ')}${runs.length > 3 ? ', …' : ''}.`;
}

/** The newest alert; of several that were raised together the first, which is the likely cause of the others. */
function told({ alerts = [] }: RunSummary): Alert | undefined {
  const newest = Math.max(...alerts.map(({ step }) => step));
  return alerts.find(({ step }) => step === newest);
}

/** One warning for these alerts, with a button where a setting would help. */
export async function tellAlerts(registry: RunRegistry, runs: readonly RunSummary[]): Promise<void> {
  const message = alertMessage(runs);
  const [run] = runs;
  if (message === undefined || run === undefined) return;
  const remedy = runs.length === 1 && run.intents.includes('pause') ? told(run)?.remedy : undefined;
  const set = remedy && { title: plain(`Set ${remedy.title} to ${remedy.value}`, 80) };
  const open = { title: runs.length === 1 ? 'Open Run' : 'Show Runs' };
  const pressed = await vscode.window.showWarningMessage(plain(message), ...(set ? [set] : []), open);
  if (pressed === undefined) return;
  if (pressed === set && remedy) await setHyperparameter(registry, run.key, remedy.name, remedy.value);
  else if (runs.length === 1) await vscode.commands.executeCommand('latentStudio.openRun', run.key);
  else await vscode.commands.executeCommand('latentStudio.runs.focus');
}
