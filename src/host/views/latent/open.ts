import * as vscode from 'vscode';
import { canExplore } from '../../../protocol/status';
import type { Studio } from '../../studio';
import { pickRun } from '../../ui/pickRun';
import { problems, report } from '../../ui/problems';
import type { LatentPanels } from './panels';

/** *Open Latent Explorer*: of a checkpoint file, of the run that it was called on, or of one that the user picks. */
export async function openLatentExplorer(studio: Studio, panels: LatentPanels, argument: unknown): Promise<void> {
  if (argument instanceof vscode.Uri) {
    if (argument.scheme === 'file') return panels.openCheckpoint(argument.fsPath);
    const why = 'The checkpoint is not on a local disk, so it cannot be loaded.';
    return report(problems.act('Open Latent Explorer', why));
  }
  const key = await pickRun(studio, argument, { to: 'look into', fits: canExplore });
  if (key !== undefined) panels.openRun(key);
}
