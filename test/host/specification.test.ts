import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { readSpecification } from '../../src/host/commands/readSpecification';
import { command, runsFolder, until, workspaceFolder, writeSpecification } from './support/studio';

suite('A *.latent.json in the editor', () => {
  const runs = () => readdir(runsFolder()).catch(() => []);
  const show = async (file: vscode.Uri) => {
    const document = await vscode.workspace.openTextDocument(file);
    return vscode.window.showTextDocument(document);
  };
  const marks = (file: vscode.Uri) => vscode.languages.getDiagnostics(file);
  suiteTeardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  test('marks each problem once, as an error, with the trainer’s message', async () => {
    const file = await writeSpecification('marked', {
      trainning: { epochs: 1 },
      engine: { backend: 'wasm', threads: 0 },
    });
    const { document } = await show(file);
    assert.equal(document.languageId, 'json');
    await until('both are marked', () => marks(file).length >= 2);
    // VS Code's own JSON support looks at it, too: it would have said its part by then.
    await vscode.commands.executeCommand('vscode.executeHoverProvider', file, new vscode.Position(1, 4));
    const seen = marks(file).map(({ range, message, severity }) => [document.getText(range), message, severity]);
    assert.deepEqual(seen.sort(), [
      [
        '"trainning"',
        'the specification has an unknown key: "trainning"; did you mean "training"?',
        vscode.DiagnosticSeverity.Error,
      ],
      ['0', 'engine.threads must be at least 1, not 0', vscode.DiagnosticSeverity.Error],
    ]);
  });

  test('offers a quick fix for a typo, after which nothing is marked', async () => {
    const file = await writeSpecification('fixed', { checkpionts: {}, checkpoints: undefined });
    const { document } = await show(file);
    const [mark] = await until('it is marked', () => marks(file).length > 0 && marks(file));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      file,
      mark!.range,
    );
    const fix = actions.find(({ title }) => title === 'Change to "checkpoints"');
    assert.ok(fix?.edit, `there are ${actions.map(({ title }) => title).join(', ') || 'none'}`);
    await vscode.workspace.applyEdit(fix.edit);
    await until('nothing is marked', () => marks(file).length === 0);
    assert.ok(document.getText().includes('"checkpoints"'));
    await document.save();
  });

  test('completes keys and values with what they mean, and says it on hover', async () => {
    const file = await writeSpecification('completed');
    const editor = await show(file);
    const text = '{\n  "model": { "family": "vae",  },\n  "engine": { "backend": "" }\n}';
    const { document } = editor;
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, document.lineCount, 0), text));
    const offered = async (position: vscode.Position) => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        file,
        position,
      );
      return new Map(
        list.items.map(({ label, documentation }) => [
          typeof label === 'string' ? label : label.label,
          wordsOf(documentation),
        ]),
      );
    };
    const keys = await until('keys of a VAE are offered', async () => {
      const found = await offered(new vscode.Position(1, text.split('\n')[1]!.indexOf(',') + 2));
      return [...found.keys()].some((label) => label.includes('beta')) && found;
    });
    assert.match(keys.get('beta') ?? keys.get('"beta"') ?? '', /Weight of the KL term[^]*from 0 to 10000. Default: 1/);
    assert.ok(
      ![...keys.keys()].some((label) => label.includes('reconstruction')),
      'a key of another family is offered',
    );
    const values = await offered(new vscode.Position(2, text.split('\n')[2]!.indexOf('""') + 1));
    assert.match(values.get('"wasm"') ?? '', /runs anywhere/);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      file,
      new vscode.Position(2, 5),
    );
    assert.match(
      hovers.flatMap(({ contents }) => contents.map(wordsOf)).join('\n'),
      /Backend, execution mode and number of threads/,
    );
    await document.save();
  });

  test('is trained as last edited, whenever an auto-save happens', async () => {
    const file = await writeSpecification('edited');
    const settings = vscode.workspace.getConfiguration('files');
    await settings.update('autoSave', 'afterDelay', vscode.ConfigurationTarget.Global);
    await settings.update('autoSaveDelay', 10, vscode.ConfigurationTarget.Global);
    try {
      const editor = await show(file);
      for (let seed = 1; seed <= 24; seed++) {
        const { document } = editor;
        const whole = new vscode.Range(0, 0, document.lineCount, 0);
        const text = JSON.stringify({ model: { family: 'vae' }, training: { seed } }, null, 2);
        await editor.edit((edit) => edit.replace(whole, text));
        // From before the auto-save begins until after it has ended.
        await new Promise((resolve) => setTimeout(resolve, seed * 2));
        assert.equal((await readSpecification(file)).training.seed, seed);
        assert.equal(await readFile(file.fsPath, 'utf8'), text);
      }
    } finally {
      await settings.update('autoSave', undefined, vscode.ConfigurationTarget.Global);
      await settings.update('autoSaveDelay', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  test('that cannot be saved reports why, and starts nothing', async () => {
    const folder = path.join(workspaceFolder(), 'gone');
    await vscode.workspace.fs.createDirectory(vscode.Uri.file(folder));
    const file = vscode.Uri.file(path.join(folder, 'unsaved.latent.json'));
    await writeFile(file.fsPath, '{}');
    const editor = await show(file);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 1), ' '));
    // A file in the place of the folder keeps everybody from writing, the administrator included.
    await vscode.workspace.fs.delete(vscode.Uri.file(folder), { recursive: true });
    await writeFile(folder, '');
    try {
      await assert.rejects(
        readSpecification(file),
        /unsaved\.latent\.json has changes that could not be saved: .* is not a folder/,
      );
    } finally {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await vscode.workspace.fs.delete(vscode.Uri.file(folder));
    }
  });

  for (const [what, text] of [
    ['a misspelled key', '{ "model": { "family": "vae" }, "trainning": {} }'],
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

  test('that does not exist is reported in plain language', async () => {
    const file = vscode.Uri.file(path.join(workspaceFolder(), 'nowhere.latent.json'));
    await assert.rejects(readSpecification(file), {
      message: 'nowhere.latent.json cannot be read: it does not exist.',
    });
  });
});

function wordsOf(content: string | vscode.MarkdownString | { value: string } | undefined): string {
  return typeof content === 'string' ? content : (content?.value ?? '');
}
