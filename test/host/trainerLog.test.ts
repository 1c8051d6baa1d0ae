import assert from 'node:assert/strict';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { command, plantRun, runsFolder, studio } from './support/studio';

suite('View Trainer Log', () => {
  const NAME = 'talkative';
  let file: string;
  let key: string;

  suiteSetup(async () => {
    const folder = await plantRun(NAME, '{}');
    file = path.join(folder, 'trainer.log');
    const { registry } = await studio();
    await registry.refresh();
    key = registry.runs().find((run) => run.name === NAME)!.key;
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(path.join(runsFolder(), NAME), { recursive: true });
  });

  const shown = async (): Promise<vscode.TextEditor> => {
    await command('showTrainerLog', key);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor, 'no editor is open');
    return editor;
  };

  test('opens the file itself while that is small', async () => {
    await writeFile(file, 'first\nlast');
    const { document, selection } = await shown();
    assert.equal(document.uri.fsPath, file);
    assert.equal(selection.active.line, 1);
  });

  test('opens the end of a long one, says so in its first line, and opens the new end when it has grown', async () => {
    await writeFile(file, `${'a line of a trainer that says a lot\n'.repeat(100_000)}newest`);
    const { document } = await shown();
    const text = document.getText();
    assert.match(text, /^\[End of the log; 2\.4 MiB before this are not shown\. .*trainer\.log\]\na line of/);
    assert.match(text, /a line of a trainer that says a lot\nnewest$/);
    assert.ok(text.length < 1_100_000, `${text.length} characters were opened`);
    assert.ok(!document.isUntitled && !document.isDirty);
    await appendFile(file, ' of all');
    assert.match((await shown()).document.getText(), /newest of all$/);
  });

  test('opens no file by its path', async () => {
    const uri = vscode.Uri.from({ scheme: 'latent-studio-log', path: file, query: path.dirname(file) });
    assert.equal((await vscode.workspace.openTextDocument(uri)).getText(), 'The run is no longer in its folder.');
  });
});
