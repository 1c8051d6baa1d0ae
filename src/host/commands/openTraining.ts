import * as vscode from 'vscode';
import { isLive } from '../../protocol/status';
import type { Studio } from '../studio';
import { pickRun } from '../ui/pickRun';

/** What a click on the status bar does: the run that trains, or of several the one that the user picks. */
export async function openTraining(studio: Studio): Promise<void> {
  const key = await pickRun(studio, undefined, { to: 'open', fits: ({ status }) => isLive(status), opens: true });
  if (key !== undefined) await vscode.commands.executeCommand('latentStudio.openRun', key);
}
