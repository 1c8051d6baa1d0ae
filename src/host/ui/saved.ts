import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import type * as vscode from 'vscode';
import { reasonOf } from '../../runs/error';

/** A pending auto-save takes milliseconds; a sleeping disk takes longer. */
const ATTEMPTS = 20;
const PAUSE_MILLISECONDS = 100;

/**
 * Ensures that the contents of an editor are on disk, and resolves to its text. A failed save may have collided with
 * one that VS Code had already begun, so it counts only if the editor stays dirty. Throws with a message for users.
 */
export async function savedText(document: vscode.TextDocument): Promise<string> {
  for (let attempt = 0; document.isDirty && attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    const saved = await document.save();
    // A read-only file or a conflict stays unsaved: VS Code has reported it, and would report it again.
    if (!saved && document.isDirty && (await obstacle(document.uri)) !== undefined) break;
  }
  if (!document.isDirty) return document.getText();
  const why = (await obstacle(document.uri)) ?? 'VS Code could not write it; its own message says why';
  throw new Error(
    `${path.basename(document.uri.path)} has changes that could not be saved: ${why}. Save it, then train again.`,
  );
}

/** What prevents a file from being written, if that can be determined. */
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
    return folderIsThere ? reasonOf(error) : `its folder ${folder} no longer exists`;
  }
}
