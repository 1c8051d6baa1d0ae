import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/lib/chromium.mjs';
import type { ScriptedModel } from './support/latentHost';
import { LatentPage, type LatentOptions } from './support/latentPage';
import { serveViews, type Site } from './support/site';

let browser: Browser;
let site: Site;
let opened: LatentPage[] = [];

beforeAll(async () => {
  [browser, site] = await Promise.all([launchChromium(), serveViews()]);
});
afterEach(async () => {
  const pages = opened;
  opened = [];
  for (const page of pages) {
    const troubles = await page.troubles();
    await page.close();
    expect(troubles).toEqual([]);
  }
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

async function open(model?: Partial<ScriptedModel>, options?: LatentOptions): Promise<LatentPage> {
  const view = await LatentPage.open(browser, site, model, options);
  opened.push(view);
  return view;
}
const explore = async (model?: Partial<ScriptedModel>, options?: LatentOptions) => (await open(model, options)).ready();
const header = (view: LatentPage) => view.page.locator('.latent-header').innerText();
const slider = (view: LatentPage) => view.page.getByRole('slider', { name: 'Checkpoint' });
const progress = (view: LatentPage) => view.page.locator('.progress-row');

async function search(view: LatentPage, text: string): Promise<void> {
  await view.page.getByRole('searchbox').fill(text);
  await view.page.keyboard.press('Enter');
}
/** The last latent that was decoded, of requests of so many. */
const decoded = async (view: LatentPage, count = 1) =>
  (await view.asked('decode')).findLast((each) => each['count'] === count)?.['latent'] as number[] | undefined;

const PLANE: Partial<ScriptedModel> = { latent: 2, classes: 4, test: 400 };

describe('the checkpoint that is shown', () => {
  it('is where the slider stands, also where an older one was opened', async () => {
    const view = await explore({ opened: 100 });
    expect(await header(view)).toContain('step 100');
    expect(await slider(view).getAttribute('aria-valuetext')).toBe('step 100');
    await slider(view).fill('2');
    await expect.poll(() => header(view)).toContain('step 300');
  });

  it('is one that the run has removed meanwhile, too', async () => {
    const view = await explore({ opened: 150 });
    expect(await slider(view).getAttribute('aria-valuetext')).toBe('step 150');
    expect(await slider(view).inputValue()).toBe('1');
    await slider(view).fill('3');
    await expect.poll(() => header(view)).toContain('step 300');
    await slider(view).fill('1');
    await expect.poll(() => header(view)).toContain('step 150');
  });

  it('stays when the training ends that could have been looked at', async () => {
    const view = await explore({ live: true });
    await slider(view).fill('0');
    await expect.poll(() => header(view)).toContain('step 100');
    await view.page.evaluate(() => {
      window.latentScript.source({ state: { kind: 'starting', activity: 'loading the checkpoint' } });
      window.latentScript.source({ state: { kind: 'ready', live: false } });
    });
    await expect.poll(async () => (await view.asked('describe')).length).toBe(2);
    await view.ready();
    expect(await header(view)).toContain('step 100');
    expect(await slider(view).inputValue()).toBe('0');
  });

  it('comes back after a reload, or the newest where it has gone', async () => {
    const view = await explore();
    await slider(view).fill('1');
    await expect.poll(() => header(view)).toContain('step 200');
    await view.page.reload();
    await view.ready();
    expect(await header(view)).toContain('step 200');
    expect(await slider(view).inputValue()).toBe('1');
    await view.page.evaluate(() => window.latentScript.lose(200));
    await view.page.evaluate(() => {
      window.latentScript.source({ state: { kind: 'starting', activity: 'loading the checkpoint' } });
      window.latentScript.source({ state: { kind: 'ready', live: false } });
    });
    await expect.poll(() => header(view)).toContain('step 300');
    expect(await view.page.locator('.message').isVisible()).toBe(false);
  });

  it('is again the one before where another cannot be had, for decoding too', async () => {
    const view = await explore(PLANE);
    await view.page.evaluate(() => window.latentScript.lose(100));
    await slider(view).fill('0');
    await view.page.getByText('There is no checkpoint of step 100.').waitFor();
    expect(await slider(view).inputValue()).toBe('2');
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await expect.poll(async () => (await view.asked('decode')).at(-1)?.['at']).toBe(300);
  });

  it('has pictures of its own where they are what is decoded', async () => {
    const view = await explore({ encoder: false, latent: 3 });
    await slider(view).fill('0');
    const drawn = async () => (await view.asked('decode')).filter(({ at }) => at === 100);
    await expect
      .poll(async () => (await drawn()).reduce((sum, { count }) => sum + Number(count), 0))
      .toBeGreaterThanOrEqual(1000);
  });

  it('decodes again what was decoded, and takes the means of selections anew', async () => {
    const view = await explore(PLANE);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await view.tool('decode').locator('.decoded').waitFor();
    const tool = await view.unfold('arithmetic');
    for (const [name, group] of [
      ['0', 'A'],
      ['2', 'B'],
    ]) {
      await search(view, name!);
      await tool.getByRole('button', { name: `${group} = selection` }).click();
    }
    await expect.poll(async () => (await decoded(view, 3))?.[0]).toBeCloseTo(2, 0);
    await slider(view).fill('0');
    await expect
      .poll(async () => (await view.asked('decode')).some(({ at, count }) => at === 100 && count === 1))
      .toBe(true);
    // A third of the training: the classes have moved apart by a third.
    await expect.poll(async () => (await decoded(view, 3))?.[0]).toBeLessThan(1);
  });
});

describe('what is on its way', () => {
  it('is not begun anew by news of the run', async () => {
    const view = await open({ test: 4500, held: ['encode'] });
    await progress(view).getByText('Encoding 4,500 images').waitFor();
    const checkpoints = [100, 200, 300, 400].map((step) => ({ step, epoch: 1, best: false }));
    await view.page.evaluate((all) => window.latentScript.source({ checkpoints: all }), checkpoints);
    await view.page.evaluate(() => window.latentScript.release('encode'));
    await view.ready();
    expect((await view.asked('describe')).length).toBe(1);
    expect((await view.asked('encode')).map(({ from }) => from)).toEqual([0, 2000, 4000]);
  });

  it('keeps its progress and its button beside a quicker thing', async () => {
    const view = await explore();
    await view.page.evaluate(() => window.latentScript.hold('encode'));
    await slider(view).fill('0');
    await progress(view).getByText('Encoding 600 images').waitFor();
    await view.projection('z × z');
    await view.page.locator('.axes').filter({ hasText: 'z₁ × z₂' }).waitFor();
    expect(await progress(view).innerText()).toContain('Encoding 600 images');
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await progress(view).waitFor({ state: 'hidden' });
    expect(await slider(view).inputValue()).toBe('2');
  });

  it('can be begun again after it was cancelled at the very first', async () => {
    const view = await open({ held: ['encode'] });
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await view.page.evaluate(() => window.latentScript.release('encode'));
    await view.page.getByRole('button', { name: 'Encode Again' }).click();
    await view.ready();
    expect(await view.ink()).toBeGreaterThan(1000);
    expect(await view.page.locator('.message').isVisible()).toBe(false);
  });

  it('leaves what is shown as it is when another data set is cancelled', async () => {
    const view = await explore();
    const sets = view.page.getByRole('combobox', { name: 'Data set' });
    await view.page.evaluate(() => window.latentScript.hold('encode'));
    await sets.selectOption('train');
    await progress(view).getByText('Encoding 900 images').waitFor();
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => sets.inputValue()).toBe('test');
    await view.page.evaluate(() => window.latentScript.release('encode'));
    await slider(view).fill('0');
    await expect.poll(() => header(view)).toContain('600 images · 4-D · step 100');
    await search(view, '3');
    await view.page.getByText('60 of class 3').waitFor();
    expect((await view.asked('images')).every(({ set }) => set === 'test')).toBe(true);
  });

  it('shows a map while it is made, at once, with all that can be done to it', async () => {
    const view = await explore({ test: 3000, latent: 8 });
    await view.unfold('posterior');
    await view.projection('t-SNE');
    await progress(view).getByText('t-SNE, 750 iterations').waitFor();
    await view.page.reload();
    await view.page.locator('.axes').filter({ hasText: 'PC 1' }).waitFor();
    await view.page.locator('.axes').filter({ hasText: 't-SNE, being made' }).waitFor();
    expect(await view.ink()).toBeGreaterThan(300);
    expect(await view.tool('posterior').innerText()).toContain('3,000 points');
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await view.tool('decode').getByText('weighted latents of the 8 nearest points').waitFor();
    expect(await progress(view).isVisible()).toBe(true);
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await view.page.locator('.axes').filter({ hasText: 'PC 1' }).waitFor();
    // What is not shown is not chosen, so that it can be chosen again.
    expect(await view.page.getByRole('radio', { name: 'PCA' }).isChecked()).toBe(true);
    await view.projection('t-SNE');
    await progress(view).getByText('t-SNE, 750 iterations').waitFor();
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
  });

  it('is of the new weights when their map is cancelled', async () => {
    const view = await explore({ test: 1500, latent: 8 });
    await view.projection('UMAP');
    await view.page.getByText('UMAP · exact neighbours').waitFor();
    await slider(view).fill('0');
    await view.page.locator('.axes').filter({ hasText: 'being made' }).waitFor();
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await view.page.locator('.axes').filter({ hasText: 'PC 1' }).waitFor();
    expect(await header(view)).toContain('step 100');
  });

  it('puts pictures where they are missing as they come, and waits for those that are saved', async () => {
    const view = await explore({ ...PLANE, held: ['images'] });
    await search(view, '2');
    const tool = view.tool('selection');
    await tool.getByText('100 points').waitFor();
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    const near = view.tool('decode').locator('.thumbs canvas').first();
    await view.tool('decode').locator('.decoded').waitFor();
    const width = (node: HTMLElement | SVGElement) => (node as HTMLCanvasElement).width;
    expect(await near.evaluate(width)).toBe(0);
    await tool.getByRole('button', { name: 'Save images…' }).click();
    await view.page.evaluate(() => window.latentScript.release('images'));
    await expect.poll(() => tool.locator('.manifold').evaluate(width)).toBe(10 * 29 - 1);
    await expect.poll(() => near.evaluate(width)).toBe(28);
    await view.page.getByText('Saved images.').waitFor();
    expect(await view.page.evaluate(() => window.latentScript.saved.length)).toBe(100);
  });
});

describe('a training that is followed', () => {
  it('moves the points also where it tells faster than they can be shown', async () => {
    const view = await explore({ ...PLANE, live: true, test: 1500 });
    await view.page.getByRole('button', { name: '● Live' }).click();
    await view.page.evaluate(() => {
      let step = 400;
      Object.assign(window, { telling: setInterval(() => window.latentScript.follow(step++), 5) });
    });
    await expect.poll(() => header(view)).toContain('the first 1,000 of 1,500 images');
    const step = await header(view);
    await expect.poll(() => header(view)).not.toBe(step);
    await view.page.evaluate(() => clearInterval((window as unknown as { telling: number }).telling));
  });

  it('shows its sample with the pictures and labels of the test set, and keeps the legend in hand', async () => {
    const view = await explore({ ...PLANE, live: true, train: 900 });
    const sets = view.page.getByRole('combobox', { name: 'Data set' });
    await sets.selectOption('train');
    await expect.poll(() => header(view)).toContain('900 images');
    await view.page.getByRole('button', { name: '● Live' }).click();
    await view.page.evaluate(() => window.latentScript.follow(150));
    await expect.poll(() => header(view)).toContain('400 images · 2-D · step 150');
    expect(await sets.inputValue()).toBe('test');
    await search(view, '1');
    await view.page.getByText('100 of class 1').waitFor();
    const second = view.page.locator('.latent-legend button').nth(1);
    await second.focus();
    await view.page.evaluate(() => window.latentScript.follow(250));
    await expect.poll(() => header(view)).toContain('step 250');
    expect(await second.evaluate((node) => node === document.activeElement)).toBe(true);
    await view.page.getByRole('button', { name: '● Live' }).click();
    await expect.poll(() => header(view)).toContain('step 300');
    await search(view, '1');
    await view.page.getByText('100 of class 1').waitFor();
  });
});

describe('what is said', () => {
  it('of the other dimensions is true of the point that was picked last', async () => {
    const view = await explore();
    await view.projection('z × z');
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    const others: number[] = [];
    for (const index of ['#5', '#6']) {
      await search(view, index);
      await view.map.click();
      await expect.poll(async () => (await decoded(view))?.[2]).not.toBe(others[0]);
      others.push((await decoded(view))![2]!);
    }
    expect(others[0]).not.toBeCloseTo(others[1]!, 3);
  });

  it('is heard of the point under the pointer', async () => {
    const view = await explore(PLANE);
    await search(view, '#12');
    await view.page
      .locator('.stage > [role="status"]')
      .filter({ hasText: /^#12 · 0; near #\d+ · \d(, #\d+ · \d){4}$/ })
      .waitFor({ state: 'attached' });
  });

  it('is why there are no points where the model has diverged', async () => {
    const view = await open({ broken: 17 });
    await view.page
      .getByText('1 of 600 latents are not finite numbers: the weights of step 300 have diverged.')
      .waitFor();
    await view.page.getByRole('button', { name: 'Encode Again' }).waitFor();
  });

  it('of codes without a prior is in their own scale', async () => {
    const view = await explore({ variance: false });
    await (
      await view.unfold('manifold')
    )
      .getByText('by quantiles of a normal with the codes’ mean and deviation')
      .waitFor();
    const tool = await view.unfold('posterior');
    await tool.getByText('This model has no prior to compare with. Each histogram: mean ± 4 standard').waitFor();
    expect(await tool.locator('h2').innerText()).toBe('Distribution of the codes');
    expect(await view.tool('traverse').locator('h2').innerText()).toBe('Dimensions by variance');
  });
});

describe('the legend', () => {
  it('names a hundred classes in no more room than a few, and shows one alone by a key', async () => {
    const view = await explore({ classes: 100, test: 1000 });
    const buttons = view.page.locator('.latent-legend button');
    expect(await buttons.count()).toBe(100);
    expect((await view.page.locator('.latent-legend').boundingBox())!.height).toBeLessThan(100);
    const all = await view.ink();
    await buttons.nth(99).focus();
    await view.page.keyboard.press('Shift+Enter');
    expect(await buttons.nth(99).getAttribute('aria-pressed')).toBe('true');
    expect(await buttons.nth(0).getAttribute('aria-pressed')).toBe('false');
    await view.map.focus();
    expect(await view.ink()).toBeLessThan(all / 10);
  });
});

describe('many dimensions', () => {
  it('are all traversed and edited, those that tell less on request', async () => {
    const view = await explore({ latent: 60, test: 200 });
    const tool = await view.unfold('traverse');
    await expect.poll(() => tool.locator('.traverse-row').count()).toBe(48);
    await tool.getByRole('button', { name: '48 more' }).click();
    await expect.poll(() => tool.locator('.traverse-row').count()).toBe(60);
    expect(await tool.getByRole('button', { name: '48 more' }).isVisible()).toBe(false);
    const sliders = await view.unfold('sliders');
    await expect.poll(() => sliders.getByRole('slider').count()).toBe(48);
    await sliders.getByRole('button', { name: '48 more' }).click();
    await expect.poll(() => sliders.getByRole('slider').count()).toBe(60);
  });

  it('of any number have a covariance that is drawn', async () => {
    const view = await explore({ latent: 400, test: 60 });
    const tool = await view.unfold('posterior');
    await tool.getByText('the first 256 of 400 dimensions').waitFor();
  });
});

describe('models and data of other kinds', () => {
  it.each<[string, Partial<ScriptedModel>]>([
    ['one dimension', { latent: 1 }],
    ['no labels', { classes: 0 }],
    ['one class', { classes: 1 }],
    ['three images', { test: 3, latent: 8 }],
    ['one image', { test: 1, latent: 8 }],
    ['all images in one place', { test: 50, classes: 1, latent: 8, still: true }],
    ['no prior and one dimension', { latent: 1, variance: false }],
  ])('are shown by everything that there is: %s', async (_, model) => {
    const view = await explore(model);
    const tools = await view.page.locator('.tool summary').all();
    for (const summary of tools) {
      if (!(await summary.evaluate((node) => (node.parentElement as HTMLDetailsElement).open))) await summary.click();
    }
    await search(view, '#0');
    await view.page.getByText('point 0', { exact: true }).waitFor();
    if ((model.latent ?? 4) > 2) {
      await view.projection('UMAP');
      await view.page.getByText('UMAP · exact neighbours').waitFor();
      await view.projection('t-SNE');
      await view.page.getByText('t-SNE · exact neighbours').waitFor();
    }
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await view.tool('decode').locator('.decoded').waitFor();
    await expect.poll(() => view.tool('traverse').locator('.traverse-row').count()).toBe(model.latent ?? 4);
    expect(await view.page.locator('.message').isVisible()).toBe(false);
    expect((await decoded(view))!.every(Number.isFinite)).toBe(true);
  });

  it('have one row of pictures for their one dimension', async () => {
    const view = await explore({ latent: 1 });
    const canvas = (await view.unfold('manifold')).locator('.manifold');
    await expect
      .poll(() => canvas.evaluate((node) => [(node as HTMLCanvasElement).width, (node as HTMLCanvasElement).height]))
      .toEqual([16 * 28, 28]);
  });
});

describe('the card of a point', () => {
  const card = (view: LatentPage) => view.page.locator('.hover-card');

  it('stays beside its point when the view moves, and goes with the class that is hidden', async () => {
    const view = await explore(PLANE);
    await search(view, '#2');
    const before = (await card(view).boundingBox())!;
    await view.page.getByRole('button', { name: 'Fit' }).click();
    await expect.poll(async () => (await card(view).boundingBox())!.x).toBeLessThan(before.x - 50);
    await view.page.locator('.latent-legend button').nth(2).click();
    await card(view).waitFor({ state: 'hidden' });
  });

  it('waits while its point is out of sight', async () => {
    const view = await explore(PLANE);
    await search(view, '#0');
    // Zooming beside it pushes it out.
    await view.map.hover({ position: { x: 60, y: 300 } });
    await search(view, '#0');
    for (let i = 0; i < 6; i++) await view.page.mouse.wheel(0, -400);
    await card(view).waitFor({ state: 'hidden' });
    for (let i = 0; i < 6; i++) await view.page.mouse.wheel(0, 400);
    await card(view).waitFor();
  });

  it('is not in the way of a drag', async () => {
    const view = await explore(PLANE);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await search(view, '#0');
    const { x, y, width, height } = (await view.map.boundingBox())!;
    await view.page.mouse.move(x + width / 2, y + height / 2);
    await card(view).waitFor();
    await view.page.mouse.down();
    await view.page.mouse.move(x + width / 2 + 30, y + height / 2);
    await card(view).waitFor({ state: 'hidden' });
    await view.page.mouse.up();
  });

  it('is not that of another point while the keyboard decodes', async () => {
    const view = await explore(PLANE);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await search(view, '#0');
    await card(view).waitFor();
    await view.map.focus();
    await view.page.keyboard.press('ArrowRight');
    await card(view).waitFor({ state: 'hidden' });
  });
});

describe('the way between two picked points', () => {
  it('is on the map while its panel is unfolded', async () => {
    const view = await explore(PLANE);
    for (const index of ['#0', '#2']) await search(view, index);
    const tool = view.tool('interpolate');
    await tool.getByText('A 0 → B 2').waitFor();
    await view.page.getByRole('button', { name: 'Fit' }).click();
    const ink = () =>
      view.map
        .locator('canvas')
        .last()
        .evaluate((node) => {
          const { width, height } = node as HTMLCanvasElement;
          const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
          return data.filter((value, i) => i % 4 === 3 && value > 0).length;
        });
    await view.settle();
    const drawn = await ink();
    await tool.locator('summary').click();
    await expect.poll(ink).toBeLessThan(drawn - 100);
    await tool.locator('summary').click();
    await expect.poll(ink).toBe(drawn);
  });
});
