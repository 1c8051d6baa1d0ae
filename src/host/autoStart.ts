import * as vscode from 'vscode';
import { isLive } from '../protocol/status';
import type { Studio } from './studio';

const STARTED = 'startedBy';

/**
 * `npm start` sets LATENT_STUDIO_START=trainVae in the environment of the VS Code that it starts, so that curves move at
 * once. Once a start: a reload of the window has the same environment, and is recognised by the process that is its
 * parent. A workspace cannot set the environment.
 */
export async function trainOnStart(studio: Studio): Promise<void> {
  if (process.env['LATENT_STUDIO_START'] !== 'trainVae') return;
  const { processStartTime } = await import('../runs/processIdentity');
  const parent = `${process.ppid} ${await processStartTime(process.ppid)}`;
  if (studio.memory.get(STARTED) === parent) return;
  await studio.memory.update(STARTED, parent);
  const live = studio.registry.runs().some((run) => isLive(run.status));
  if (!live) await vscode.commands.executeCommand('latentStudio.trainVae');
}
