import { plural } from '../../../common/plural';
import path from 'node:path';
import * as vscode from 'vscode';
import { branchPoint } from '../../../runs/branch';
import { resolveRunsFolder } from '../../registry/runsFolder';
import { settings } from '../../settings';
import type { Studio } from '../../studio';
import { askEpochs } from '../../ui/askEpochs';
import { problems, report } from '../../ui/problems';
import { sentence } from '../../ui/words';
import { runAround } from './own';

const TITLE = 'Resume from Here';

/** *Resume from Here*: a new run that begins with a checkpoint. Never rejects; reports the outcome. */
export async function resumeFrom(studio: Studio, file: string): Promise<void> {
  if (!vscode.workspace.isTrusted) return report(problems.untrusted(TITLE));
  try {
    const runsFolder = await runsFolderFor(studio, file);
    if (runsFolder === undefined) return report(problems.noFolder());
    const { done, epochs, step } = await branchPoint(file);
    const prompt = `This checkpoint completes ${plural(epochs, 'epoch')}. How many more should the new run train?`;
    const extendEpochs = done ? await askEpochs(TITLE, prompt, epochs) : undefined;
    if (extendEpochs === 'cancelled') return;
    const key = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Starting a run at step ${step.toLocaleString('en')}…` },
      async () => {
        const run = await studio.launcher.branch({ runsFolder, from: file, extendEpochs });
        await studio.registry.refresh();
        return studio.registry.keyOf(run.path);
      },
    );
    await vscode.commands.executeCommand('latentStudio.openRun', key);
  } catch (error) {
    studio.log.error(error instanceof Error ? error : String(error));
    report(problems.act(TITLE, sentence(error)));
  }
}

/** Beside the run that the checkpoint belongs to, otherwise in the workspace's runs folder. */
async function runsFolderFor(studio: Studio, file: string): Promise<string | undefined> {
  const key = runAround(file, studio);
  const run = key === undefined ? undefined : studio.registry.pathOf(key);
  if (run !== undefined) return path.dirname(run);
  const around = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) ?? vscode.workspace.workspaceFolders?.[0];
  if (around === undefined || around.uri.scheme !== 'file') return undefined;
  return resolveRunsFolder(around.uri.fsPath, settings.runsFolder(around));
}
