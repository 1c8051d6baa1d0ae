import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ScriptedModel } from './support/latentHost';
import type { LatentPage } from './support/latentPage';
import { latentSuite } from './support/suite';
import { THEMES, type ThemeName } from './support/themes';

const { explore } = latentSuite();

/** A model that decodes draws from N(0, I) in two dimensions to images. */
const DRAWS: Partial<ScriptedModel> = { encoder: false, latent: 2 };
/** One that decodes them to points. */
const POINTS: Partial<ScriptedModel> = { ...DRAWS, points: true };

async function pick(view: LatentPage, ...indices: number[]): Promise<void> {
  for (const index of indices) {
    await view.page.getByRole('searchbox').fill(`#${index}`);
    await view.page.keyboard.press('Enter');
  }
}

const width = (picture: Locator) => picture.evaluate((node) => (node as HTMLCanvasElement).width);

/** Latents of the newest requests that decode as many. */
async function decoded(view: LatentPage, count: number): Promise<number[]> {
  const asked = await view.asked('decode');
  return (asked.filter((each) => each['count'] === count).at(-1)?.['latent'] ?? []) as number[];
}

/** Numbers in parentheses after the name of a mark. */
async function placeOf(view: LatentPage, mark: string): Promise<number[]> {
  const words = (await view.tool('generated').locator('canvas').getAttribute('aria-label')) ?? '';
  const found = new RegExp(`${mark}[^(]*\\(([^)]*)\\)`).exec(words)?.[1] ?? '';
  return found.split(', ').map((each) => Number(each.replace('−', '-')));
}

describe('the draws of a model without an encoder', () => {
  it('are as many as are chosen, and others for another seed', async () => {
    const view = await explore(DRAWS);
    const { page } = view;
    await page.getByText('No encoder: 1,000 draws from the prior, N(0, I)').waitFor();
    expect(await page.locator('.latent-header').innerText()).toContain('1,000 draws from the prior · 2-D · step 300');
    await page.getByRole('spinbutton', { name: 'Number of draws' }).fill('40');
    await page.keyboard.press('Enter');
    await page.getByText('No encoder: 40 draws').waitFor();
    await pick(view, 7);
    const tool = await view.unfold('neighborhood');
    await expect.poll(() => tool.innerText()).toContain('from draw 7');
    await expect.poll(() => width(tool.locator('.manifold'))).toBe(7 * 29 - 1);
    const before = await decoded(view, 49);
    await page.getByRole('button', { name: 'Draw others' }).click();
    await expect.poll(() => page.getByRole('spinbutton', { name: 'Seed of the draws' }).inputValue()).toBe('1');
    await view.ready();
    await pick(view, 7);
    await expect.poll(() => decoded(view, 49)).not.toEqual(before);
    // What cannot be drawn is not asked for.
    await page.getByRole('spinbutton', { name: 'Number of draws' }).fill('1000000');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('spinbutton', { name: 'Number of draws' }).inputValue()).toBe('40');
    await page.reload();
    await view.ready();
    await page.getByText('No encoder: 40 draws').waitFor();
    expect(await page.getByRole('spinbutton', { name: 'Seed of the draws' }).inputValue()).toBe('1');
  });

  it('are decoded by the weights of the chosen checkpoint, and again as another class', async () => {
    const view = await explore({ ...DRAWS, labels: true });
    const asked = async () => (await view.asked('decode')).at(-1);
    await expect.poll(asked).toMatchObject({ at: 300, labels: [0] });
    await view.page.getByRole('combobox', { name: 'Decode as' }).selectOption('4');
    await expect.poll(asked).toMatchObject({ at: 300, labels: [4] });
    const draws = await view.unfold('draws');
    await expect.poll(() => width(draws.locator('.manifold'))).toBe(8 * 29 - 1);
    // The scripted model brightens as many pixels of the first row as the class says.
    const bright = () =>
      draws.locator('.manifold').evaluate((node) => {
        const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 8, 1);
        return Array.from({ length: 8 }, (_, i) => data[4 * i]! >= 200);
      });
    await expect.poll(bright).toEqual([true, true, true, true, false, false, false, false]);
    await view.page.getByRole('slider', { name: 'Checkpoint' }).fill('0');
    await expect.poll(asked).toMatchObject({ at: 100, labels: [4] });
    await expect.poll(() => view.page.locator('.latent-header').innerText()).toContain('step 100');
  });

  it('of a live run are decoded again by its current weights, and not followed', async () => {
    const view = await explore({ ...DRAWS, live: true });
    expect(await view.page.getByRole('button', { name: '● Live' }).isVisible()).toBe(false);
    await view.train(450);
    await view.page.getByRole('button', { name: 'Decode Again' }).click();
    await expect.poll(() => view.page.locator('.latent-header').innerText()).toContain('step 450');
  });

  it('leave out what says nothing of a prior', async () => {
    const view = await explore(DRAWS);
    expect(await view.tool('posterior').isVisible()).toBe(false);
    const tool = await view.unfold('traverse');
    await expect.poll(() => tool.locator('.traverse-row').count()).toBe(2);
    expect(await tool.innerText()).not.toMatch(/KL|variance|inactive/);
    const encoding = await explore();
    expect(await encoding.tool('posterior').isVisible()).toBe(true);
    for (const name of ['draws', 'generated']) expect(await encoding.tool(name).isVisible()).toBe(false);
  });
});

describe('between and around draws', () => {
  it('goes along a great circle by default, and along a line between draws from a box', async () => {
    const view = await explore(DRAWS);
    const tool = view.tool('interpolate');
    await tool.getByRole('button', { name: 'Pick two draws' }).click();
    await tool.getByText(/A draw \d+ → B draw \d+/).waitFor();
    expect(await tool.getByRole('radio', { name: 'spherical' }).isChecked()).toBe(true);
    await expect.poll(() => width(tool.locator('.strip'))).toBe(8 * 29 - 1);
    const before = await tool.locator('.number').first().innerText();
    await tool.getByRole('button', { name: 'Pick two draws' }).click();
    await expect.poll(() => tool.locator('.number').first().innerText()).not.toBe(before);
    const uniform = await explore({ ...DRAWS, prior: 'uniform' });
    await uniform.page.getByText('from the prior, uniform on −1 to 1').waitFor();
    await uniform.tool('interpolate').getByRole('button', { name: 'Pick two draws' }).click();
    await uniform
      .tool('interpolate')
      .getByText(/A draw/)
      .waitFor();
    expect(await uniform.tool('interpolate').getByRole('radio', { name: 'linear' }).isChecked()).toBe(true);
    await uniform.tool('interpolate').getByRole('radio', { name: 'spherical' }).check();
    await pick(uniform, 3);
    expect(await uniform.tool('interpolate').getByRole('radio', { name: 'spherical' }).isChecked()).toBe(true);
  });

  it('decodes a grid or a ring along chosen directions at a radius', async () => {
    const view = await explore(DRAWS);
    await pick(view, 0);
    const tool = await view.unfold('neighborhood');
    const pictureOf = tool.locator('.manifold');
    await expect.poll(() => width(pictureOf)).toBe(7 * 29 - 1);
    expect(await tool.getByRole('radio', { name: 'grid' }).isChecked()).toBe(true);
    await tool.getByRole('combobox', { name: 'First direction' }).selectOption('1');
    await tool.getByRole('combobox', { name: 'Second direction' }).selectOption('0');
    await tool.getByRole('radio', { name: 'ring' }).check();
    await expect.poll(() => width(pictureOf)).toBe(8 * 29 - 1);
    await tool.getByRole('slider', { name: 'Radius' }).fill('1');
    await expect.poll(() => tool.innerText()).toContain('on a ring of 1.00 σ');
    await expect.poll(async () => (await view.asked('decode')).filter(({ count }) => count === 16).length).toBe(2);
    // The first of the ring is one further along z₁; a click decodes it.
    const [x, y] = await decoded(view, 16);
    await pictureOf.focus();
    await view.page.keyboard.press('Enter');
    await expect.poll(() => decoded(view, 1)).toEqual([x, y]);
    await tool.getByRole('radio', { name: 'random' }).check();
    expect(await tool.getByRole('combobox', { name: 'First direction' }).isVisible()).toBe(false);
  });

  it('keeps random neighbors the default of a model with an encoder', async () => {
    const view = await explore();
    const tool = await view.unfold('neighborhood');
    await expect.poll(() => width(tool.locator('.manifold'))).toBe(7 * 29 - 1);
    expect(await tool.getByRole('radio', { name: 'random' }).isChecked()).toBe(true);
  });

  it('moves along the difference of two groups that were chosen by their images', async () => {
    const view = await explore(DRAWS);
    const draws = await view.unfold('draws');
    const sheet = draws.locator('.manifold');
    await expect.poll(() => width(sheet)).toBe(8 * 29 - 1);
    const arithmetic = await view.unfold('arithmetic');
    const choose = async (keys: readonly string[], group: string) => {
      await sheet.focus();
      for (const key of keys) await view.page.keyboard.press(key);
      await arithmetic.getByRole('button', { name: `${group} = selection` }).click();
      await view.tool('selection').getByRole('button', { name: 'Clear' }).click();
    };
    await view.unfold('selection');
    await choose(['Enter', 'ArrowRight', 'Enter'], 'With');
    await expect.poll(() => arithmetic.innerText()).toContain('2 points');
    await choose(['ArrowDown', 'Enter'], 'Without');
    await expect.poll(() => arithmetic.innerText()).toContain('1 point');
    await expect.poll(() => width(arithmetic.locator('.strip'))).toBe(9 * 29 - 1);
    // An image that is chosen again leaves the selection.
    await sheet.focus();
    await view.page.keyboard.press('Enter');
    await expect.poll(() => draws.innerText()).toContain('1 selected');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => draws.innerText()).toContain('0 selected');
    await draws.getByRole('radio', { name: 'picks' }).check();
    await sheet.focus();
    await view.page.keyboard.press('Enter');
    await expect.poll(() => draws.locator('.cell-frame').innerText()).toBe('A');
    await draws.getByRole('button', { name: 'Next' }).click();
    await expect.poll(() => draws.innerText()).toContain('draws 48 to 95 of 1,000');
  });
});

describe('a few draws', () => {
  it('are chosen where they are shown', async () => {
    const view = await explore(DRAWS);
    await view.page.getByRole('spinbutton', { name: 'Number of draws' }).fill('3');
    await view.page.keyboard.press('Enter');
    await view.page.getByText('No encoder: 3 draws').waitFor();
    const draws = await view.unfold('draws');
    const sheet = draws.locator('.manifold');
    await expect.poll(() => width(sheet)).toBe(3 * 29 - 1);
    await draws.getByRole('radio', { name: 'picks' }).check();
    const { width: wide } = (await sheet.boundingBox())!;
    await sheet.click({ position: { x: wide - 10, y: 10 } });
    await expect.poll(() => draws.locator('.visually-hidden').innerText()).toBe('draw 2 picked');
    const [frame, whole] = [(await draws.locator('.cell-frame').boundingBox())!, (await sheet.boundingBox())!];
    expect(frame.x + frame.width).toBeCloseTo(whole.x + whole.width, 0);
    expect(frame.width).toBeCloseTo(whole.width / 3, 0);
  });
});

describe('a model of points', () => {
  it('shows all that it generates on a plane, with the picked and the decoded ones', async () => {
    const view = await explore(POINTS);
    const tool = view.tool('generated');
    await tool.getByText('1,000 generated points').waitFor();
    const ink = () =>
      tool.locator('canvas').evaluate((node) => {
        const canvas = node as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value > 60).length;
      });
    await expect.poll(ink).toBeGreaterThan(2_000);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await view.tool('decode').locator('.decoded').waitFor();
    const latent = await decoded(view, 1);
    await expect.poll(async () => (await placeOf(view, 'decoded'))[0]).toBeCloseTo(3 * latent[0]!, 1);
    await pick(view, 4, 9);
    await tool.getByText(/A: draw 4 → \(.*B: draw 9 → \(/).waitFor();
    // The path between them is decoded, too, and its pictures are of places on the plane.
    const strip = view.tool('interpolate').locator('.strip');
    await expect.poll(() => width(strip)).toBe(8 * 65 - 1);
    // The first one is of A: its white mark is on the side of A.
    const [x] = await placeOf(view, 'A');
    const mark = await strip.evaluate((node) => {
      const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 64, 64);
      const white = Array.from({ length: 64 * 64 }, (_, i) => i).filter((i) => data[4 * i] === 255);
      return white.reduce((sum, i) => sum + (i % 64), 0) / white.length - 31.5;
    });
    expect(Math.abs(x!)).toBeGreaterThan(1);
    expect(Math.sign(mark)).toBe(Math.sign(x!));
    expect(Math.abs(mark)).toBeGreaterThan(3);
  });

  it('generates the points of another class where it takes labels', async () => {
    const view = await explore({ ...POINTS, labels: true });
    await pick(view, 4);
    await view.tool('generated').getByText('A: draw 4').waitFor();
    const [, before] = await placeOf(view, 'A');
    await view.page.getByRole('combobox', { name: 'Decode as' }).selectOption('6');
    await expect.poll(async () => (await placeOf(view, 'A'))[1]! - before!).toBeCloseTo(6, 1);
  });
});

describe('the controls of draws', () => {
  it.each([300, 340, 700])('fit into a tab of %i pixels', async (size) => {
    const view = await explore(POINTS, { width: size });
    await view.unfold('draws');
    await view.unfold('neighborhood');
    await expect.poll(() => width(view.tool('draws').locator('.manifold'))).toBe(8 * 65 - 1);
    const wide = await view.page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(size);
    for (const node of await view.page.locator('.draws-choice, .tool-neighborhood .tool-row, .generated').all()) {
      const { x, width: its } = (await node.boundingBox())!;
      expect(x + its).toBeLessThanOrEqual(size);
    }
  });

  it.each(Object.keys(THEMES) as ThemeName[])('mark what is selected in the theme %s', async (theme) => {
    const view = await explore(DRAWS, { theme });
    const draws = await view.unfold('draws');
    await expect.poll(() => width(draws.locator('.manifold'))).toBe(8 * 29 - 1);
    await draws.locator('.manifold').click({ position: { x: 4, y: 4 } });
    const frame = draws.locator('.cell-frame.selected');
    await frame.waitFor();
    const { color, width: border } = await frame.evaluate((node) => {
      const style = getComputedStyle(node);
      return { color: style.borderTopColor, width: style.borderTopWidth };
    });
    expect(color).not.toMatch(/, 0\)$|transparent/);
    expect(border).toBe('2px');
  });
});
