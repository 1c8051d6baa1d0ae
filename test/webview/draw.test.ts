import { describe, expect, it } from 'vitest';
import { viewSuite } from './support/suite';
import type { ViewPage } from './support/viewPage';

const suite = viewSuite();

const plane = (view: ViewPage) => view.page.locator('canvas.plane');
const count = (view: ViewPage) => view.page.locator('.count').innerText();
const button = (view: ViewPage, name: string) => view.page.getByRole('button', { name, exact: true });

/** Drags over the plane, from and to places in shares of its side. */
async function drag(view: ViewPage, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const { x, y, width, height } = (await plane(view).boundingBox())!;
  const { mouse } = view.page;
  await mouse.move(x + from[0] * width, y + from[1] * height);
  await mouse.down();
  await mouse.move(x + to[0] * width, y + to[1] * height, { steps: 10 });
  await mouse.up();
}

/** What the page asked for last, with the answer given. */
async function answered(view: ViewPage, answer: object): Promise<{ method: unknown; coordinates: number[] }> {
  await expect.poll(() => view.page.evaluate(() => window.latentTest.sent.at(-1)?.type)).toBe('request');
  return view.page.evaluate((reply) => {
    const { id, method, parameters } = window.latentTest.sent.at(-1)!;
    window.latentTest.send({ id, ...reply });
    return { method, ...(parameters as { coordinates: number[] }) };
  }, answer);
}

describe('drawing points', () => {
  it('draws by pointer where the pointer is, erases, undoes and clears', async () => {
    const view = await suite.open('draw');
    expect(await count(view)).toBe('0 points');
    expect(await button(view, 'Train on These Points').isDisabled()).toBe(true);
    await drag(view, [0.25, 0.25], [0.75, 0.25]);
    const drawn = Number.parseInt((await count(view)).replace(',', ''), 10);
    // 2 units of the plane, 60 points each, and those of the press.
    expect(drawn).toBeGreaterThan(110);
    expect(drawn).toBeLessThan(140);
    await button(view, 'Save').click();
    const { coordinates } = await answered(view, { type: 'answer', value: { name: 'points.csv' } });
    const mean = (axis: number) => coordinates.reduce((sum, v, i) => sum + (i % 2 === axis ? v : 0), 0) / drawn;
    expect(Math.abs(mean(0))).toBeLessThan(0.3);
    expect(Math.abs(mean(1) - 1)).toBeLessThan(0.1);
    await expect.poll(() => view.page.locator('.status').innerText()).toBe('Saved as points.csv.');

    await view.page.getByRole('radio', { name: 'Eraser' }).check();
    await drag(view, [0.25, 0.25], [0.5, 0.25]);
    const left = Number.parseInt(await count(view), 10);
    expect(left).toBeGreaterThan(20);
    expect(left).toBeLessThan(drawn - 30);
    await button(view, 'Undo').click();
    expect(await count(view)).toBe(`${drawn} points`);
    await button(view, 'Clear').click();
    expect(await count(view)).toBe('0 points');
    await view.page.keyboard.press('Control+z');
    expect(await count(view)).toBe(`${drawn} points`);
  });

  it('draws by keys alone, and says where the cursor is', async () => {
    const view = await suite.open('draw', { width: 300 });
    await plane(view).focus();
    for (const key of ['ArrowRight', 'ArrowUp', 'Shift+ArrowRight']) await view.page.keyboard.press(key);
    expect(await view.page.locator('.status').innerText()).toBe('0.55, 0.05');
    for (let i = 0; i < 4; i++) await view.page.keyboard.press('Enter');
    expect(await count(view)).toBe('24 points');
    await button(view, 'Train on These Points').press('Enter');
    const { method, coordinates } = await answered(view, {
      type: 'failure',
      code: 'failed',
      message: 'The disk is full.',
    });
    expect(method).toBe('train');
    for (let at = 0; at < coordinates.length; at += 2) {
      expect(Math.hypot(coordinates[at]! - 0.55, coordinates[at + 1]! - 0.05)).toBeLessThan(0.6);
    }
    await expect.poll(() => view.page.locator('.status').innerText()).toBe('The disk is full.');
    await plane(view).focus();
    await view.page.keyboard.press('Delete');
    expect(Number.parseInt(await count(view), 10)).toBeLessThan(24);
  });

  it('keeps its points when the page is loaded again', async () => {
    const view = await suite.open('draw');
    await drag(view, [0.2, 0.2], [0.8, 0.8]);
    const drawn = await count(view);
    await view.page.reload();
    expect(await count(view)).toBe(drawn);
  });

  it.each(['dark', 'light', 'highContrastDark', 'highContrastLight'] as const)(
    'is usable in the theme %s, also when it is narrow',
    async (theme) => {
      for (const width of [300, 900]) {
        const view = await suite.open('draw', { theme, width, height: 700 });
        await drag(view, [0.2, 0.3], [0.8, 0.6]);
        for (const control of await view.page.locator('.draw :is(button, input, canvas)').all()) {
          expect(await control.isVisible()).toBe(true);
        }
        const { scrollWidth, clientWidth } = await view.page.evaluate(() => document.documentElement);
        expect(scrollWidth).toBe(clientWidth);
        const picture = process.env['DRAW_PICTURES'];
        if (picture !== undefined) await view.page.screenshot({ path: `${picture}/draw-${theme}-${width}.png` });
      }
    },
  );
});
