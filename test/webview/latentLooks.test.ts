import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { spoken } from './support/accessible';
import { foreignFonts } from './support/fonts';
import type { ScriptedModel } from './support/latentHost';
import type { LatentPage } from './support/latentPage';
import { latentSuite } from './support/suite';

const { open, explore } = latentSuite();

/** Two latents, so that the map shows them as they are. */
const PLANE: Partial<ScriptedModel> = { latent: 2, classes: 4, test: 400 };

async function box(node: Locator): Promise<{ left: number; top: number; right: number; bottom: number }> {
  const { x, y, width, height } = (await node.boundingBox())!;
  return { left: x, top: y, right: x + width, bottom: y + height };
}

/** A place of the map in the window, by shares of its width and height. */
async function onMap(view: LatentPage, right: number, down: number): Promise<{ x: number; y: number }> {
  const { left, top, right: end, bottom } = await box(view.map);
  return { x: left + right * (end - left), y: top + down * (bottom - top) };
}

async function decodeAt(view: LatentPage, right: number, down: number): Promise<{ x: number; y: number }> {
  await view.page.getByRole('radio', { name: 'Decode' }).check();
  const at = await onMap(view, right, down);
  await view.page.mouse.move(at.x, at.y);
  await view.page.mouse.down();
  return at;
}

describe('the decoded picture beside the pointer', () => {
  const picture = (view: LatentPage) => view.page.locator('.floating-picture');

  it.each([
    [320, 560],
    [700, 800],
  ])('stands in a window of %i × %i in for the tool below the map, and covers no pointer', async (width, height) => {
    const view = await explore(PLANE, { width, height });
    const floating = picture(view);
    expect(await floating.isVisible()).toBe(false);
    await decodeAt(view, 0.5, 0.5);
    await floating.waitFor();
    expect(await floating.getAttribute('aria-hidden')).toBe('true');
    for (const [right, down] of [
      [0.02, 0.02],
      [0.98, 0.02],
      [0.5, 0.3],
      [0.98, 0.98],
      [0.02, 0.98],
    ] as const) {
      const { x, y } = await onMap(view, right, down);
      await view.page.mouse.move(x, y);
      await view.settle();
      const frame = await box(floating);
      expect(frame.left > x || frame.right < x || frame.top > y || frame.bottom < y).toBe(true);
      // Near enough to belong to it.
      expect(Math.max(frame.left - x, x - frame.right)).toBeLessThan(30);
      expect(Math.min(frame.left, frame.top)).toBeGreaterThanOrEqual(0);
      expect([frame.right <= width, frame.bottom <= height]).toEqual([true, true]);
    }
    // What is decoded is what lies under the pointer: to the left here, and to the right there.
    const { x, y } = await onMap(view, 0.1, 0.5);
    await view.page.mouse.move(x, y);
    await expect.poll(async () => (await view.spot(floating.locator('canvas')))[0]).toBeLessThan(-1);
    const end = await onMap(view, 0.9, 0.5);
    await view.page.mouse.move(end.x, end.y);
    await expect.poll(async () => (await view.spot(floating.locator('canvas')))[0]).toBeGreaterThan(1);
    await view.page.mouse.up();
  });

  it('is not needed where the tool is in sight, and is where that is scrolled away', async () => {
    const view = await explore(PLANE, { width: 1000, height: 700 });
    const decoded = view.tool('decode').locator('.large');
    await decodeAt(view, 0.3, 0.5);
    await expect.poll(async () => (await view.spot(decoded))[0]).toBeLessThan(-0.3);
    expect(await picture(view).isVisible()).toBe(false);
    await view.page.mouse.up();
    for (const name of ['traverse', 'manifold', 'posterior']) await view.unfold(name);
    await view.page.locator('aside.tools').evaluate((column) => column.scrollTo(0, 200));
    await view.settle();
    await decodeAt(view, 0.7, 0.5);
    await picture(view).waitFor();
    expect((await view.spot(picture(view).locator('canvas')))[0]).toBeGreaterThan(0.3);
    await view.page.mouse.up();
  });

  it('goes when the pointer goes on or leaves, with Escape and with scrolling', async () => {
    const view = await explore(PLANE, { width: 700, height: 600 });
    const floating = picture(view);
    const { page } = view;
    const shown = async () => {
      const at = await decodeAt(view, 0.4, 0.4);
      await floating.waitFor();
      await page.mouse.up();
      expect(await floating.isVisible()).toBe(true);
      return at;
    };
    const { x, y } = await shown();
    await page.mouse.move(x + 3, y);
    await floating.waitFor({ state: 'hidden' });
    await shown();
    await page.mouse.move(1, 1);
    await floating.waitFor({ state: 'hidden' });
    await shown();
    await page.keyboard.press('Escape');
    await floating.waitFor({ state: 'hidden' });
    await shown();
    await page.locator('.latent-content').evaluate((content) => content.scrollTo(0, 60));
    await floating.waitFor({ state: 'hidden' });
  });

  it('outlives what its own first picture moves in the column, and goes when the tool is scrolled into sight', async () => {
    const view = await explore({ latent: 4, test: 400 }, { width: 1000, height: 700 });
    const column = view.page.locator('aside.tools');
    for (const name of ['traverse', 'manifold', 'posterior']) await view.unfold(name);
    await column.evaluate((node) => node.scrollTo(0, node.scrollHeight));
    await view.settle();
    const before = await column.evaluate((node) => node.scrollTop);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.focus();
    await view.page.keyboard.press('ArrowUp');
    await view.tool('decode').getByText('away from where it was').waitFor({ state: 'attached' });
    await view.settle();
    // The browser keeps what is seen where it is.
    expect(await column.evaluate((node) => node.scrollTop)).toBeGreaterThan(before);
    expect(await picture(view).isVisible()).toBe(true);
    await column.evaluate((node) => node.scrollTo(0, 0));
    await picture(view).waitFor({ state: 'hidden' });
  });

  it('does not come back with a picture that arrives when the pointer has left', async () => {
    const view = await explore(PLANE, { width: 700, height: 600 });
    await view.page.evaluate(() => window.latentScript.hold('decode'));
    await decodeAt(view, 0.4, 0.4);
    await view.page.mouse.up();
    await view.page.mouse.move(1, 1);
    await view.page.evaluate(() => window.latentScript.release('decode'));
    await view.tool('decode').locator('.decoded').waitFor();
    expect(await picture(view).isVisible()).toBe(false);
  });

  it('stands beside the keyboard’s pointer, goes with it and ends with the focus', async () => {
    const view = await explore(PLANE, { width: 700, height: 600 });
    const floating = picture(view);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.focus();
    await view.page.keyboard.press('Enter');
    await floating.waitFor();
    await view.settle();
    const middle = await onMap(view, 0.5, 0.5);
    const before = await box(floating);
    expect(before.left).toBeGreaterThan(middle.x);
    expect(before.left).toBeLessThan(middle.x + 30);
    for (let i = 0; i < 3; i++) await view.page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await box(floating)).left).toBe(before.left + 36);
    await view.page.keyboard.press('Tab');
    await floating.waitFor({ state: 'hidden' });
  });
});

describe('the tools and the map', () => {
  it.each([
    [759, 'below'],
    [760, 'beside'],
    [1000, 'beside'],
    [1400, 'beside'],
    [2560, 'beside'],
  ] as const)('share a tab of %i pixels: the tools stand %s the map, which is the larger', async (width, place) => {
    const view = await explore(PLANE, { width, height: 800 });
    const [stage, tools] = [await box(view.page.locator('.stage')), await box(view.page.locator('aside.tools'))];
    if (place === 'below') expect(tools.top).toBeGreaterThanOrEqual(stage.bottom);
    else {
      expect(tools.left).toBeGreaterThanOrEqual(stage.right);
      expect(tools.top).toBe(stage.top);
      expect(stage.right - stage.left).toBeGreaterThan(1.3 * (tools.right - tools.left));
    }
    expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it('grow with the tab, and their pictures with them', async () => {
    const sizes = async (width: number) => {
      const view = await explore(PLANE, { width, height: 1200 });
      await view.unfold('posterior');
      await decodeAt(view, 0.5, 0.5);
      await view.page.mouse.up();
      await view.tool('decode').locator('.decoded').waitFor();
      const widths = ['aside.tools', '.pair .large', '.nearest canvas', '.histograms canvas', '.heat'].map(
        async (selector) => (await view.page.locator(selector).first().boundingBox())!.width,
      );
      return Promise.all(widths);
    };
    const [narrow, wide] = [await sizes(1000), await sizes(2560)];
    const growth = wide.map((width, i) => width / narrow[i]!);
    expect(growth.every((factor) => factor > 1.3)).toBe(true);
    expect(wide[0]).toBeGreaterThan(500);
    expect(wide[1]).toBeGreaterThan(240);
  });
});

describe('the marks on the map', () => {
  const named = (view: LatentPage) => view.page.locator('.marks-legend li:visible').allTextContents();

  it('are named while they are there, and only then', async () => {
    const view = await explore({ latent: 4, classes: 4, test: 400 });
    const search = view.page.locator('.search input');
    expect(await view.page.getByRole('list', { name: 'Marks on the map' }).count()).toBe(1);
    expect(await named(view)).toEqual([]);
    await search.fill('#30');
    await search.press('Enter');
    await expect.poll(() => named(view)).toEqual(['Apicked']);
    await search.fill('#31');
    await search.press('Enter');
    await view.unfold('interpolate');
    await expect.poll(() => named(view)).toEqual(['ABpicked', 'interpolation']);
    await decodeAt(view, 0.5, 0.5);
    await view.page.mouse.up();
    await expect.poll(() => named(view)).toEqual(['ABpicked', 'interpolation', 'decoded', 'encoded again']);
    await view.map.press('ArrowUp');
    await expect.poll(async () => (await named(view)).at(-1)).toBe('keyboard pointer');
    await view.map.press('Escape');
    await view.map.blur();
    await expect.poll(() => named(view)).toEqual([]);
  });

  it('are named with signs in the theme’s colors, those of the prior, too', async () => {
    for (const theme of ['light', 'highContrastDark'] as const) {
      const view = await explore(PLANE, { theme });
      await decodeAt(view, 0.5, 0.5);
      await view.page.mouse.up();
      await expect.poll(() => named(view)).toEqual(['prior at 1, 2, 3 σ', 'decoded', 'encoded again']);
      const colors = await view.page
        .locator('.marks-legend li:visible .mark')
        .evaluateAll((signs) => signs.map((sign) => getComputedStyle(sign).color));
      const foreground = await view.page.evaluate(() => getComputedStyle(document.body).color);
      expect(new Set(colors)).toEqual(new Set([foreground]));
      const sizes = await view.page
        .locator('.marks-legend li:visible .mark')
        .evaluateAll((signs) => signs.map((sign) => sign.getBoundingClientRect().width));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(10);
    }
  });

  it.each([320, 760, 1400])('leave the map its place in a tab of %i pixels when the first comes', async (width) => {
    const view = await explore(PLANE, { width, height: 800 });
    const before = await box(view.map);
    await decodeAt(view, 0.5, 0.5);
    await view.page.mouse.up();
    await expect.poll(() => named(view)).toContain('encoded again');
    expect(await box(view.map)).toEqual(before);
    const legend = await box(view.page.locator('.marks-legend'));
    expect(legend.top).toBeGreaterThanOrEqual(before.bottom);
  });
});

describe('a control that is disabled says why', () => {
  const NO_POINTS = 'Available once the points are encoded.';

  it('above the map while there are no points, and what it does when there are', async () => {
    const view = await open({ live: true, held: ['encode'] });
    const { page } = view;
    await page.locator('.latent-toolbar:not(.undescribed)').waitFor();
    const controls = [/Live/, 'Fit', 'Save picture…', 'Save CSV…'].map((name) =>
      page.locator('.toolbar-end').getByRole('button', { name }),
    );
    for (const control of [...controls, page.getByRole('searchbox', { name: /^Find a point/ })]) {
      expect(await spoken(control)).toEqual({ disabled: true, description: NO_POINTS });
      expect(await control.getAttribute('title')).toBe(NO_POINTS);
    }
    await page.evaluate(() => window.latentScript.release('encode'));
    await view.ready();
    expect(await spoken(controls[1]!)).toEqual({ disabled: false, description: 'Show all points (0)' });
    expect(await spoken(controls[3]!)).toEqual({
      disabled: false,
      description: 'All points: label, position and latent',
    });
  });

  it('in the arithmetic without a selection', async () => {
    const view = await explore(PLANE);
    const tool = await view.unfold('arithmetic');
    const take = tool.getByRole('button', { name: 'With = selection' });
    const description = 'Select points first: with the lasso, a box or the search.';
    expect(await spoken(take)).toEqual({ disabled: true, description });
    await view.page.locator('.search input').fill('1');
    await view.page.locator('.search input').press('Enter');
    expect(await spoken(take)).toEqual({ disabled: false, description: 'The points with the attribute' });
  });

  it('beside the slider while the points are encoded again', async () => {
    const view = await explore({ live: true });
    await view.train(900);
    const again = view.page.getByRole('button', { name: 'Encode Again' });
    await again.waitFor();
    const description = 'Encode the points with the current weights of the run';
    expect(await spoken(again)).toEqual({ disabled: false, description });
    await view.page.evaluate(() => window.latentScript.hold('encode'));
    await again.click();
    await expect.poll(() => spoken(again)).toEqual({ disabled: true, description: 'The points are being encoded.' });
    await view.page.evaluate(() => window.latentScript.release('encode'));
    await expect.poll(() => view.page.locator('.time-bar button').getAttribute('title')).toBe(description);
  });
});

describe('every word', () => {
  const TOOLS = ['decode', 'interpolate', 'traverse', 'sliders', 'selection', 'arithmetic', 'manifold', 'posterior'];

  it.each([
    ['of a checkpoint, with all tools unfolded', { classes: 24 }],
    ['beside a live run, of a model that takes labels', { live: true, labels: true }],
  ] as const)('is in the editor’s font: %s', async (_of, model) => {
    const view = await explore(model);
    for (const name of TOOLS) await view.unfold(name);
    for (const wanted of ['#30', '#31', '1']) {
      await view.page.locator('.search input').fill(wanted);
      await view.page.locator('.search input').press('Enter');
    }
    await decodeAt(view, 0.5, 0.5);
    await view.page.mouse.up();
    await view.tool('decode').locator('.decoded').waitFor();
    await view.page.evaluate(() => window.latentScript.refuse('decode', 'Refused.'));
    await view.map.press('Enter');
    await view.page.locator('.message').getByText('Refused.').waitFor();
    expect(await foreignFonts(view.page)).toEqual([]);
  });

  it('is in the editor’s font where there is nothing to explore', async () => {
    const view = await open({ state: { kind: 'problem', message: 'The checkpoint has gone.' } });
    await view.page.getByText('The checkpoint has gone.').waitFor();
    expect(await foreignFonts(view.page)).toEqual([]);
  });
});
