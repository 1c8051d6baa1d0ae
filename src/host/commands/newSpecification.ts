import * as vscode from 'vscode';
import { DEFAULT_FAMILY } from '../../protocol/families';
import { problems, report } from '../ui/problems';
import { reasonWords } from '../ui/words';

/** The settings that are changed most often; everything else has a default, and the editor completes its name. */
const NAME = `my-${DEFAULT_FAMILY.id}`;
const BEGINNING = {
  name: NAME,
  model: { family: DEFAULT_FAMILY.id },
  data: { set: 'mnist' },
  training: { epochs: 10 },
};

/** *New Specification*: creates a file in the workspace and opens it in the editor, which checks it. */
export async function newSpecification(): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) return report(problems.noFolderToWrite());
  const folder =
    folders.length === 1
      ? folders[0]
      : await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Folder of the new specification' });
  if (folder === undefined) return;
  try {
    const file = await freeName(folder.uri, NAME);
    await writeBeginning(file, BEGINNING);
    await vscode.window.showTextDocument(file);
  } catch (error) {
    report(problems.act('New Specification', `The file cannot be written: ${reasonWords(error)}.`));
  }
}

/** Writes the settings of a new specification. */
export async function writeBeginning(file: vscode.Uri, settings: object): Promise<void> {
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(`${JSON.stringify(settings, null, 2)}\n`));
}

/** The name with the ending, or the first with `-2`, `-3`, … before it that does not exist. */
export async function freeName(folder: vscode.Uri, base: string, ending = '.latent.json'): Promise<vscode.Uri> {
  const taken = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = `${base}${number === 1 ? '' : `-${number}`}${ending}`;
    // Some file systems do not tell Points.csv from points.csv.
    if (!taken.has(name.toLowerCase())) return vscode.Uri.joinPath(folder, name);
  }
}
