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

/** Thrown inside a command to stop it and show a problem. */
class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** A family with its preset and every default, on its own data set unless another one is named. */
export function trainFamily(studio: Studio, { id, title }: (typeof FAMILIES)[number], set?: unknown): Promise<void> {
  const data = typeof set === 'string' ? { data: { set } } : {};
  return train(studio, title, async () => ({
    specification: parseNewSpecification({ model: { family: id }, ...data }),
    folder: await chooseFolder(),
  }));
}

/** *Train This Specification*. */
export async function trainFile(studio: Studio, file: vscode.Uri): Promise<void> {
  return train(studio, 'Train This Specification', async () => {
    const specification = await readSpecification(file).catch(async (error: unknown) => {
      throw new ProblemError(problems.specification(file, specificationWords(error), await placeOf(error, file)));
    });
    const folder = vscode.workspace.getWorkspaceFolder(file) ?? (await chooseFolder());
    return { specification, base: path.dirname(file.fsPath), folder };
  });
}

/** The message begins with the file name, whose case is kept even at the start of a sentence. */
function specificationWords(error: unknown): string {
  return error instanceof SpecificationTextError ? error.message : sentence(error);
}

interface Order {
  readonly specification: Specification;
  /** The folder that relative paths in the specification refer to. */
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
  // One page after the other: if two webviews are the first of a browser and load at the same time, one stays empty
  // (its service worker takes over before VS Code listens for that). The tab comes last, so that it has the focus.
  await vscode.commands.executeCommand('latentStudio.openRun', key);
  await revealCharts();
  await vscode.commands.executeCommand('latentStudio.openRun', key);
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0];
  return vscode.window.showWorkspaceFolderPick({ placeHolder: 'Select the folder to keep the run in' });
}

/** The location of an error in a specification's file; undefined for other errors. */
async function placeOf(error: unknown, file: vscode.Uri): Promise<vscode.Range | undefined> {
  if (!(error instanceof SpecificationTextError)) return undefined;
  const document = await vscode.workspace.openTextDocument(file);
  const [start, end] = error.problems[0].span;
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
