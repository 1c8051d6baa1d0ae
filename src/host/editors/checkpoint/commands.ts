import path from 'node:path';
import * as vscode from 'vscode';
import type { Studio } from '../../studio';
import { problems, report } from '../../ui/problems';
import { pickOther } from './pickOther';
import type { CheckpointEditors } from './provider';
import { resumeFrom } from './resumeFrom';
import { CHECKPOINT_EDITOR, TENSORS_EDITOR } from './viewTypes';

/** Commands in the Explorer's menu for tensor files: they apply to the clicked file, or to all selected ones. */
export interface FileArguments {
  readonly clicked: unknown;
  readonly selected: unknown;
}

export type FileCommand = (studio: Studio, editors: CheckpointEditors, files: FileArguments) => Promise<void>;

export const fileCommands = {
  openAsTensors: async (_, editors, files) => {
    const uri = fileOf(files) ?? vscode.window.activeTextEditor?.document.uri;
    if (uri !== undefined) await editors.open(uri, viewTypeOf(uri));
  },
  compareTensors: async (_, editors, files) => {
    const uri = fileOf(files);
    if (uri === undefined) return;
    const other =
      otherOf(files, uri) ?? (await pickOther(path.basename(uri.path), uri.scheme === 'file' ? uri.fsPath : undefined));
    if (other !== undefined) await editors.open(uri, viewTypeOf(uri), { type: 'compare', other });
  },
  sampleCheckpoint: (_, editors, files) => inspect(editors, files, 'sample'),
  evaluateCheckpoint: (_, editors, files) => inspect(editors, files, 'evaluate'),
  resumeFromCheckpoint: async (studio, _, files) => {
    const uri = fileOf(files);
    if (uri !== undefined) await resumeFrom(studio, uri.fsPath);
  },
} satisfies Record<string, FileCommand>;

async function inspect(editors: CheckpointEditors, files: FileArguments, what: 'sample' | 'evaluate'): Promise<void> {
  const uri = fileOf(files);
  if (uri === undefined) return;
  const title = what === 'sample' ? 'Sample' : 'Evaluate';
  if (!vscode.workspace.isTrusted) return report(problems.untrusted(title));
  await editors.open(uri, CHECKPOINT_EDITOR, { type: 'inspect', what });
}

/** The clicked file, or from the palette or a key binding the file of the active editor. */
function fileOf({ clicked }: FileArguments): vscode.Uri | undefined {
  if (clicked instanceof vscode.Uri) return clicked;
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.uri : undefined;
}

/** The second of two selected files. */
function otherOf({ selected }: FileArguments, uri: vscode.Uri): string | undefined {
  const uris = Array.isArray(selected) ? selected.filter((each) => each instanceof vscode.Uri) : [];
  const other = uris.length === 2 ? uris.find((each) => each.toString() !== uri.toString()) : undefined;
  return other?.scheme === 'file' ? other.fsPath : undefined;
}

/** JSON files have other editors too; every other tensor file is opened by this one. */
function viewTypeOf({ path }: vscode.Uri): string {
  return path.toLowerCase().endsWith('.json') ? TENSORS_EDITOR : CHECKPOINT_EDITOR;
}
