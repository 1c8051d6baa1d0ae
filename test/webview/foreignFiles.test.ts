import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { CheckpointPage } from './support/checkpoints';
import { viewSuite } from './support/suite';

const suite = viewSuite();
/** Written by h5py and Keras, with the values beside it; see make_hdf5.py there. */
const fixtures = path.join(import.meta.dirname, '../fixtures/hdf5');

async function open(width = 1400): Promise<CheckpointPage> {
  const page = await CheckpointPage.of(await suite.open('checkpoint', { width }));
  onTestFinished(() => page.close());
  return page;
}

it('shows weights of Keras in HDF5: their tree, shapes, statistics and values', async () => {
  const page = await open();
  const { page: browser } = page.view;
  await page.show(path.join(fixtures, 'keras.weights.h5'), 'keras.weights.h5');
  await expect.poll(() => page.names()).toEqual(expect.arrayContaining(['layers', 'dense/vars/0']));
  expect(await browser.locator('.file-header').textContent()).toContain('HDF5');
  const kernel = browser.locator('.sizer .row').filter({ has: browser.getByTitle('layers/dense/vars/0') });
  expect(await kernel.locator('.shape').textContent()).toBe('4 × 3');
  await expect.poll(() => kernel.locator('.mean').textContent()).toMatch(/±/);
  await kernel.click();
  expect(await browser.locator('.tensor-name').textContent()).toBe('layers/dense/vars/0');
  await browser.getByRole('tab', { name: 'Values' }).click();
  const expected = JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8')) as Record<
    string,
    Record<string, { values: number[] }>
  >;
  const { values } = expected['keras.weights.h5']!['layers/dense/vars/0']!;
  const cells = browser.getByRole('table', { name: 'Values' }).getByRole('cell');
  await expect.poll(() => cells.count()).toBe(values.length);
  const shown = (await cells.allTextContents()).map((text) => Number(text.replaceAll('−', '-')));
  shown.forEach((value, i) => expect(Math.abs(value - values[i]!)).toBeLessThan(1e-2 * Math.abs(values[i]!)));
});

it('lists what of an HDF5 file is not decoded, with the reason in its row', async () => {
  const page = await open();
  await page.show(path.join(fixtures, 'types.h5'), 'types.h5');
  const problem = page.view.page.locator('.cell.problem').first();
  await expect.poll(() => problem.textContent()).toMatch(/^[A-Z].+/);
  expect(await problem.getAttribute('title')).toBe(await problem.textContent());
});

it.each([
  ['model.gguf', Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(64, 1)]), /GGUF model.*Open the safetensors files/],
  ['weights.pt', Buffer.from('\x80\x02}q\x00', 'latin1'), /Python pickle.*can execute code.*save_file/],
  [
    'model.safetensors',
    Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n'),
    /git lfs pull/,
  ],
  ['index.html', Buffer.from('<!DOCTYPE html><html>'), /web page/],
])('says in place of %s what it is and what to do, also in a narrow tab', async (name, bytes, words) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'latent-foreign-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  const page = await open(300);
  const { page: browser } = page.view;
  await page.refuse(file);
  const alert = browser.getByRole('alert');
  await expect.poll(() => alert.textContent()).toMatch(words);
  expect(await alert.isVisible()).toBe(true);
  expect(await browser.getByRole('treegrid').isVisible()).toBe(false);
  expect(await browser.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(300);
  await browser.getByRole('button', { name: 'Try Again' }).click();
  expect(page.said.at(-1)).toEqual({ type: 'reload' });
});
