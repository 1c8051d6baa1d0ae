import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { readLastLines } from '../../runs/boundedRead';
import { printable } from '../../runs/printable';
import type { Studio } from '../studio';
import { pickRun } from '../ui/pickRun';
import { problems, report } from '../ui/problems';
import { TRAINER_LOG_SCHEME } from './schemes';

const MEBIBYTE = 1024 * 1024;
/** A longer log is not opened whole: a trainer that says something at every step fills gigabytes. */
const LONGEST_WHOLE = MEBIBYTE;

/** *View Trainer Log*: what the run's trainer printed, at its end, where the newest is. */
export async function showTrainerLog(studio: Studio, argument: unknown): Promise<void> {
  const key = await pickRun(studio, argument, { to: 'show the log of', fits: () => true });
  const file = key === undefined ? undefined : logOf(studio, key);
  if (key === undefined || file === undefined) return;
  // A link may lead anywhere: a run folder does not say which files of the machine are opened.
  const found = await lstat(file).catch(() => undefined);
  const name = studio.registry.run(key)?.name ?? 'The run';
  if (!found?.isFile()) return report(problems.noTrainerLog(name));
  // The size makes it another document when the log has grown.
  const end = { scheme: TRAINER_LOG_SCHEME, path: `/${name}/trainer.log`, query: key, fragment: String(found.size) };
  const uri = found.size > LONGEST_WHOLE ? vscode.Uri.from(end) : vscode.Uri.file(file);
  const document = await vscode.workspace.openTextDocument(uri);
  const last = document.lineAt(document.lineCount - 1).range.end;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(last, last), preview: true });
}

/** The content of a document of {@link TRAINER_LOG_SCHEME}: who names one names a run, never a file. */
export async function endOfTrainerLog(studio: Studio, uri: vscode.Uri): Promise<string> {
  const file = logOf(studio, uri.query);
  if (file === undefined) return 'The run is gone from its folder.';
  const { text, skipped } = await readLastLines(file, LONGEST_WHOLE);
  const missing = (skipped / MEBIBYTE).toFixed(1);
  return `[The end of the log; ${missing} MiB before it are not shown. All of it: ${printable(file, 4096)}]\n${text}`;
}

export async function revealRunFolder(studio: Studio, argument: unknown): Promise<void> {
  const key = await pickRun(studio, argument, { to: 'reveal', fits: () => true });
  const folder = key === undefined ? undefined : studio.registry.pathOf(key);
  if (folder !== undefined) await vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(folder));
}

function logOf(studio: Studio, key: string): string | undefined {
  const folder = studio.registry.pathOf(key);
  return folder === undefined ? undefined : path.join(folder, 'trainer.log');
}
