import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { begin } from '../../src/host/autoStart';
import { command, runsFolder, runWith, stopAll, studio, train, until } from './support/studio';

suite('A later npm start', () => {
  suiteTeardown(stopAll);

  test('opens the newest run, begins none by itself, and resumes that one when asked to', async () => {
    const run = await train('started-again');
    await command('stop', run.key);
    await runWith(run.name, 'stopped');
    const before = await readdir(runsFolder());
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('notifications.clearAll');
    await begin((await studio()).registry.runs());
    await until('its tab is open', () =>
      vscode.window.tabGroups.all.some((group) => group.tabs.some((tab) => tab.label === run.name)),
    );
    assert.deepEqual(await readdir(runsFolder()), before);
    await runWith(run.name, 'stopped');
    // The first button of the question, by its keyboard shortcut.
    await vscode.commands.executeCommand('notification.acceptPrimaryAction');
    await runWith(run.name, 'running', 60);
  });
});
