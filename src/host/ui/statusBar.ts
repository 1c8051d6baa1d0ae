import * as vscode from 'vscode';
import { formatDuration } from '../../common/duration';
import { isLive } from '../../protocol/status';
import type { RunSummary } from '../../protocol/views';
import { formatRate, formatStatus, formatStep, formatValue } from './format';
import { plain } from './plain';

/** The experiment that runs, at the bottom of the window; hidden when there is none. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('latentStudio.status', vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.item.name = 'Latent Studio';
  }

  update(runs: readonly RunSummary[]): void {
    const active = runs.filter((run) => isLive(run.status));
    const first = active[0];
    if (first === undefined) return this.item.hide();
    this.item.text = active.length === 1 ? describe(first) : `$(pulse) ${active.length} runs`;
    this.item.tooltip = active.map(detail).join('\n');
    this.item.accessibilityInformation = { label: `Latent Studio: ${this.item.tooltip}` };
    this.item.command = {
      title: 'Open Run',
      command: 'latentStudio.openRun',
      arguments: active.length === 1 ? [first.key] : [],
    };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}

function describe(run: RunSummary): string {
  const name = plain(run.name, 40);
  if (run.status === 'running' && run.stepsPerSecond !== null)
    return `$(pulse) ${name} · ${formatRate(run.stepsPerSecond)}`;
  return `$(${run.status === 'paused' ? 'debug-pause' : 'pulse'}) ${name} · ${formatStatus(run.status)}`;
}

function detail(run: RunSummary): string {
  const parts = [`step ${formatStep(run.step, run.totalSteps)}`];
  const value = run.headline?.value;
  if (value !== undefined && value !== null) parts.push(`${run.headline?.label} ${formatValue(value)}`);
  if (run.secondsLeft !== null && run.status === 'running') parts.push(`${formatDuration(run.secondsLeft)} left`);
  return plain(`${run.name} (${formatStatus(run.status)}): ${parts.join(', ')}`, 300);
}
