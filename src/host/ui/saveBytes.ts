import path from 'node:path';
import * as vscode from 'vscode';
import { errorMessage } from '../../common/systemError';
import { plain } from './plain';
import { problems, report } from './problems';

interface Saving {
  readonly title: string;
  readonly proposed: vscode.Uri | undefined;
  /** Without its dot. */
  readonly extension: string;
  readonly bytes: Uint8Array;
  /** Names the action in a report of its failure: "Saving the image". */
  readonly what: string;
}

/** Writes a file where the user chooses, and reports the outcome. Never rejects. */
export async function saveBytes({ title, proposed, extension, bytes, what }: Saving): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: proposed,
    filters: { [extension.toUpperCase()]: [extension] },
  });
  if (target === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
    vscode.window.setStatusBarMessage(plain(`Saved ${path.basename(target.path)}`, 200), 5_000);
  } catch (error) {
    report(problems.act(what, errorMessage(error)));
  }
}
