import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/views';
import { formatStatus } from './format';
import { plain } from './plain';
import { UnseenFailures } from './unseenFailures';

/**
 * Status bar item for runs that failed or were interrupted while this window was open, until they are resumed, deleted
 * or opened. A message cannot do that: VS Code gives an extension no way to close one that is outdated.
 */
export class EndedItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('latentStudio.ended', vscode.StatusBarAlignment.Left, 9);
  private readonly unseen = new UnseenFailures();

  constructor() {
    this.item.name = 'Latent Studio: Failed Runs';
  }

  /** @param front the run whose tab is the active editor */
  update(runs: readonly RunSummary[], front: string | undefined): void {
    const marked = this.unseen.update(runs, front);
    const [first] = marked;
    if (first === undefined) return this.item.hide();
    const failed = marked.some(({ status }) => status === 'failed');
    const text = marked.length === 1 ? `${plain(first.name, 40)} ${formatStatus(first.status)}` : words(marked);
    this.item.text = `$(${failed ? 'error' : 'warning'}) ${text}`;
    this.item.tooltip = marked
      .map((run) => plain(`${run.name}: ${run.failure?.message ?? run.evidence}`, 300))
      .join('\n');
    this.item.backgroundColor = new vscode.ThemeColor(`statusBarItem.${failed ? 'error' : 'warning'}Background`);
    this.item.accessibilityInformation = { label: `Latent Studio: ${text}` };
    this.item.command = { title: 'Open Run', command: 'latentStudio.openRun', arguments: [first.key] };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}

/** "3 runs failed", "2 runs interrupted", "5 runs failed or interrupted" */
function words(runs: readonly RunSummary[]): string {
  const statuses = [...new Set(runs.map(({ status }) => formatStatus(status)))];
  return `${runs.length} runs ${statuses.sort().join(' or ')}`;
}
