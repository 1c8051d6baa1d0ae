import * as vscode from 'vscode';
import { isLive } from '../../protocol/status';
import type { RunSummary } from '../../protocol/views';
import { describe, detail } from './statusWords';

/** The live runs, at the bottom of the window; hidden if there are none. */
export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('latentStudio.status', vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.item.name = 'Latent Studio';
  }

  update(runs: readonly RunSummary[]): void {
    const active = runs.filter((run) => isLive(run.status));
    if (active.length === 0) return this.item.hide();
    this.item.text = describe(active);
    // The color of warnings, as for other items that ask for attention.
    const alarming = active.some(({ alerts }) => alerts !== undefined);
    this.item.backgroundColor = alarming ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    const tooltip = active.map(detail).join('\n');
    this.item.tooltip = active.length === 1 ? tooltip : `${tooltip}\nClick to pick one of them.`;
    this.item.accessibilityInformation = { label: `Latent Studio: ${tooltip}` };
    this.item.command = { title: 'Open Run', command: 'latentStudio.openTraining' };
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
