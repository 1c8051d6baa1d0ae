import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import { reasonOf } from '../../runs/error';

/** An auto-save that is on its way takes milliseconds; a disk that sleeps takes longer. */
const ATTEMPTS = 20;
const PAUSE_MILLISECONDS = 100;

/**
 * Sees to it that what an editor shows is on disk, and resolves to its text. A save that comes to nothing may have met
 * one that VS Code had begun itself, so it counts only when the editor stays unsaved. Throws with words for people.
 */
export async function savedText(document: vscode.TextDocument): Promise<string> {
  for (let attempt = 0; document.isDirty && attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    const saved = await document.save();
    // A read-only file or a conflict stays one: VS Code has said so, and would say so again.
    if (!saved && document.isDirty && (await obstacle(document.uri)) !== undefined) break;
  }
  if (!document.isDirty) return document.getText();
  const why = (await obstacle(document.uri)) ?? 'VS Code could not write it; its own message says why';
  throw new Error(
    `${path.basename(document.uri.path)} has changes that could not be saved: ${why}. Save it, then train again.`,
  );
}

/** What keeps a file from being written, where that can be seen. */
async function obstacle(uri: vscode.Uri): Promise<string | undefined> {
  if (uri.scheme !== 'file') return undefined;
  try {
    await access(uri.fsPath, constants.W_OK);
    return undefined;
  } catch (error) {
    const folder = path.dirname(uri.fsPath);
    const folderIsThere = await stat(folder).then(
      () => true,
      () => false,
    );
    return folderIsThere ? reasonOf(error) : `its folder ${folder} does not exist any more`;
  }
}
