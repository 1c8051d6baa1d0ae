import { describe, expect, it } from 'vitest';
import { summary } from './support/runs';
import { showCharts, showRunTab } from './support/scenes';
import { viewSuite } from './support/suite';
import { THEMES, type ThemeName } from './support/themes';

const suite = viewSuite();

function rgb(hex: string): [number, number, number] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
}

describe('the stand-in for the editor', () => {
  it('notices a breach of the policy', async () => {
    const view = await suite.open('charts');
    await view.page.evaluate(() => document.body.setAttribute('style', 'color: red'));
    await expect.poll(() => view.troubles()).toEqual([expect.stringContaining('style-src')]);
    await view.page.evaluate(() => window.latentTest.troubles.splice(0));
  });
});

describe('the look of the views', () => {
  it.each(Object.keys(THEMES) as ThemeName[])('takes its colours from the theme: %s', async (theme) => {
    const { variables } = THEMES[theme];
    const view = await suite.open('run', { theme });
    await showRunTab(view);
    const colors = await view.page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body);
      return { color, backgroundColor };
    });
    expect(colors).toEqual({
      color: `rgb(${rgb(variables['foreground']!).join(', ')})`,
      backgroundColor: `rgb(${rgb(variables['editor-background']!).join(', ')})`,
    });
    expect((await view.chart('−ELBO').ink(rgb(variables['latentStudio-run1']!))).count).toBeGreaterThan(100);
  });

  it('follows a change of theme at once', async () => {
    const view = await suite.open('charts', { theme: 'dark' });
    await showCharts(view, 1);
    const { variables, bodyClass } = THEMES.light;
    await view.page.evaluate(([values, className]) => window.latentTest.setTheme(values, className), [
      variables,
      bodyClass,
    ] as const);
    await view.settle();
    await view.settle();
    expect((await view.chart('KL').ink(rgb(variables['latentStudio-run1']!))).count).toBeGreaterThan(50);
    expect((await view.chart('KL').ink(rgb(THEMES.dark.variables['latentStudio-run1']!))).count).toBe(0);
  });

  it.each([200, 300, 400])('fits a side panel of %i pixels', async (width) => {
    const view = await suite.open('charts', { width });
    await showCharts(view, 3);
    expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect((await view.chart('KL').plot.boundingBox())!.width).toBeGreaterThan(width - 40);
  });

  it('stacks the run tab when it is narrow', async () => {
    const place = async (width: number) => {
      const view = await suite.open('run', { width });
      await showRunTab(view, { inspections: ['sample', 'evaluate'] });
      expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const [curves, pictures] = [
        await view.page.locator('.curves').boundingBox(),
        await view.page.locator('.pictures').boundingBox(),
      ];
      return pictures!.y >= curves!.y + curves!.height ? 'below' : 'beside';
    };
    expect([await place(1200), await place(600), await place(300)]).toEqual(['beside', 'below', 'below']);
  });

  it('leaves the words of a button legible that is pointed at, in light high contrast, too', async () => {
    const view = await suite.open('run', { theme: 'highContrastLight' });
    await showRunTab(view, { inspections: ['sample', 'evaluate'] });
    const button = view.page.locator('.inspection vscode-button').filter({ hasText: 'Evaluate' });
    await button.hover();
    const background = () =>
      button.evaluate((host) => getComputedStyle(host.shadowRoot!.querySelector('.base')!).backgroundColor);
    await expect.poll(background).toMatch(/^rgba\(0, 0, 0, 0\)$|^rgb\(255, 255, 255\)$/);
  });

  it('moves nothing by itself where motion is to be reduced', async () => {
    const view = await suite.open('run', { reducedMotion: true });
    await view.snapshot({ runs: [summary({ status: 'starting' })] });
    expect(await view.page.locator('.progress i').evaluate((bar) => getComputedStyle(bar).transitionDuration)).toBe(
      '0s',
    );
  });
});
