import * as vscode from 'vscode';
import { saveBytes } from '../../ui/saveBytes';

/** Saves a picture drawn by the view where the user chooses. Never rejects. */
export function savePicture(beside: vscode.Uri, name: string, bytes: Uint8Array): Promise<void> {
  // Tensor names come from files, so only letters, digits, dots and dashes are kept.
  const stem = name.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '');
  return saveBytes({
    title: 'Save Picture',
    proposed: vscode.Uri.joinPath(beside, '..', `${stem.slice(0, 120) || 'picture'}.png`),
    extension: 'png',
    bytes,
    what: 'Saving the picture',
  });
}
