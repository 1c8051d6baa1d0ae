import * as vscode from 'vscode';

/** Opens the *Charts* view wherever the user has placed it; the focus stays where it is. */
export async function revealCharts(): Promise<void> {
  await vscode.commands.executeCommand('latentStudio.charts.focus', { preserveFocus: true });
}
