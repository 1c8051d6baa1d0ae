import * as vscode from 'vscode';
import type { Launcher } from '../studio';

/**
 * The context keys that say whether *Set Up TensorFlow* has something to offer: the welcome view offers it only then, and
 * the walkthrough's step is done otherwise.
 */
export class EngineContext {
  constructor(private readonly launcher: Pick<Launcher, 'tensorFlow'>) {}

  /** Looks again: after a set-up, or when a setting names another library. */
  async refresh(): Promise<void> {
    const state = await this.launcher.tensorFlow();
    await vscode.commands.executeCommand('setContext', 'latentStudio.tensorFlowReady', state === 'ready');
    await vscode.commands.executeCommand('setContext', 'latentStudio.tensorFlowMissing', state === 'missing');
  }
}
