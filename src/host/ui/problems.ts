import * as vscode from 'vscode';
import { DEFAULT_FAMILY } from '../../protocol/families';
import { plain } from './plain';
import { trainCommand } from './trainCommand';

/** A button: one of our commands, or one of VS Code's. */
interface Action {
  readonly title: string;
  readonly command: string;
  readonly arguments?: readonly unknown[];
}

/** A failure reported to the user: what happened, why, and what to do next, with buttons for actions. */
export interface Problem {
  readonly severity: 'information' | 'warning' | 'error';
  readonly message: string;
  readonly actions: readonly Action[];
}

const showOutput: Action = { title: 'Show Output', command: 'latentStudio.showOutput' };

export const problems = {
  noFolder: (): Problem => ({
    severity: 'information',
    message: 'A run is kept in a workspace folder, and none is open. Open one and train again.',
    actions: [{ title: 'Open Folder', command: 'vscode.openFolder' }],
  }),
  noFolderToWrite: (): Problem => ({
    severity: 'information',
    message: 'A specification is a file in a workspace folder, and none is open. Open one and try again.',
    actions: [{ title: 'Open Folder', command: 'vscode.openFolder' }],
  }),
  notOnDisk: (): Problem => ({
    severity: 'information',
    message: 'Training needs a folder on a local disk; the workspace has none. Open one and train again.',
    actions: [{ title: 'Open Folder', command: 'vscode.openFolder' }],
  }),
  untrusted: (what: string): Problem => ({
    severity: 'warning',
    message: `${what} is not possible in Restricted Mode, since it starts or controls a program. Trust the workspace first.`,
    actions: [{ title: 'Manage Workspace Trust', command: 'workbench.trust.manage' }],
  }),
  runsFolder: (why: string): Problem => ({
    severity: 'error',
    message: why,
    actions: [
      { title: 'Open Setting', command: 'workbench.action.openSettings', arguments: ['latentStudio.runsFolder'] },
    ],
  }),
  /** `at`: location of the error in the file. */
  specification: (file: vscode.Uri, why: string, at?: vscode.Range): Problem => ({
    severity: 'error',
    message: why,
    actions: [
      {
        title: 'Open Specification',
        command: 'vscode.open',
        arguments: at === undefined ? [file] : [file, { selection: at }],
      },
    ],
  }),
  notStarted: (why: string): Problem => ({
    severity: 'error',
    message: `The run did not start. ${why}`,
    actions: [showOutput],
  }),
  act: (what: string, why: string): Problem => ({
    severity: 'error',
    message: `${what} did not work. ${why}`,
    actions: [showOutput],
  }),
  chartsNotLoaded: (): Problem => ({
    severity: 'warning',
    message: 'VS Code has not loaded the Charts view yet. Reloading the window usually helps; runs continue meanwhile.',
    actions: [{ title: 'Reload Window', command: 'workbench.action.reloadWindow' }],
  }),
  nothingTo: (what: string): Problem => ({
    severity: 'information',
    message: `There is no run to ${what} now.`,
    actions: [trainCommand(DEFAULT_FAMILY)],
  }),
  noTrainerLog: (name: string): Problem => ({
    severity: 'information',
    message: `${name} has no trainer log: Latent Studio has never trained it.`,
    actions: [],
  }),
  tensorflow: (why: string): Problem => ({
    severity: 'error',
    message: `TensorFlow was not set up. ${why} Training continues with WebAssembly meanwhile.`,
    actions: [{ title: 'Try Again', command: 'latentStudio.setUpTensorFlow' }, showOutput],
  }),
};

/** Shows a problem and carries out the pressed button. Not awaited by callers: the message may stay open for hours. */
export function report(problem: Problem): void {
  void show(problem.severity, plain(problem.message), problem.actions).then((pressed) => {
    if (pressed) void vscode.commands.executeCommand(pressed.command, ...(pressed.arguments ?? []));
  });
}

function show(
  severity: Problem['severity'],
  message: string,
  actions: readonly Action[],
): Thenable<Action | undefined> {
  switch (severity) {
    case 'information':
      return vscode.window.showInformationMessage(message, ...actions);
    case 'warning':
      return vscode.window.showWarningMessage(message, ...actions);
    case 'error':
      return vscode.window.showErrorMessage(message, ...actions);
  }
}
