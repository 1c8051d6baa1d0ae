import * as vscode from 'vscode';
import { formatDuration } from '../../common/duration';
import { formatRate, formatSteady } from '../../common/numberText';
import { runColorId } from '../../common/runColors';
import { canExplore, isLive } from '../../protocol/status';
import type { RunIntent, RunSummary } from '../../protocol/views';
import { describeRun, formatStatus, formatStep, spokenRun } from '../ui/format';
import { plain } from '../ui/plain';

const ICONS: Record<RunSummary['status'], string> = {
  created: 'circle-outline',
  starting: 'loading~spin',
  running: 'play-circle',
  paused: 'debug-pause',
  stopping: 'loading~spin',
  stopped: 'stop-circle',
  finished: 'pass',
  failed: 'error',
  interrupted: 'warning',
  foreign: 'graph-line',
};

const UNUSABLE = 'warning';
const ALERT = 'warning';

/** What the row of a run shows in addition to the run. */
export interface RunRow {
  /** The name, shortened if it would otherwise be cut at the end that distinguishes it. */
  readonly label: string;
  /** Whether the charts overlay the run. */
  readonly shown: boolean;
}

/**
 * A run in the tree: a check box for showing its curves in the charts, the status as an icon in the color of its
 * curves, progress beside the name, the evidence in the tooltip.
 */
export function runItem(run: RunSummary, { label, shown }: RunRow): vscode.TreeItem {
  const icon = run.status === 'foreign' && run.failure ? UNUSABLE : alarming(run) ? ALERT : ICONS[run.status];
  const item = new vscode.TreeItem(plain(label, 100));
  item.id = run.key;
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(runColorId(run.color)));
  item.checkboxState = {
    state: shown ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
    tooltip: plain(shown ? `Hide the curves of ${run.name}` : `Show the curves of ${run.name}`, 200),
    accessibilityInformation: { label: plain(`Curves of ${run.name}`, 200), role: 'checkbox' },
  };
  item.description = describeRun(run);
  item.tooltip = tooltip(run);
  // Read by the `when` clauses of the menus: which intents have a button, whether the run is in the charts, whether it
  // has a latent space to explore, and whether a resume can change or take back hyperparameters.
  const words = [
    'run',
    shown ? 'shown' : 'hidden',
    ...(canExplore(run) ? ['latent'] : []),
    ...run.intents.map((intent) => actionOf(intent, run)),
    ...(run.intents.includes('step') && run.presentation?.phases ? ['phases'] : []),
    ...(run.revisable === undefined ? [] : ['revisable']),
    ...(run.revisable === 'edited' ? ['edited'] : []),
  ];
  item.contextValue = `;${words.join(';')};`;
  item.command = { title: 'Open Run', command: 'latentStudio.openRun', arguments: [run.key] };
  // Screen readers need the status in text, since the icon shows it only visually.
  item.accessibilityInformation = { label: plain(spokenRun(run), 300) };
  return item;
}

/** An alert matters while something can be done about it; how a run ended matters more. */
function alarming({ alerts, status }: RunSummary): boolean {
  return alerts !== undefined && isLive(status);
}

/** Resuming a finished run means training it longer, which has a title of its own. */
function actionOf(intent: RunIntent, { status }: RunSummary): string {
  return intent === 'continue' && status === 'finished' ? 'extend' : intent;
}

/** Plain text: Markdown would turn text from a run folder into links and images. */
function tooltip(run: RunSummary): string {
  const lines = [`${run.name}: ${formatStatus(run.status)}`];
  if (run.totalSteps > 0) lines.push(`Step ${formatStep(run.step, run.totalSteps)}, epoch ${run.epoch.toFixed(2)}`);
  const { headline } = run;
  if (headline?.value != null) {
    const best = headline.best === null ? '' : ` (best ${formatSteady(headline.best)})`;
    lines.push(`${headline.label} ${formatSteady(headline.value)}${best}`);
  }
  if (run.status === 'running' && run.stepsPerSecond !== null) {
    const left = run.secondsLeft === null ? '' : `, ${formatDuration(run.secondsLeft)} left`;
    lines.push(`${formatRate(run.stepsPerSecond)}${left}`);
  }
  if (run.backend) lines.push(run.backend.description);
  if (run.failure) lines.push(run.failure.message);
  for (const { title, step, text, advice } of run.alerts ?? []) {
    lines.push(`${title} since step ${formatStep(step, 0)}. ${text} ${advice}`);
  }
  lines.push('', run.evidence, ...run.notes);
  return plain(lines.join('\n'), 2_000);
}
