import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { plain } from '../../ui/plain';

const KINDS = ['safetensors', 'npz', 'npy', 'json'];
const MOST_OFFERED = 200;

/** The file to compare with: one that lies beside, or any other. Undefined when the user picks none. */
export async function pickOther(file: string): Promise<string | undefined> {
  const browse = { label: '$(folder-opened) Another File…', file: undefined };
  const beside = (await neighbours(file)).map((name) => ({ label: plain(name, 200), file: name }));
  const here = { label: 'beside it', kind: vscode.QuickPickItemKind.Separator, file: undefined };
  const title = `Compare ${plain(path.basename(file), 100)} with…`;
  const picked = await vscode.window.showQuickPick(beside.length > 0 ? [here, ...beside, browse] : [browse], { title });
  if (picked === undefined) return undefined;
  if (picked !== browse && picked.file !== undefined) return path.join(path.dirname(file), picked.file);
  const chosen = await vscode.window.showOpenDialog({
    title,
    defaultUri: vscode.Uri.file(path.dirname(file)),
    filters: { Tensors: KINDS },
  });
  return chosen?.[0]?.scheme === 'file' ? chosen[0].fsPath : undefined;
}

/** Newest names first, so that of a run's checkpoints the last one is on top. */
async function neighbours(file: string): Promise<string[]> {
  const entries = await readdir(path.dirname(file), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name !== path.basename(file))
    .map(({ name }) => name)
    .filter((name) => /\.(safetensors|npz|npy|safetensors\.index\.json)$/i.test(name))
    .sort((a, b) => (a < b ? 1 : -1))
    .slice(0, MOST_OFFERED);
}
