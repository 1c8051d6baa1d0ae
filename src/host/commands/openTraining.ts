import * as vscode from 'vscode';
import { isLive } from '../../protocol/status';
import type { Studio } from '../studio';
import { pickRun } from '../ui/pickRun';

/** Click on the status bar item: opens the live run; if there are several, the user picks one. */
export async function openTraining(studio: Studio): Promise<void> {
  const key = await pickRun(studio, undefined, { to: 'open', fits: ({ status }) => isLive(status), opens: true });
  if (key !== undefined) await vscode.commands.executeCommand('latentStudio.openRun', key);
}
