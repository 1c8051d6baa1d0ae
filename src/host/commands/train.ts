import path from 'node:path';
import * as vscode from 'vscode';
import { SpecificationTextError } from '../../formats/specificationText';
import type { FAMILIES } from '../../protocol/families';
import { parseNewSpecification, type Specification } from '../../protocol/specification';
import { resolveRunsFolder, RunsFolderError } from '../registry/runsFolder';
import { settings } from '../settings';
import type { Studio } from '../studio';
import { problems, report, type Problem } from '../ui/problems';
import { revealCharts } from '../ui/revealCharts';
import { sentence } from '../ui/words';
import { readSpecification } from './readSpecification';

/** Thrown inside a command to end it with a problem shown. */
class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** A family with every default, which are those of its preset in examples/. */
export function trainFamily(studio: Studio, { id, title }: (typeof FAMILIES)[number]): Promise<void> {
  return train(studio, title, async () => ({
    specification: parseNewSpecification({ model: { family: id } }),
    folder: await chooseFolder(),
  }));
}

/** *Train This Specification*: of the editor, or of the file that the command was called on. */
export async function trainFile(studio: Studio, argument: unknown): Promise<void> {
  const file = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (file === undefined) return (await import('./trainPicked')).trainPicked(studio);
  return train(studio, 'Train This Specification', async () => {
    const specification = await readSpecification(file).catch(async (error: unknown) => {
      throw new ProblemError(problems.specification(file, specificationWords(error), await placeOf(error, file)));
    });
    const folder = vscode.workspace.getWorkspaceFolder(file) ?? (await chooseFolder());
    return { specification, base: path.dirname(file.fsPath), folder };
  });
}

/** What is wrong with a specification begins with its file's name, which is as it is also where it begins a sentence. */
function specificationWords(error: unknown): string {
  return error instanceof SpecificationTextError ? error.message : sentence(error);
}

interface Order {
  readonly specification: Specification;
  /** What relative paths of the specification are relative to. */
  readonly base?: string;
  readonly folder: vscode.WorkspaceFolder | undefined;
}

async function train(studio: Studio, title: string, prepare: () => Promise<Order>): Promise<void> {
  try {
    if (!vscode.workspace.workspaceFolders?.length) throw new ProblemError(problems.noFolder());
    if (!vscode.workspace.isTrusted) throw new ProblemError(problems.untrusted(title));
    const order = await prepare();
    if (order.folder !== undefined) await start(studio, order, order.folder);
  } catch (error) {
    if (error instanceof ProblemError) return report(error.problem);
    studio.log.error(error instanceof Error ? error : String(error));
    return report(
      error instanceof RunsFolderError ? problems.runsFolder(error.message) : problems.notStarted(sentence(error)),
    );
  }
}

async function start(studio: Studio, order: Order, folder: vscode.WorkspaceFolder): Promise<void> {
  if (folder.uri.scheme !== 'file') throw new ProblemError(problems.notOnDisk());
  const runsFolder = await resolveRunsFolder(folder.uri.fsPath, settings.runsFolder(folder));
  const base = order.base ?? folder.uri.fsPath;
  const key = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Starting the trainer…' },
    async () => {
      const run = await studio.launcher.start({ runsFolder, specification: order.specification, base });
      await studio.registry.refresh();
      return studio.registry.keyOf(run.path);
    },
  );
  // One page after the other: of two webviews that are the first ones of a browser and load at the same time, one stays
  // empty (its service worker takes over before VS Code listens for that). Then the tab again: what comes last has the
  // keyboard.
  await vscode.commands.executeCommand('latentStudio.openRun', key);
  await revealCharts();
  await vscode.commands.executeCommand('latentStudio.openRun', key);
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0];
  return vscode.window.showWorkspaceFolderPick({ placeHolder: 'In which folder shall the run be kept?' });
}

/** Where in its file a specification is wrong; undefined where that is not the matter. */
async function placeOf(error: unknown, file: vscode.Uri): Promise<vscode.Range | undefined> {
  if (!(error instanceof SpecificationTextError)) return undefined;
  const document = await vscode.workspace.openTextDocument(file);
  const [start, end] = error.problems[0].span;
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
