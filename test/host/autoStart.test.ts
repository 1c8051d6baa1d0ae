import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { begin, isOpen } from '../../src/host/autoStart';
import { command, runsFolder, runWith, stopAll, studio, train, until, workspaceFolder } from './support/studio';

suite('A later npm start', () => {
  suiteTeardown(stopAll);

  test('opens the newest run, starts none unasked, and resumes it on request', async () => {
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

suite('What npm start starts unasked', () => {
  let scratch: string;
  suiteSetup(async () => (scratch = await mkdtemp(path.join(os.tmpdir(), 'latent-open-'))));
  suiteTeardown(() => rm(scratch, { recursive: true, force: true }));

  test('belongs to the folder that it names, by whatever path', async () => {
    const link = path.join(scratch, 'link');
    await symlink(workspaceFolder(), link);
    assert.equal(await isOpen(workspaceFolder()), true);
    assert.equal(await isOpen(link), true);
  });

  test('belongs to no folder around it, inside it or beside it', async () => {
    const inside = path.join(workspaceFolder(), 'runs');
    for (const folder of [path.dirname(workspaceFolder()), inside, scratch, path.join(scratch, 'gone'), '']) {
      assert.equal(await isOpen(folder), false, folder);
    }
  });
});
