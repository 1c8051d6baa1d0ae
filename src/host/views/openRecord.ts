import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { problems, report } from '../ui/problems';

/** A record is read up to a megabyte; what is larger is something else, and would hold the editor up. */
const LARGEST_BYTES = 1024 * 1024;

/** *Open run.json*: the run's record beside its tab. A link may lead anywhere, so it is not followed. */
export async function openRecord(folder: string): Promise<void> {
  const file = path.join(folder, 'run.json');
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile()) return report(problems.act('Open run.json', `${file} is not there any more, or is no file.`));
  if (found.size > LARGEST_BYTES) {
    return report(problems.act('Open run.json', `It has ${found.size} bytes, which is no record of a run.`));
  }
  await vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn: vscode.ViewColumn.Beside, preview: true });
}
