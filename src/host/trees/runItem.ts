import * as vscode from 'vscode';
import { formatDuration } from '../../common/duration';
import { hasModel } from '../../protocol/status';
import type { RunIntent, RunSummary } from '../../protocol/views';
import { describeRun, formatRate, formatStatus, formatStep, formatValue, spokenRun } from '../ui/format';
import { plain } from '../ui/plain';

const ICONS: Record<RunSummary['status'], { readonly icon: string; readonly color?: string }> = {
  created: { icon: 'circle-outline' },
  starting: { icon: 'loading~spin', color: 'charts.green' },
  running: { icon: 'play-circle', color: 'charts.green' },
  paused: { icon: 'debug-pause', color: 'charts.yellow' },
  stopping: { icon: 'loading~spin', color: 'charts.yellow' },
  stopped: { icon: 'stop-circle' },
  finished: { icon: 'pass', color: 'charts.green' },
  failed: { icon: 'error', color: 'charts.red' },
  interrupted: { icon: 'warning', color: 'charts.yellow' },
  foreign: { icon: 'graph-line' },
};

const UNUSABLE = { icon: 'warning', color: 'charts.yellow' };

/** A run in the tree: status as icon, progress beside the name, the evidence in the tooltip. */
export function runItem(run: RunSummary): vscode.TreeItem {
  const { icon, color } = run.status === 'foreign' && run.failure ? UNUSABLE : ICONS[run.status];
  const item = new vscode.TreeItem(plain(run.name, 100));
  item.id = run.key;
  item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.description = describeRun(run);
  item.tooltip = tooltip(run);
  // Read by the `when` clauses of the menus: which intents have a button, and whether there is a model to look into.
  item.contextValue = `;run;${hasModel(run) ? 'model;' : ''}${run.intents.map((intent) => `${actionOf(intent, run)};`).join('')}`;
  item.command = { title: 'Open Run', command: 'latentStudio.openRun', arguments: [run.key] };
  // The icon says the status to those who see it.
  item.accessibilityInformation = { label: plain(spokenRun(run), 300) };
  return item;
}

/** To continue a finished run is to make it longer, and has a name of its own. */
function actionOf(intent: RunIntent, { status }: RunSummary): string {
  return intent === 'continue' && status === 'finished' ? 'extend' : intent;
}

/** Plain text: a Markdown tooltip would make links and images of what a run folder says. */
function tooltip(run: RunSummary): string {
  const lines = [`${run.name}: ${formatStatus(run.status)}`];
  if (run.totalSteps > 0) lines.push(`Step ${formatStep(run.step, run.totalSteps)}, epoch ${run.epoch.toFixed(2)}`);
  const { headline } = run;
  if (headline?.value != null) {
    const best = headline.best === null ? '' : ` (best ${formatValue(headline.best)})`;
    lines.push(`${headline.label} ${formatValue(headline.value)}${best}`);
  }
  if (run.status === 'running' && run.stepsPerSecond !== null) {
    const left = run.secondsLeft === null ? '' : `, ${formatDuration(run.secondsLeft)} left`;
    lines.push(`${formatRate(run.stepsPerSecond)}${left}`);
  }
  if (run.backend) lines.push(run.backend.description);
  if (run.failure) lines.push(run.failure.message);
  lines.push('', run.evidence, ...run.notes);
  return plain(lines.join('\n'), 2_000);
}
