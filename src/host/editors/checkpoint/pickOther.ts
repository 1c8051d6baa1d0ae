import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { plain } from '../../ui/plain';
import { besides } from './besides';

const KINDS = ['safetensors', 'npz', 'npy', 'json', 'h5', 'hdf5', 'keras'];
const MOST_OFFERED = 200;

/**
 * Asks which file to compare with: one in the same folder, if that is on a local disk, or any other. Undefined if the
 * user picks none.
 */
export async function pickOther(name: string, file: string | undefined): Promise<string | undefined> {
  const browse = { label: '$(folder-opened) Another File…', file: undefined };
  const beside =
    file === undefined ? [] : (await neighbors(file)).map((other) => ({ label: plain(other, 200), file: other }));
  const here = { label: 'beside it', kind: vscode.QuickPickItemKind.Separator, file: undefined };
  const title = `Compare ${plain(name, 100)} with…`;
  const picked = await vscode.window.showQuickPick(beside.length > 0 ? [here, ...beside, browse] : [browse], { title });
  if (picked === undefined) return undefined;
  if (file !== undefined && picked.file !== undefined) return path.join(path.dirname(file), picked.file);
  const chosen = await vscode.window.showOpenDialog({
    title,
    defaultUri: file === undefined ? undefined : vscode.Uri.file(path.dirname(file)),
    // Files are recognized by their contents, so any name may be chosen.
    filters: { Tensors: KINDS, 'All Files': ['*'] },
  });
  return chosen?.[0]?.scheme === 'file' ? chosen[0].fsPath : undefined;
}

async function neighbors(file: string): Promise<string[]> {
  const entries = await readdir(path.dirname(file), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name !== path.basename(file))
    .map(({ name }) => name)
    .filter((name) => /\.(safetensors|npz|npy|h5|hdf5|keras|safetensors\.index\.json|weights\.json)$/i.test(name))
    .sort(besides(path.basename(file)))
    .slice(0, MOST_OFFERED);
}
