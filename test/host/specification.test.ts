import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { command, runsFolder, until, workspaceFolder, writeSpecification } from './support/studio';

suite('A *.latent.json in the editor', () => {
  const runs = () => readdir(runsFolder()).catch(() => []);

  test('is JSON, and a misspelt key is marked as one types', async () => {
    const file = await writeSpecification('misspelt', { trainning: { epochs: 1 } });
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    assert.equal(document.languageId, 'json');
    const problem = await until('the misspelt key is marked', () =>
      vscode.languages.getDiagnostics(file).find(({ message }) => message.includes('trainning')),
    );
    assert.equal(document.getText(problem.range), '"trainning"');
  });

  for (const [what, text] of [
    ['a misspelt key', '{ "model": { "family": "vae" }, "trainning": {} }'],
    ['no JSON', '{ "model": '],
  ] as const) {
    test(`with ${what} starts nothing`, async () => {
      const before = await runs();
      const file = path.join(workspaceFolder(), 'broken.latent.json');
      await writeFile(file, text);
      await command('trainSpecification', vscode.Uri.file(file));
      assert.deepEqual(await runs(), before);
    });
  }
});
