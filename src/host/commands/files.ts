import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Studio } from '../studio';
import { pickRun } from '../ui/pickRun';
import { problems, report } from '../ui/problems';

/** *Show Trainer Log*: what the run's trainer printed, at its end, where the newest is. */
export async function showTrainerLog(studio: Studio, argument: unknown): Promise<void> {
  const key = await pickRun(studio.registry, argument, { to: 'show the log of', fits: () => true });
  const folder = key === undefined ? undefined : studio.registry.pathOf(key);
  if (key === undefined || folder === undefined) return;
  const file = path.join(folder, 'trainer.log');
  // A link may lead anywhere: a run folder does not say which files of the machine are opened.
  const isFile = await lstat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) return report(problems.noTrainerLog(studio.registry.run(key)?.name ?? 'The run'));
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const end = document.lineAt(document.lineCount - 1).range.end;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(end, end), preview: true });
}

export async function revealRunFolder(studio: Studio, argument: unknown): Promise<void> {
  const key = await pickRun(studio.registry, argument, { to: 'reveal', fits: () => true });
  const folder = key === undefined ? undefined : studio.registry.pathOf(key);
  if (folder !== undefined) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(folder));
}
