import * as vscode from 'vscode';
import type { RunSummary } from '../../protocol/views';

const INTENTS = ['pause', 'stop', 'step', 'pace', 'checkpoint', 'sample'] as const;

/** Maintains the context keys of the `when` clauses: which commands have a run to act on. */
export class ContextKeys {
  private readonly values = new Map<string, boolean>();
  private looked = false;

  /** @param front the run whose tab is the active editor */
  update(runs: readonly RunSummary[], front: string | undefined): void {
    this.set('latentStudio.hasRuns', runs.length > 0);
    // These two complete steps of the walkthrough, however the user got there.
    this.set(
      'latentStudio.hasTrained',
      runs.some(({ status }) => status !== 'foreign'),
    );
    this.looked ||= front !== undefined;
    this.set('latentStudio.hasLooked', this.looked);
    for (const intent of INTENTS) {
      this.set(
        `latentStudio.can.${intent}`,
        runs.some((run) => run.intents.includes(intent)),
      );
    }
    const resumable = runs.filter(({ intents }) => intents.includes('resume') || intents.includes('continue'));
    // A finished run can be trained longer, which is another command.
    this.set(
      'latentStudio.can.resume',
      resumable.some(({ status }) => status !== 'finished'),
    );
    this.set(
      'latentStudio.can.revise',
      runs.some(({ revisable }) => revisable !== undefined),
    );
    this.set(
      'latentStudio.can.takeBack',
      runs.some(({ revisable }) => revisable === 'edited'),
    );
  }

  private set(key: string, value: boolean): void {
    if (this.values.get(key) === value) return;
    this.values.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
