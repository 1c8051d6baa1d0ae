import path from 'node:path';
import * as vscode from 'vscode';
import type { HostToLatent, LatentIntent } from '../../../protocol/latent';
import { plain } from '../../ui/plain';
import { reasonWords } from '../../ui/words';

type Save = Extract<LatentIntent, { type: 'save' }>;
type SaveImages = Extract<LatentIntent, { type: 'saveImages' }>;
type Saved = Extract<HostToLatent, { type: 'saved' }>;

/** What a file of each kind begins with; a table begins with whatever its first cell is. */
const SIGNATURES: Readonly<Record<Save['kind'], readonly number[]>> = {
  csv: [],
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  gif: [0x47, 0x49, 0x46, 0x38],
};

/** Writes a file where the user says. Never rejects. */
export async function save({ id, kind, name, bytes }: Save): Promise<Saved> {
  if (!begins(bytes, kind)) return { type: 'saved', id, problem: `The view gave no ${kind.toUpperCase()} file.` };
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Save',
    defaultUri: folder && vscode.Uri.joinPath(folder, `${name}.${kind}`),
    filters: { [kind.toUpperCase()]: [kind] },
  });
  if (target === undefined) return { type: 'saved', id };
  return written(id, path.basename(target.path), () => vscode.workspace.fs.writeFile(target, bytes));
}

/** Writes images into a folder that the user picks; what has one of their names there is asked about. Never rejects. */
export async function saveImages({ id, images }: SaveImages): Promise<Saved> {
  if (!images.every(({ bytes }) => begins(bytes, 'png'))) return { type: 'saved', id, problem: 'Not all are images.' };
  const picked = await vscode.window.showOpenDialog({
    title: `Save ${images.length} images into a folder`,
    openLabel: 'Save Here',
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
  });
  const folder = picked?.[0];
  if (folder === undefined) return { type: 'saved', id };
  return written(id, path.basename(folder.path), async () => {
    const there = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
    const files = new Map(images.map(({ name, bytes }) => [`${name}.png`, bytes]));
    const taken = [...files.keys()].filter((name) => there.has(name));
    if (taken.length > 0 && !(await mayReplace(taken))) throw new Error('nothing was replaced, and nothing saved');
    for (const [name, bytes] of files) await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), bytes);
  });
}

async function mayReplace(names: readonly string[]): Promise<boolean> {
  const replace = 'Replace';
  const detail = plain(names.slice(0, 10).join(', '), 500);
  const message = `${names.length} of the images are there already. Replace them?`;
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, replace)) === replace;
}

async function written(id: number, name: string, write: () => Thenable<void>): Promise<Saved> {
  try {
    await write();
    vscode.window.setStatusBarMessage(plain(`Saved ${name}`, 200), 5_000);
    return { type: 'saved', id, name };
  } catch (error) {
    return { type: 'saved', id, problem: `It could not be saved: ${reasonWords(error)}.` };
  }
}

function begins(bytes: Uint8Array, kind: Save['kind']): boolean {
  return SIGNATURES[kind].every((byte, place) => bytes[place] === byte);
}
