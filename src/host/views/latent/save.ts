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
  return written(id, async () => {
    await vscode.workspace.fs.writeFile(target, bytes);
    return path.basename(target.path);
  });
}

/** Writes images into a new folder, in one that the user picks: they may be thousands. Never rejects. */
export async function saveImages({ id, images, of }: SaveImages): Promise<Saved> {
  if (!images.every(({ bytes }) => begins(bytes, 'png'))) return { type: 'saved', id, problem: 'Not all are images.' };
  const what = amount(images.length, of);
  const picked = await vscode.window.showOpenDialog({
    title: `Save ${what} into a new folder in…`,
    // Not every system shows the title.
    openLabel: images.length < of ? `Save the First ${images.length.toLocaleString('en-US')} Here` : 'Save Here',
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
  });
  const parent = picked?.[0];
  if (parent === undefined) return { type: 'saved', id };
  return written(id, async () => {
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

/** Makes "images", or the first of "images-2", "images-3", … that is not there yet. */
async function newFolder(parent: vscode.Uri): Promise<vscode.Uri> {
  const there = new Set((await vscode.workspace.fs.readDirectory(parent)).map(([name]) => name.toLowerCase()));
  let name = 'images';
  for (let i = 2; there.has(name); i++) name = `images-${i}`;
  const folder = vscode.Uri.joinPath(parent, name);
  await vscode.workspace.fs.createDirectory(folder);
  return folder;
}

/** @param write resolves with what has been saved, in words */
async function written(id: number, write: () => Promise<string>): Promise<Saved> {
  try {
    const name = await write();
    vscode.window.setStatusBarMessage(plain(`Saved ${name}`, 200), 5_000);
    return { type: 'saved', id, name };
  } catch (error) {
    return { type: 'saved', id, problem: `It could not be saved: ${reasonWords(error)}.` };
  }
}

function begins(bytes: Uint8Array, kind: Save['kind']): boolean {
  return SIGNATURES[kind].every((byte, place) => bytes[place] === byte);
}
