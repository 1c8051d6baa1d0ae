import { lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { problems, report } from '../ui/problems';

/** Records are read up to a megabyte; a larger file is something else, and would block the editor. */
const LARGEST_BYTES = 1024 * 1024;

/** *Open run.json*: opens the run's record beside its tab. Links are not followed, since they may lead anywhere. */
export async function openRecord(folder: string): Promise<void> {
  const file = path.join(folder, 'run.json');
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile()) return report(problems.act('Open run.json', `${file} no longer exists, or is not a file.`));
  if (found.size > LARGEST_BYTES) {
    return report(
      problems.act('Open run.json', `It has ${found.size} bytes, which is too large for the record of a run.`),
    );
  }
  await vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn: vscode.ViewColumn.Beside, preview: true });
}
