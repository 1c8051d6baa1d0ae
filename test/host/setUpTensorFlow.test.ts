import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { setUpTensorFlow } from '../../src/host/commands/setUpTensorFlow';
import { createLauncher } from '../../src/host/launcher';
import type { Studio } from '../../src/host/studio';
import { locateTensorFlow } from '../../src/native/location';
import { platformName } from '../../src/native/wheels';
import { extensionFolder, until } from './support/studio';

/**
 * The real command and the real installer, with a cache of its own and a Python that is none: its pip fetches for ever,
 * until there is a TensorFlow package in its folder.
 */
suite('Set Up TensorFlow', () => {
  let scratch: string;
  let studio: Studio;
  const at = (...names: string[]) => path.join(scratch, ...names);
  const lines = async (file: string) => (await readFile(at(file), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const lives = (pid: string) => {
    try {
      return process.kill(Number(pid), 0);
    } catch {
      return false;
    }
  };

  suiteSetup(async function () {
    // The suite runs where TensorFlow is set up, unless the machine cannot have it.
    if (process.env['LATENT_STUDIO_NO_TENSORFLOW']) this.skip();
    const ready = await locateTensorFlow();
    assert.ok(ready, 'TensorFlow is not set up here');
    scratch = await mkdtemp(path.join(tmpdir(), 'latent-tensorflow-'));
    await mkdir(at('dist', 'native', platformName()), { recursive: true });
    await copyFile(path.join(extensionFolder(), 'dist', 'cli.cjs'), at('dist', 'cli.cjs'));
    await copyFile(ready.binding, at('dist', 'native', platformName(), 'tfjs_binding.node'));
    await mkdir(at('packages', 'tensorflow_cpu-2.21.0.dist-info'), { recursive: true });
    await writeFile(at('folders'), '[]');
    await writeFile(
      at('python3'),
      `#!/bin/sh
if [ "$2" = -c ]; then echo "{\\"version\\": \\"3.11.2\\", \\"pip\\": true, \\"folders\\": $(cat '${at('folders')}')}"; exit; fi
echo $$ >> '${at('fetching')}'
while :; do head -c 1000000 /dev/zero >> "$TMPDIR/part"; sleep 0.1; done
`,
      { mode: 0o755 },
    );
    const launcher = createLauncher(path.join(extensionFolder(), 'dist'));
    const environment = () => ({
      LATENT_STUDIO_CACHE: at('cache'),
      LATENT_STUDIO_PYTHON: at('python3'),
      LATENT_STUDIO_TENSORFLOW: '',
    });
    const log = vscode.window.createOutputChannel('Set Up TensorFlow of the tests', { log: true });
    studio = {
      extension: vscode.Uri.file(scratch),
      launcher: { ...launcher, environment },
      log,
    } as unknown as Studio;
    await symlink(ready.libraryFolder, at('packages', 'tensorflow'));
  });
  suiteTeardown(async () => {
    for (const pid of scratch ? await lines('fetching') : []) if (lives(pid)) process.kill(Number(pid), 'SIGKILL');
    if (scratch) await rm(scratch, { recursive: true, force: true });
  });

  test('cancelled in the middle of the download ends pip and leaves nothing half done', async () => {
    const done = setUpTensorFlow(studio);
    const [pip] = await until('pip fetches', async () => {
      const pids = await lines('fetching');
      const parts = await readdir(at('cache', 'downloads', 'unfinished')).catch((): string[] => []);
      return pids.length > 0 && parts.includes('part') && pids;
    });
    await cancel();
    await done;
    await until('pip has ended', () => !lives(pip!));
    const left = await readdir(at('cache'), { recursive: true });
    assert.deepEqual(
      left.filter((file) => file !== 'downloads'),
      [],
    );
  });

  test('succeeds at the next try', async () => {
    await writeFile(at('folders'), JSON.stringify([at('packages')]));
    await setUpTensorFlow(studio);
    const manifests = (await readdir(at('cache'), { recursive: true })).filter((file) =>
      file.endsWith('manifest.json'),
    );
    assert.equal(manifests.length, 1);
    const manifest = JSON.parse(await readFile(at('cache', manifests[0]!), 'utf8')) as {
      source: string;
      version: string;
    };
    assert.equal(manifest.source, 'python');
    assert.match(manifest.version, /^\d+\.\d+/);
    assert.equal((await lines('fetching')).length, 1);
  });
});

/** Presses the first button of the newest notification, as its keyboard shortcut does: *Cancel*, where work is going on. */
async function cancel(): Promise<void> {
  await vscode.commands.executeCommand('notifications.focusToasts');
  await vscode.commands.executeCommand('notification.acceptPrimaryAction');
}
