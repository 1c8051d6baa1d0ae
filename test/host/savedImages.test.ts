import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { encodePng } from '../../src/formats/png';
import { save, saveImages } from '../../src/host/views/latent/save';
import { workspaceFolder } from './support/studio';

const png = (value: number) => encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(value) });
const image = (name: string, value: number) => ({ name, bytes: png(value) });

/** Answers the dialogs of a kind as a person would, and tells what they asked, for as long as `use` takes. */
async function answering<K extends 'showOpenDialog' | 'showSaveDialog'>(
  kind: K,
  answer: Awaited<ReturnType<(typeof vscode.window)[K]>>,
  use: (asked: object[]) => Promise<void>,
): Promise<void> {
  const { window } = vscode;
  const before = window[kind];
  const asked: object[] = [];
  const replaced = (options: object) => Promise.resolve(asked.push(options)).then(() => answer);
  Object.assign(window, { [kind]: replaced });
  try {
    await use(asked);
  } finally {
    Object.assign(window, { [kind]: before });
  }
}

suite('What the latent explorer saves', () => {
  const folder = () => path.join(workspaceFolder(), 'saved');
  const here = () => [vscode.Uri.file(folder())];

  setup(() => mkdir(folder(), { recursive: true }));
  teardown(() => rm(folder(), { recursive: true, force: true }));

  test('are images in a folder of their own, beside those of before', async () => {
    await mkdir(path.join(folder(), 'Images'));
    await answering('showOpenDialog', here(), async (asked) => {
      const images = [image('test-7', 7), image('test-9', 9)];
      const saved = await saveImages({ of: 2, images });
      assert.deepEqual(saved, { name: '2 images in the folder images-2' });
      assert.deepEqual((await readdir(folder())).sort(), ['Images', 'images-2']);
      const written = path.join(folder(), 'images-2');
      assert.deepEqual((await readdir(written)).sort(), ['test-7.png', 'test-9.png']);
      assert.deepEqual(await readFile(path.join(written, 'test-9.png')), Buffer.from(png(9)));
      assert.equal((asked[0] as vscode.OpenDialogOptions).canSelectFiles, false);
      const next = await saveImages({ of: 5, images: images.slice(0, 1) });
      assert.match(String(next.name), /first 1 of 5 images in the folder images-3/);
    });
  });

  test('are not written if the dialog was cancelled, or a file is not an image', async () => {
    const images = [image('a', 1)];
    await answering('showOpenDialog', undefined, async (asked) => {
      assert.deepEqual(await saveImages({ of: 1, images }), {});
      const bad = [...images, { name: 'b', bytes: Uint8Array.of(1, 2, 3) }];
      await assert.rejects(saveImages({ of: 2, images: bad }), {
        code: 'invalid',
        message: 'Some files are not images.',
      });
      assert.equal(asked.length, 1);
    });
    assert.deepEqual(await readdir(folder()), []);
  });

  test('reports why a file cannot be written', async () => {
    const file = path.join(folder(), 'file');
    await writeFile(file, '');
    await answering('showOpenDialog', [vscode.Uri.file(file)], async () => {
      await assert.rejects(saveImages({ of: 1, images: [image('a', 1)] }), {
        code: 'failed',
        message: /^It could not be saved: .*\w\.$/,
      });
    });
  });

  test('is a file of the name that was picked, byte for byte', async () => {
    const target = vscode.Uri.file(path.join(folder(), 'grid.png'));
    await answering('showSaveDialog', target, async (asked) => {
      const saved = await save({ kind: 'png', name: 'map', bytes: png(5) });
      assert.deepEqual(saved, { name: 'grid.png' });
      assert.match(String((asked[0] as vscode.SaveDialogOptions).defaultUri), /map\.png$/);
    });
    assert.deepEqual(await readFile(target.fsPath), Buffer.from(png(5)));
  });
});
