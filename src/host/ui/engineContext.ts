import * as vscode from 'vscode';
import type { Launcher } from '../studio';

/**
 * Maintains the context keys for *Set Up TensorFlow*: the welcome view offers it only if it is needed, and otherwise
 * the walkthrough's step is done.
 */
export class EngineContext {
  constructor(private readonly launcher: Pick<Launcher, 'tensorFlow'>) {}

  /** Checks again: after a setup, or when a setting names another library. */
  async refresh(): Promise<void> {
    const state = await this.launcher.tensorFlow();
    await vscode.commands.executeCommand('setContext', 'latentStudio.tensorFlowReady', state === 'ready');
    await vscode.commands.executeCommand('setContext', 'latentStudio.tensorFlowMissing', state === 'missing');
  }
}
