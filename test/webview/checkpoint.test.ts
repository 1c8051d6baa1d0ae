import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { encodePng } from '../../src/formats/png';
import { encodeSafetensors, type TensorData } from '../../src/formats/safetensors';
import { spoken } from './support/accessible';
import { CheckpointPage, ownCheckpoint } from './support/checkpoints';
import { foreignFonts } from './support/fonts';
import { DARK, viewSuite } from './support/suite';
import type { OpenOptions } from './support/viewPage';

const suite = viewSuite();
const HTML = '<img src=x onerror=alert(1)>';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latent-checkpoint-view-'));
});
afterAll(() => rm(folder, { recursive: true }));

function normal(shape: readonly number[], scale = 0.05, seed = 1): TensorData {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, () => (next() + next() + next() - 1.5) * scale);
  return { dtype: 'F32', shape, data: new Uint8Array(values.buffer) };
}

/** The tensors of a small VAE, one of them broken. */
function vae(): Map<string, TensorData> {
  const broken = new Float32Array([1, NaN, Infinity]);
  return new Map([
    ['encoder.hidden.0.kernel', blobs()],
    ['encoder.hidden.0.bias', normal([40])],
    ['encoder.mean.kernel', normal([40, 20], 0.2, 3)],
    ['decoder.hidden.0.kernel', normal([20, 40], 0.1, 4)],
    ['decoder.hidden.0.bias', normal([40], 0.1, 5)],
    ['decoder.logits.bias', { dtype: 'F32', shape: [3], data: new Uint8Array(broken.buffer) }],
    ['optimizer.adam.step', { dtype: 'I32', shape: [], data: Uint8Array.of(82, 18, 0, 0) }],
  ]);
}

/** 784 × 40: each column a blob at a place of its own. */
function blobs(): TensorData {
  const values = new Float32Array(784 * 40);
  for (let p = 0; p < 784; p++) {
    for (let u = 0; u < 40; u++) {
      const distance = Math.hypot((p % 28) - ((u * 7) % 28), Math.floor(p / 28) - ((u * 11) % 28));
      values[p * 40 + u] = Math.exp((-distance * distance) / 30) * (u % 2 === 0 ? 1 : -1) * (1 + u / 40);
    }
  }
  return { dtype: 'F32', shape: [784, 40], data: new Uint8Array(values.buffer) };
}

async function written(name: string, tensors: Map<string, TensorData>, metadata = {}): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, Buffer.concat(encodeSafetensors(tensors, metadata)));
  return file;
}

async function open(options?: OpenOptions): Promise<CheckpointPage> {
  const page = await CheckpointPage.of(await suite.open('checkpoint', options));
  onTestFinished(() => page.close());
  return page;
}

async function openVae(options?: OpenOptions): Promise<CheckpointPage> {
  const page = await open(options);
  const metadata = { format: 'latent-studio/1', note: `{"a":"${HTML}"}` };
  await page.show(await written('vae.safetensors', vae(), metadata), 'step-00004690.safetensors', ownCheckpoint());
  return page;
}

/** A file with a tensor that is read only when it is asked for; what is asked stays without an answer. */
async function openLarge(): Promise<CheckpointPage> {
  const page = await open();
  page.silent = true;
  const tensors = new Map([
    ['w', normal([5_000_000])],
    ['v', normal([2])],
  ]);
  await page.show(await written('large.safetensors', tensors), 'large.safetensors');
  return page;
}

describe('the columns of names and shapes', () => {
  const LONG = 'encoder.blocks.17.residual.convolution.0.kernel';
  const tensors = () =>
    new Map([
      [LONG, normal([4, 4, 128, 256])],
      [LONG.replace('.0.', '.1.'), normal([4, 4, 1, 32])],
      ['optimizer.adam.step', normal([1])],
    ]);
  const isCut = (node: Element) => node.scrollWidth > node.clientWidth;

  it.each([700, 1000, 1400])('show numbers whole at %i pixels, and titles while they sort', async (width) => {
    const around = (mean: number, deviation: number): TensorData => {
      const values = Float32Array.of(mean - deviation, mean + deviation);
      return { dtype: 'F32', shape: [2], data: new Uint8Array(values.buffer) };
    };
    const page = await open({ width });
    const many = normal([2000, 600]);
    const file = await written(
      `numbers-${width}.safetensors`,
      new Map([
        ['small', around(-0.00846, 0.0088)],
        ['tiny', around(-8.6e-10, 8.8e-10)],
        ['many', many],
      ] as const),
    );
    await page.show(file, 'numbers.safetensors');
    await expect.poll(() => page.row('small').locator('.mean').innerText()).toBe('−0.00846 ± 0.0088');
    await expect.poll(() => page.row('tiny').locator('.mean').innerText()).toBe('−8.6e−10 ± 8.8e−10');
    const cells = page.view.page.locator('.table .row .cell:not(.name):visible');
    for (const title of await page.view.page.locator('.row.head button:visible').all()) {
      await title.click();
      expect(
        await cells.evaluateAll((all) =>
          all.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
        ),
      ).toEqual([]);
    }
  });

  it.each([
    ...[300, 500, 700, 1000, 1400].map((width) => [width, false] as const),
    ...[500, 700, 1000, 1400].map((width) => [width, true] as const),
  ])('show shapes whole at %i pixels (compared: %s), and of names both ends', async (width, compared) => {
    const page = await open({ width });
    const file = await written(`convolution-${width}-${compared}.safetensors`, tensors());
    await page.show(file, 'convolution.safetensors');
    if (compared) await page.compare(file, 'other.safetensors');
    const filter = page.view.page.getByLabel('Filter tensors');
    await filter.fill('kernel');
    await expect.poll(async () => (await page.names()).length).toBe(2);
    const row = page.row('convolution.0.kernel');
    const cell = row.locator('.shape');
    expect(await cell.innerText()).toBe('4 × 4 × 128 × 256');
    expect(await cell.evaluate(isCut)).toBe(false);
    // What is cut is named in full where it is pointed at; the number that tells it from others stays.
    expect(await row.locator('.label').getAttribute('title')).toBe(LONG);
    expect(await row.locator('.label').textContent()).toBe(LONG);
    expect(await row.getByRole('rowheader', { name: LONG, exact: true }).count()).toBe(1);
    expect(await row.locator('.tail').textContent()).toContain('0.kernel');
    const digits = await row.locator('.tail').evaluate((tail) => {
      const range = document.createRange();
      const text = tail.querySelector('bdi')!.firstChild!;
      range.setStart(text, text.textContent!.indexOf('0.kernel'));
      range.setEnd(text, text.textContent!.length);
      return range.getBoundingClientRect().left - tail.getBoundingClientRect().left;
    });
    expect(digits).toBeGreaterThanOrEqual(-0.5);
    // No column is where another one is, nor outside.
    const [inside, boxes] = [
      await page.view.page.locator('.table-body').boundingBox(),
      await row.locator('.cell:visible').evaluateAll((cells) => cells.map((each) => each.getBoundingClientRect())),
    ];
    boxes.forEach(({ left, right }, i) => {
      expect(left).toBeGreaterThanOrEqual(boxes[i - 1]?.right ?? inside!.x);
      expect(right).toBeLessThanOrEqual(inside!.x + inside!.width);
    });
  });

  it('dim what all names of a flat list begin with, and of a tree name every line in full', async () => {
    const page = await open({ width: 1400 });
    const many = new Map(
      ['0.a', '0.b', '0.c', '1.a'].map((end) => [`model.layers.${end}.weight`, normal([2])] as const),
    );
    await page.show(await written('layers.safetensors', many), 'layers.safetensors');
    const titles = () =>
      page.view.page.locator('.sizer .label').evaluateAll((all) => all.map((each) => (each as HTMLElement).title));
    expect(await page.view.page.locator('.shared').count()).toBe(0);
    expect((await titles()).slice(0, 3)).toEqual(['model.layers', 'model.layers.0', 'model.layers.0.a.weight']);
    await page.view.page.getByLabel('Filter tensors').fill('weight');
    await expect
      .poll(() => page.view.page.locator('.shared').allTextContents())
      .toEqual(Array(4).fill('model.layers.'));
  });
});

describe('the checkpoint editor', () => {
  it('says what the file is and lists its tensors as a tree, with statistics that come by themselves', async () => {
    const page = await openVae();
    const { page: browser } = page.view;
    await expect.poll(() => browser.locator('.file-header').textContent()).toContain('VAE · MNIST');
    expect(await browser.locator('.file-header').textContent()).toContain('7 tensors · 33,043 parameters');
    expect(await page.names()).toEqual([
      'decoder',
      'hidden.0.bias',
      'hidden.0.kernel',
      'logits.bias',
      'encoder',
      'hidden.0.bias',
      'hidden.0.kernel',
      'mean.kernel',
      'optimizer.adam.step',
    ]);
    const row = page.row('mean.kernel');
    await expect.poll(() => row.locator('.mean').textContent()).toMatch(/^−?0\.0\d+ ± 0\.\d+$/);
    expect(await row.locator('.spark-shape').getAttribute('d')).toMatch(/^M0 16L/);
    await expect.poll(() => page.row('logits.bias').locator('.badge').textContent()).toBe('NaN');
  });

  it('shows the columns of the first layer as pictures at once, and says which one is pointed at', async () => {
    const page = await openVae();
    const canvas = page.view.page.locator('canvas.tiles');
    await expect.poll(() => canvas.getAttribute('aria-label')).toContain('encoder.hidden.0.kernel: Columns as 28 × 28');
    const colors = () =>
      canvas.evaluate(
        (node: HTMLCanvasElement, [positive, negative]) => {
          const { data } = node.getContext('2d')!.getImageData(0, 0, node.width, node.height);
          const near = (i: number, color: readonly number[]) =>
            color.every((part, k) => Math.abs(data[i + k]! - part) < 40);
          let [blue, orange] = [0, 0];
          for (let i = 0; i < data.length; i += 4) {
            if (near(i, positive)) blue++;
            if (near(i, negative)) orange++;
          }
          return Math.min(blue, orange);
        },
        [DARK.blue, DARK.orange] as const,
      );
    await expect.poll(colors).toBeGreaterThan(50);
    await canvas.hover({ position: { x: 20, y: 20 } });
    await expect
      .poll(() => page.view.page.locator('.images-tab [role=status]').textContent())
      .toMatch(/^Number 3[89], norm \d/);
  });

  it('filters, sorts and folds', async () => {
    const page = await openVae({ width: 1400 });
    const { page: browser } = page.view;
    await browser.keyboard.press('/');
    await browser.keyboard.type('bias f32');
    await expect
      .poll(() => page.names())
      .toEqual(['decoder.hidden.0.bias', 'decoder.logits.bias', 'encoder.hidden.0.bias']);
    expect(await browser.locator('.tally').textContent()).toBe('3 of 7');
    await browser.keyboard.press('Escape');
    await browser.getByRole('button', { name: 'Size' }).click();
    await expect.poll(async () => (await page.names())[0]).toBe('encoder.hidden.0.kernel');
    expect(await browser.locator('[aria-sort=descending]').textContent()).toBe('Size');
    await browser.getByRole('button', { name: 'Tensor' }).click();
    await page.row('decoder').first().click();
    await expect.poll(async () => (await page.names()).slice(0, 2)).toEqual(['decoder', 'encoder']);
  });

  it('works from the keyboard: arrows, folding, details, tabs', async () => {
    const page = await openVae();
    const { page: browser } = page.view;
    const table = browser.getByRole('treegrid');
    await table.focus();
    await browser.keyboard.press('Home');
    await browser.keyboard.press('ArrowLeft');
    await expect.poll(() => page.row('decoder').first().getAttribute('aria-expanded')).toBe('false');
    await browser.keyboard.press('ArrowRight');
    await browser.keyboard.press('ArrowRight');
    await expect.poll(() => browser.locator('.tensor-name').textContent()).toBe('decoder.hidden.0.bias');
    await expect.poll(() => table.getAttribute('aria-activedescendant')).toBe('line-1');
    await browser.keyboard.press('Enter');
    await expect.poll(() => browser.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('tab');
    await browser.getByRole('tab', { name: 'Values' }).click();
    await expect.poll(() => browser.locator('.sheet-cell.value').count()).toBeGreaterThan(8);
    expect(page.asked('slice').length).toBeGreaterThan(0);
  });

  it('shows a histogram with its figures', async () => {
    const page = await openVae();
    const { page: browser } = page.view;
    await page.row('logits.bias').click();
    await browser.getByRole('tab', { name: 'Histogram' }).click();
    const facts = browser.locator('.histogram-tab .facts');
    await expect.poll(() => facts.textContent()).toContain('NaN1');
    expect(await facts.textContent()).toContain('Infinite1');
    expect(await browser.locator('.histogram svg').getAttribute('aria-label')).toBe('Histogram from 1 to 1');
  });

  it('says how far it is with a tensor that takes long, stops when that is cancelled, and starts again', async () => {
    const page = await openLarge();
    const { page: browser } = page.view;
    await page.row('w').click();
    const note = browser.locator('.histogram-tab > p');
    await expect.poll(() => note.textContent()).toContain('Reading…');
    const { id } = page.asked('statistics').at(-1)!;
    await page.post({ type: 'progress', id, progress: 0.345 });
    await expect.poll(() => note.textContent()).toContain('Reading… 34 %');
    await browser.getByRole('button', { name: 'Cancel' }).click();
    expect(page.said.at(-1)).toEqual({ type: 'cancel', id });
    await expect.poll(() => note.textContent()).toContain('cancelled');
    page.silent = false;
    await browser.getByRole('button', { name: 'Read It' }).click();
    await expect.poll(() => browser.locator('.histogram-tab .facts').textContent()).toContain('Minimum');
  });

  it('reads a large tensor no further when another one is looked at', async () => {
    const page = await openLarge();
    await page.row('w').click();
    await expect.poll(() => page.asked().length).toBe(2);
    const { id } = page.asked('statistics').at(-1)!;
    await page.row('v').click();
    await expect.poll(() => page.said).toContainEqual({ type: 'cancel', id });
  });

  it('reads the values out as a table, and finds rows and columns by their numbers', async () => {
    const page = await open();
    await page.show(await written('wide.safetensors', new Map([['w', normal([3, 150_000])]])), 'wide.safetensors');
    const { page: browser } = page.view;
    await page.row('w').click();
    await browser.getByRole('tab', { name: 'Values' }).click();
    const sheet = browser.getByRole('table', { name: 'Values' });
    await expect.poll(() => sheet.getByRole('cell').count()).toBeGreaterThan(3);
    expect(await sheet.getAttribute('aria-colcount')).toBe('150001');
    await browser.getByLabel('Go to column').fill('149999');
    await browser.keyboard.press('Enter');
    const last = sheet.getByRole('columnheader', { name: '149,999', exact: true });
    await expect.poll(() => last.count()).toBe(1);
    expect(await last.getAttribute('aria-colindex')).toBe('150001');
    const cell = sheet.locator('[title^="[2, 149999]"]');
    // The cells are made again while their values arrive: one that was found may be gone when it is measured.
    const pastTheEdge = async () => {
      const [inside, box] = [await browser.locator('.values').boundingBox(), await cell.boundingBox()];
      return box && inside ? box.x + box.width - (inside.x + inside.width) : Infinity;
    };
    await expect.poll(pastTheEdge).toBeLessThanOrEqual(1);
  });

  it('goes from picture to picture by arrow keys, and says which one it is', async () => {
    const page = await openVae();
    const { page: browser } = page.view;
    const canvas = browser.locator('canvas.tiles');
    await expect.poll(() => canvas.getAttribute('tabindex')).toBe('0');
    await canvas.focus();
    const note = browser.locator('.images-tab [role=status]');
    await browser.keyboard.press('ArrowRight');
    await expect.poll(() => note.textContent()).toMatch(/^Number 3[89], norm \d/);
    const first = await note.textContent();
    await browser.keyboard.press('ArrowRight');
    await expect.poll(() => note.textContent()).not.toBe(first);
    const cursor = browser.locator('.tile-cursor');
    const [frame, picture] = [await cursor.boundingBox(), await canvas.boundingBox()];
    expect(frame!.x).toBeGreaterThan(picture!.x);
    expect(frame!.width).toBeGreaterThan(20);
    await browser.keyboard.press('End');
    await browser.keyboard.press('ArrowRight');
    await expect.poll(() => note.textContent()).toMatch(/^Number \d+, norm/);
    await browser.keyboard.press('Tab');
    expect(await cursor.isHidden()).toBe(true);
  });

  it('stays quick with ten thousand tensors: few rows are in the page, and those in sight are measured', async () => {
    const many = new Map(
      Array.from(
        { length: 10_000 },
        (_, i) => [`model.layers.${i >> 4}.part.${i & 15}.weight`, normal([2], 1, i)] as const,
      ),
    );
    const page = await open({ width: 1400 });
    await page.show(await written('many.safetensors', many), 'many.safetensors');
    const { page: browser } = page.view;
    await expect.poll(() => browser.locator('.file-header').textContent()).toContain('10,000 tensors');
    expect(await page.names()).toContain('model.layers');
    await browser.getByRole('button', { name: 'Size' }).click();
    await expect.poll(() => browser.locator('.sizer .row').count()).toBeLessThan(80);
    await browser.getByRole('treegrid').focus();
    await browser.keyboard.press('End');
    await expect.poll(async () => (await page.names()).at(-1)).toBe('model.layers.624.part.15.weight');
    await expect.poll(() => page.row('model.layers.624.part.15.weight').locator('.mean').textContent()).toMatch(/±/);
    const asked = page.asked().length;
    expect(asked).toBeLessThan(400);
    // Where it was scrolled to is remembered when it has come there, not on its way.
    const remembered = () => browser.evaluate(() => JSON.parse(sessionStorage.getItem('state')!) as { scroll: number });
    await expect.poll(async () => (await remembered()).scroll).toBeGreaterThan(200_000);
    await browser.locator('.table-body').evaluate((body) => (body.scrollTop = 1_200));
    await expect.poll(async () => (await remembered()).scroll).toBe(1_200);
  });

  it('shows the first rows of a long table at once, fetches the others, and then compares', async () => {
    const names = Array.from(
      { length: 9_000 },
      (_, i) => `model.${i < 8_000 ? 'first' : 'second'}.${i}.attention.weight`,
    );
    const many = new Map(names.map((name, i) => [name, normal([1], 1, i)] as const));
    const file = await written('long.safetensors', many);
    const page = await open();
    const { page: browser } = page.view;
    page.silent = true;
    await page.show(file, 'long.safetensors');
    await expect.poll(() => browser.locator('.tally').textContent()).toMatch(/^Listing \d,\d+ of 9,000…$/);
    expect(await browser.locator('.file-header').textContent()).toContain('9,000 tensors · 9,000 parameters');
    expect((await page.names()).slice(0, 2)).toEqual(['model.first', '0.attention.weight']);
    // What only the other file has comes in messages of their own.
    const rest = names.slice(100).map((name) => `other.${name}`);
    const others = await written(
      'others.safetensors',
      new Map(rest.map((name, i) => [name, normal([1], 1, i)] as const)),
    );
    await page.compare(others, 'others.safetensors', 64 * 1024);
    expect(await browser.locator('.compare-bar').isVisible()).toBe(false);
    page.silent = false;
    page.answer('rows');
    await expect
      .poll(() => browser.locator('.compare-bar').textContent())
      .toContain('9,000 only here, 8,900 only there');
    await browser.getByLabel('Filter tensors').fill('second.8999 other');
    await expect.poll(() => page.names()).toEqual(['other.model.second.8999.attention.weight']);
    await page.post({ type: 'comparison', news: { kind: 'none' } });
    await browser.getByLabel('Filter tensors').fill('');
    // Groups that came later are folded like the first ones.
    await expect.poll(() => page.names()).toEqual(['model', 'first', 'second']);
  });

  it('says what it does while a file is opened, and that can be called off', async () => {
    const page = await open();
    const { page: browser } = page.view;
    const cancel = browser.getByRole('button', { name: 'Cancel' });
    await expect.poll(() => cancel.isVisible()).toBe(true);
    await page.post({ type: 'opening', activity: 'Reading the header: 4 of 46 MB' });
    expect(await browser.locator('.opening').textContent()).toContain('Reading the header: 4 of 46 MB…');
    await cancel.click();
    expect(page.said.at(-1)).toEqual({ type: 'cancelOpening' });
    await page.post({ type: 'problem', message: 'Opening was cancelled.' });
    await expect.poll(() => browser.getByRole('alert').textContent()).toContain('Opening was cancelled');
    expect(await browser.locator('.opening').isVisible()).toBe(false);
    await browser.getByRole('button', { name: 'Try Again' }).click();
    expect(page.said.at(-1)).toEqual({ type: 'reload' });
  });

  it('compares: what changed most comes first, what is gone is there, too', async () => {
    const page = await openVae();
    const other = vae();
    other.set('encoder.mean.kernel', normal([40, 20], 0.2, 9));
    other.set('decoder.hidden.0.bias', normal([4]));
    other.set('gone', normal([4]));
    other.delete('optimizer.adam.step');
    await page.compare(await written('other.safetensors', other), 'other.safetensors');
    const { page: browser } = page.view;
    await expect
      .poll(() => browser.locator('.compare-bar').textContent())
      .toContain('4 the same, 1 changed, 1 only here, 1 only there, 1 of another shape');
    const names = await page.names();
    expect(names.slice(0, 3).sort()).toEqual(['decoder.hidden.0.bias', 'encoder.mean.kernel', 'gone']);
    // What the optimizer keeps comes behind the weights, however much it has changed.
    expect(names.at(-1)).toBe('optimizer.adam.step');
    expect(await page.row('encoder.mean.kernel').locator('.change').textContent()).toMatch(/^1\.\d/);
    expect(await page.row('gone').locator('.change').textContent()).toBe('gone');
    await browser.getByLabel('Only differences').check();
    await expect.poll(async () => (await page.names()).length).toBe(4);
    await page.row('gone').click();
    await expect.poll(() => browser.locator('.tensor-pane .note').textContent()).toContain('Only the other file');
    await browser.getByRole('button', { name: 'End Comparison' }).click();
    expect(page.said.at(-1)).toEqual({ type: 'endComparison' });
    await page.post({ type: 'comparison', news: { kind: 'none' } });
    await expect.poll(async () => (await page.names())[0]).toBe('decoder');
  });

  it('takes no second sampling or evaluation while one runs, and says why', async () => {
    const page = await openVae();
    const { page: browser } = page.view;
    const sample = browser.locator('[data-act=sample]');
    const asked = () => page.said.filter(({ type }) => type === 'inspect').length;
    expect(await spoken(sample.getByRole('button'))).toEqual({ disabled: false, description: '' });
    await page.post({ type: 'inspection', what: 'evaluate', news: { kind: 'progress', activity: 'evaluating' } });
    const description = 'An evaluation is running: wait, or cancel it.';
    await expect.poll(() => spoken(sample.getByRole('button'))).toEqual({ disabled: true, description });
    expect(await sample.getAttribute('title')).toBe(description);
    await sample.locator('.action-label').dispatchEvent('click');
    await sample.getByRole('button').focus();
    await browser.keyboard.press('Enter');
    expect(asked()).toBe(0);
    await page.post({ type: 'inspection', what: 'evaluate', news: { kind: 'cancelled' } });
    await expect.poll(() => spoken(sample.getByRole('button'))).toEqual({ disabled: false, description: '' });
    expect(await sample.getAttribute('title')).toBe('Draw samples from this checkpoint');
    await sample.click();
    expect(asked()).toBe(1);
  });

  it('writes every word in the editor’s font', async () => {
    const page = await openVae();
    await page.row('hidden.0.kernel').last().click();
    await page.view.page.locator('.tensor-pane canvas').first().waitFor();
    expect(await foreignFonts(page.view.page)).toEqual([]);
    await page.compare(await written('fonts.safetensors', new Map([['w', normal([4])]])), 'fonts.safetensors');
    await page.view.page.getByRole('button', { name: 'End Comparison' }).waitFor();
    await page.post({ type: 'inspection', what: 'evaluate', news: { kind: 'progress', activity: 'evaluating' } });
    await page.view.page.locator('.inspection').getByText('evaluating…').waitFor();
    expect(await foreignFonts(page.view.page)).toEqual([]);
  });

  it('offers what may be made of a checkpoint of ours, and only that', async () => {
    const page = await openVae();
    const { page: browser } = page.view;
    const offered = () => browser.locator('.actions > :not([hidden])').allTextContents();
    expect(await offered()).toEqual([
      ...['Sample', 'Evaluate', 'Sample Quality', 'Resume from Here', 'Latents', 'Open Run', 'Compare…'],
    ]);
    await browser.locator('[data-act=sample]').click();
    await browser.locator('[data-act=resume]').click();
    expect(page.said.slice(-2)).toEqual([
      { type: 'inspect', what: 'sample', samples: 0 },
      { type: 'intent', intent: 'resume' },
    ]);
    await page.post({ type: 'inspection', what: 'evaluate', news: { kind: 'progress', activity: 'evaluating' } });
    await expect.poll(() => browser.locator('.inspection').textContent()).toContain('evaluating…');
    const metrics = { 'test/negative_elbo': 105.25 };
    await page.post({
      type: 'inspection',
      what: 'evaluate',
      news: { kind: 'metrics', step: 1, count: 10_000, examples: 'image', metrics },
    });
    await expect.poll(() => browser.locator('.inspection').textContent()).toContain('10,000 Test Images');
    // Samples that are drawn then stand beside it.
    const size = { width: 2, height: 800 };
    const bytes = encodePng({ ...size, channels: 1, data: new Uint8Array(1600).fill(80) });
    const image = { step: 1, ...size, mime: 'image/png', bytes } as const;
    await page.post({ type: 'inspection', what: 'sample', news: { kind: 'progress', activity: 'drawing samples' } });
    expect(await browser.locator('.inspection').textContent()).toContain('10,000 Test Images');
    await page.post({
      type: 'inspection',
      what: 'sample',
      news: { kind: 'sample', step: 1, seed: 3, count: 1, image },
    });
    await expect.poll(() => browser.locator('.samples').isVisible()).toBe(true);
    const evaluated = browser.locator('.evaluated');
    const inSight = () => evaluated.evaluate((node) => node.getBoundingClientRect().bottom <= innerHeight);
    expect(await inSight()).toBe(false);
    // What is asked for then is brought into sight below them; what is counted is a whole number.
    await page.post({
      type: 'inspection',
      what: 'evaluate',
      news: {
        kind: 'metrics',
        step: 1,
        count: 10_000,
        examples: 'point',
        metrics: { ...metrics, 'latent/active_units': 20 },
      },
    });
    await expect.poll(inSight).toBe(true);
    expect(await evaluated.textContent()).toContain('10,000 Test Points');
    expect(await evaluated.locator('dd').allTextContents()).toEqual(['105.25', '20']);
    const measured = browser.locator('h2', { hasText: 'Metrics at This Step' }).locator('+ dl dd');
    expect(await measured.allTextContents()).toEqual(['105.20', '25.40', 'NaN', '20']);
    const lookOnly = 'In Restricted Mode checkpoints can be viewed, but nothing is started.';
    const own = ownCheckpoint({ intents: [], lookOnly });
    await page.show(path.join(folder, 'vae.safetensors'), 'a.safetensors', own);
    expect(await offered()).toEqual(['Compare…']);
    expect(await browser.locator('.look').textContent()).toContain(lookOnly);
  });

  it('shows metadata, specification and names as text, whatever they hold', async () => {
    const page = await openVae();
    await page.show(
      await written('html.safetensors', new Map([[HTML, normal([2])]]), { [HTML]: `["${HTML}"]` }),
      HTML,
      ownCheckpoint({ specification: HTML, title: HTML, metrics: [[HTML, HTML]] }),
    );
    const { page: browser } = page.view;
    await browser.getByRole('tab', { name: 'File' }).click();
    expect(await page.names()).toEqual([HTML]);
    expect(await browser.locator('.metadata').textContent()).toContain(HTML);
    expect(await browser.locator('img').count()).toBe(0);
  });

  it('shows names without what cannot be seen in them, and long texts in part', async () => {
    const page = await open();
    const name = `a\u202eb.${'x'.repeat(5_000)}`;
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const metadata = { deep, long: 'y'.repeat(900_000) };
    await page.show(
      await written('odd.safetensors', new Map([[name, normal([2])]]), metadata),
      'odd\u202e.safetensors',
    );
    const { page: browser } = page.view;
    expect(await browser.locator('h1').textContent()).toBe('odd\\u202e.safetensors');
    expect((await page.names())[0]).toMatch(/^a\\u202eb\.x+…x+$/);
    await browser.getByRole('tab', { name: 'File' }).click();
    const shown = await browser.locator('.metadata').textContent();
    expect(shown!.length).toBeLessThan(420_000);
    expect(shown).toContain('more characters');
  });

  it('sorts by the means, also of what is out of sight, and puts what has none at the end', async () => {
    const page = await open({ height: 300 });
    const { page: browser } = page.view;
    const values = Array.from({ length: 60 }, (_, i) => ((i * 7) % 60) - 30);
    const constant = (value: number): TensorData => {
      const data = new Uint8Array(Float32Array.of(value, value).buffer);
      return { dtype: 'F32', shape: [2], data };
    };
    const tensors = new Map<string, TensorData>(values.map((value, i) => [`t${i}`, constant(value)]));
    tensors.set('none', { dtype: 'F4', shape: [2], data: new Uint8Array(1) });
    await page.show(await written('means.safetensors', tensors), 'means.safetensors');
    const named = (value: number) => `t${values.indexOf(value)}`;
    const title = browser.getByRole('button', { name: 'Mean ± std' });
    await title.click();
    await expect.poll(async () => (await page.names()).slice(0, 3)).toEqual([named(29), named(28), named(27)]);
    await expect.poll(() => browser.locator('.tally').textContent()).toBe('1 without a mean');
    await title.click();
    await expect.poll(async () => (await page.names()).slice(0, 2)).toEqual([named(-30), named(-29)]);
    await browser.getByRole('treegrid').focus();
    await browser.keyboard.press('End');
    await expect.poll(async () => (await page.names()).at(-1)).toBe('none');
  });

  it('measures thousands of small tensors in a few questions, says how far it is, and stops when that is cancelled', async () => {
    const page = await open();
    const { page: browser } = page.view;
    const many = new Map(Array.from({ length: 2_500 }, (_, i) => [`t${i}`, normal([2], 1, i)] as const));
    await page.show(await written('small.safetensors', many), 'small.safetensors');
    await expect.poll(() => browser.locator('.sizer .row .mean').first().textContent()).toMatch(/±/);
    const tally = browser.locator('.tally');
    const asked = () => page.asked().filter(({ method }) => method.startsWith('statistics'));
    page.silent = true;
    const title = browser.getByRole('button', { name: 'Mean ± std' });
    await title.click();
    await expect.poll(() => tally.textContent()).toMatch(/^Measuring \d+ of 2,000…$/);
    await browser.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => tally.textContent()).toMatch(/^\d+ of 2,500 measured$/);
    expect(await browser.getByRole('button', { name: 'Cancel' }).isHidden()).toBe(true);
    expect(page.said.some(({ type }) => type === 'cancel')).toBe(true);
    page.silent = false;
    const before = asked().length;
    await browser.getByRole('button', { name: 'Size' }).click();
    await title.click();
    await expect.poll(() => tally.textContent()).toMatch(/^2,0\d\d of 2,500 measured$/);
    expect(asked().length - before).toBeLessThan(20);
    // What comes into sight is measured, but stays where it is.
    await browser.getByRole('treegrid').focus();
    await browser.keyboard.press('End');
    await expect.poll(async () => (await page.names()).at(-1)).toBe('t999');
    await expect.poll(() => page.row('t999').locator('.mean').textContent()).toMatch(/±/);
    expect((await page.names()).at(-1)).toBe('t999');
  });

  it('keeps a row whose values cannot be read in one line, says so in plain words, and asks to choose a tensor', async () => {
    for (const width of [1440, 900, 720]) {
      const page = await open({ width });
      const { page: browser } = page.view;
      const odd: TensorData = { dtype: 'F4', shape: [2], data: new Uint8Array(1) };
      const file = await written('odd.safetensors', new Map([['odd', odd]]));
      await page.show(file, 'odd.safetensors');
      await expect.poll(() => browser.locator('.tensor-name').textContent()).toBe('Choose a tensor');
      expect(await browser.getByRole('tab', { name: 'Norm over Steps' }).isHidden()).toBe(true);
      await page.compare(file, 'other.safetensors');
      const cell = page.row('odd').locator('.cell.problem');
      await expect.poll(() => cell.getAttribute('title')).toBe('Values of type F4 are not decoded');
      const tops = await page
        .row('odd')
        .locator('.cell:visible')
        .evaluateAll((cells) => cells.map((each) => Math.round(each.getBoundingClientRect().top / 12)));
      expect(new Set(tops).size).toBe(1);
      await page.row('odd').click();
      const note = browser.locator('.tensor-pane .note');
      await expect.poll(() => note.textContent()).toBe('Values of type F4 are not decoded.');
    }
  });

  it('says why a checkpoint is not taken for one of ours', async () => {
    const page = await open();
    const note = 'It is shown as a plain tensor file: it has format “latent-studio/2”.';
    await page.show(await written('new.safetensors', vae()), 'new.safetensors', undefined, note);
    await expect.poll(() => page.view.page.locator('.look').textContent()).toContain(note);
  });

  it('says why a file cannot be opened, and keeps what it showed when it changes', async () => {
    const page = await open();
    const { page: browser } = page.view;
    await page.post({ type: 'problem', message: 'This safetensors file is truncated.' });
    await expect.poll(() => browser.locator('.file-problem').textContent()).toContain('truncated');
    await browser.getByRole('button', { name: 'Try Again' }).click();
    expect(page.said.at(-1)).toEqual({ type: 'reload' });
    const file = await written('vae.safetensors', vae());
    await page.show(file, 'vae.safetensors');
    expect(await browser.locator('.file-problem').isHidden()).toBe(true);
    await page.row('mean.kernel').click();
    const grown = vae().set('encoder.log_variance.kernel', normal([40, 20]));
    await page.show(await written('vae.safetensors', grown), 'vae.safetensors');
    await expect.poll(() => page.names()).toContain('log_variance.kernel');
    expect(await browser.locator('.sizer .row.active .label').textContent()).toBe('mean.kernel');
  });

  it.each(['dark', 'light', 'highContrastDark', 'highContrastLight'] as const)(
    'fits and can be read: %s',
    async (theme) => {
      const page = await openVae({ theme, width: 1280, height: 800 });
      const { page: browser } = page.view;
      await expect.poll(() => page.row('mean.kernel').locator('.mean').textContent()).toMatch(/±/);
      await expect.poll(() => browser.locator('canvas.tiles').getAttribute('aria-label')).toContain('Columns');
      expect(await browser.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1280);
      const picture = process.env['LATENT_STUDIO_LOOK'];
      if (picture) await browser.screenshot({ path: path.join(picture, `checkpoint-${theme}.png`) });
    },
  );

  it.each([340, 620])('fits a tab of %i pixels', async (width) => {
    const page = await openVae({ width, height: 900 });
    const { page: browser } = page.view;
    expect(await browser.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const [table, details] = [
      await browser.locator('.tensors').boundingBox(),
      await browser.locator('.details').boundingBox(),
    ];
    expect(details!.y).toBeGreaterThanOrEqual(table!.y + table!.height);
    const picture = process.env['LATENT_STUDIO_LOOK'];
    if (picture) await browser.screenshot({ path: path.join(picture, `checkpoint-${width}.png`) });
  });
});
