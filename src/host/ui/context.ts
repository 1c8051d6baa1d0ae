import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/views';

const INTENTS = ['pause', 'resume', 'stop', 'checkpoint', 'sample', 'continue'] as const;

/** Keeps the context keys of the `when` clauses: which commands have a run to work on. */
export class ContextKeys {
  private readonly values = new Map<string, boolean>();

  update(runs: readonly RunSummary[]): void {
    this.set('latentStudio.hasRuns', runs.length > 0);
    for (const intent of INTENTS) {
      this.set(
        `latentStudio.can.${intent}`,
        runs.some((run) => run.intents.includes(intent)),
      );
    }
  }

  private set(key: string, value: boolean): void {
    if (this.values.get(key) === value) return;
    this.values.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
