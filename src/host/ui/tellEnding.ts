import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/views';
import { endingMessage, type EndingAction } from './endings';
import { plain } from './plain';

const ACTIONS: Readonly<Record<EndingAction, { readonly title: string; readonly command: string }>> = {
  openRun: { title: 'Open Run', command: 'latentStudio.openRun' },
  resume: { title: 'Resume', command: 'latentStudio.resume' },
  resumeWithoutLastEdit: { title: 'Resume without the Last Edit', command: 'latentStudio.resumeWithoutLastEdit' },
  trainLonger: { title: 'Train Longer…', command: 'latentStudio.trainLonger' },
  showTrainerLog: { title: 'View Trainer Log', command: 'latentStudio.showTrainerLog' },
  showRuns: { title: 'Show Runs', command: 'latentStudio.runs.focus' },
};

/**
 * One message for the runs that have ended. Never an error message: VS Code keeps an error with buttons open until it
 * is closed, even if the run is resumed and finishes; a warning disappears by itself, and the status bar shows what is
 * still true.
 */
export async function tellEnding(runs: readonly RunSummary[]): Promise<void> {
  const message = endingMessage(runs);
  if (message === undefined) return;
  const { severity, text, key, actions } = message;
  const show = severity === 'warning' ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const pressed = await show(plain(text), ...actions.map((action) => ACTIONS[action]));
  if (pressed !== undefined) await vscode.commands.executeCommand(pressed.command, ...(key === undefined ? [] : [key]));
}
