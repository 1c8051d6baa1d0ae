import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { encodePng } from '../../src/formats/png';
import { command, runWith, stopAll, until, workspaceFolder } from './support/studio';

suite('A folder of images', () => {
  const labels = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
  /** Presses Enter in what asks, until something has come of it. */
  const accepting = <T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>) =>
    until(
      what,
      async () => {
        const seen = await look();
        if (seen === undefined || seen === false) {
          await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        }
        return seen;
      },
      60,
    );

  suiteTeardown(async () => {
    await stopAll();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('is shown as a model will see it, and trained on', async () => {
    const folder = path.join(workspaceFolder(), 'shades');
    for (let i = 0; i < 24; i++) {
      const data = new Uint8Array(40 * 30 * 3).fill(10 * i);
      const file = path.join(folder, i % 2 === 0 ? 'even' : 'odd', `${i}.png`);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, encodePng({ width: 40, height: 30, channels: 3, data }));
    }
    const done = command('trainOnImages', vscode.Uri.file(folder));
    // The images are gray and at least 30 pixels wide, which is what is suggested.
    const preview = await accepting('a preview', () => labels().find((label) => label.startsWith('shades, ')));
    assert.equal(preview, 'shades, 28×28, gray, crop.png');
    await accepting('a run', () =>
      runWith('vae-shades-001', 'running', 0.1)
        .catch(() => runWith('vae-shades-001', 'finished', 0.1))
        .catch(() => undefined),
    );
    await done;
    const file = path.join(workspaceFolder(), 'vae-shades.latent.json');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), {
      name: 'vae-shades',
      model: { family: 'vae', network: { kind: 'convolutional' } },
      data: { set: 'images', path: 'shades', size: 28, channels: 1, fit: 'crop' },
      training: { epochs: 10 },
    });
    assert.ok(!labels().includes(preview), 'the preview is gone');
  });
});
