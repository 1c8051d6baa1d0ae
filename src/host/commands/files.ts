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
/** A longer log is not opened whole: a trainer that prints at every step fills gigabytes. */
const LONGEST_WHOLE = MEBIBYTE;

/** *View Trainer Log*: the output of the run's trainer, scrolled to the end, where the newest lines are. */
export async function showTrainerLog(studio: Studio, argument: unknown): Promise<void> {
  const key = await pickRun(studio, argument, { to: 'show the log of', fits: () => true });
  const file = key === undefined ? undefined : logOf(studio, key);
  if (key === undefined || file === undefined) return;
  // A link may lead anywhere: the author of a run folder must not choose which files of the machine are opened.
  const found = await lstat(file).catch(() => undefined);
  const name = studio.registry.run(key)?.name ?? 'The run';
  if (!found?.isFile()) return report(problems.noTrainerLog(name));
  // The size is part of the URI, so that a log that has grown is a new document.
  const end = { scheme: TRAINER_LOG_SCHEME, path: `/${name}/trainer.log`, query: key, fragment: String(found.size) };
  const uri = found.size > LONGEST_WHOLE ? vscode.Uri.from(end) : vscode.Uri.file(file);
  const document = await vscode.workspace.openTextDocument(uri);
  const last = document.lineAt(document.lineCount - 1).range.end;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(last, last), preview: true });
}

/** The content of a {@link TRAINER_LOG_SCHEME} document: its URI names a run, never a file. */
export async function endOfTrainerLog(studio: Studio, uri: vscode.Uri): Promise<string> {
  const file = logOf(studio, uri.query);
  if (file === undefined) return 'The run is no longer in its folder.';
  const { text, skipped } = await readLastLines(file, LONGEST_WHOLE);
  const missing = (skipped / MEBIBYTE).toFixed(1);
  return `[End of the log; ${missing} MiB before this are not shown. Full log: ${printable(file, 4096)}]\n${text}`;
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
