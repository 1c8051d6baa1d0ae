import * as vscode from 'vscode';

/** Opens the *Charts* view wherever the user keeps it; the keyboard stays where it is. */
export async function revealCharts(): Promise<void> {
  await vscode.commands.executeCommand('latentStudio.charts.focus', { preserveFocus: true });
}
