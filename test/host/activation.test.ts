import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { studio } from './support/studio';

suite('Activation', () => {
  test('registers every command that package.json promises', async () => {
    await studio();
    const extension = vscode.extensions.getExtension('latent-studio.latent-studio')!;
    const manifest = extension.packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands.map(({ command }) => command).filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
  });

  test('begins with an empty tree where there are no runs, so that the welcome view shows', async () => {
    const { registry, tree } = await studio();
    await registry.refresh();
    assert.deepEqual(await tree.getChildren(), []);
  });
});
