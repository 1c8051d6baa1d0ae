import path from 'node:path';
import * as vscode from 'vscode';
import { errorMessage } from '../../../common/systemError';
import { plain } from '../../ui/plain';
import { problems, report } from '../../ui/problems';

/** Saves a picture drawn by the view where the user chooses. Never rejects. */
export async function savePicture(beside: vscode.Uri, name: string, bytes: Uint8Array): Promise<void> {
  // Tensor names come from files, so only letters, digits, dots and dashes are kept.
  const stem = name.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '');
  const target = await vscode.window.showSaveDialog({
    title: 'Save Picture',
    defaultUri: vscode.Uri.joinPath(beside, '..', `${stem.slice(0, 120) || 'picture'}.png`),
    filters: { PNG: ['png'] },
  });
  if (target === undefined) return;
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
    vscode.window.setStatusBarMessage(plain(`Saved ${path.basename(target.path)}`, 200), 5_000);
  } catch (error) {
    report(problems.act('Saving the picture', errorMessage(error)));
  }
}
