import path from 'node:path';
import * as vscode from 'vscode';
import { RequestError } from '../../../protocol/channel';
import type { LatentExchanges, Saved } from '../../../protocol/latent';
import { plain } from '../../ui/plain';
import { reasonWords } from '../../ui/words';

type Save = LatentExchanges['save']['request'];
type SaveImages = LatentExchanges['saveImages']['request'];

/** Signature of each kind of file; a table has none. */
const SIGNATURES: Readonly<Record<Save['kind'], readonly number[]>> = {
  csv: [],
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  gif: [0x47, 0x49, 0x46, 0x38],
};

/** Writes a file where the user chooses. Rejects with {@link RequestError}. */
export async function save({ kind, name, bytes }: Save): Promise<Saved> {
  if (!begins(bytes, kind)) throw new RequestError(`The view gave no ${kind.toUpperCase()} file.`, 'invalid');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Save',
    defaultUri: folder && vscode.Uri.joinPath(folder, `${name}.${kind}`),
    filters: { [kind.toUpperCase()]: [kind] },
  });
  if (target === undefined) return {};
  return written(async () => {
    await vscode.workspace.fs.writeFile(target, bytes);
    return path.basename(target.path);
  });
}

/**
 * Writes images, of which there may be thousands, into a new folder inside one that the user picks. Rejects with {@link
 * RequestError}.
 */
export async function saveImages({ images, of }: SaveImages): Promise<Saved> {
  if (!images.every(({ bytes }) => begins(bytes, 'png')))
    throw new RequestError('Some files are not images.', 'invalid');
  const what = amount(images.length, of);
  const picked = await vscode.window.showOpenDialog({
    title: `Save ${what} into a new folder in…`,
    // Not every platform shows the title.
    openLabel: images.length < of ? `Save the First ${images.length.toLocaleString('en-US')} Here` : 'Save Here',
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
  });
  const parent = picked?.[0];
  if (parent === undefined) return {};
  return written(async () => {
    const folder = await newFolder(parent);
    for (const { name, bytes } of images) {
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, `${name}.png`), bytes);
    }
    return `${what} in the folder ${path.basename(folder.path)}`;
  });
}

/** "1 image", "100 images", "the first 1,000 of 3,214 images" */
function amount(count: number, of: number): string {
  const number = (value: number) => value.toLocaleString('en-US');
  if (count < of) return `the first ${number(count)} of ${number(of)} images`;
  return count === 1 ? '1 image' : `${number(count)} images`;
}

/** Creates "images", or the first of "images-2", "images-3", … that does not exist yet. */
async function newFolder(parent: vscode.Uri): Promise<vscode.Uri> {
  const there = new Set((await vscode.workspace.fs.readDirectory(parent)).map(([name]) => name.toLowerCase()));
  let name = 'images';
  for (let i = 2; there.has(name); i++) name = `images-${i}`;
  const folder = vscode.Uri.joinPath(parent, name);
  await vscode.workspace.fs.createDirectory(folder);
  return folder;
}

/** @param write resolves with a description of what was saved */
async function written(write: () => Promise<string>): Promise<Saved> {
  try {
    const name = await write();
    vscode.window.setStatusBarMessage(plain(`Saved ${name}`, 200), 5_000);
    return { name };
  } catch (error) {
    throw new RequestError(`It could not be saved: ${reasonWords(error)}.`, 'failed');
  }
}

function begins(bytes: Uint8Array, kind: Save['kind']): boolean {
  return SIGNATURES[kind].every((byte, place) => bytes[place] === byte);
}
