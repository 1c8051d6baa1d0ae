import { describe, expect, it } from 'vitest';
import { foreignFonts } from './support/fonts';
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
  it.each(Object.keys(THEMES) as ThemeName[])('takes its colors from the theme: %s', async (theme) => {
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

  it('puts the pictures above the curves when the run tab is narrow', async () => {
    const place = async (width: number) => {
      const view = await suite.open('run', { width });
      await showRunTab(view, { inspections: ['sample', 'evaluate', 'quality'] });
      expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const [curves, pictures] = [
        await view.page.locator('.curves').boundingBox(),
        await view.page.locator('.pictures').boundingBox(),
      ];
      return curves!.y >= pictures!.y + pictures!.height ? 'above' : 'beside';
    };
    expect([await place(1200), await place(600), await place(300)]).toEqual(['beside', 'above', 'above']);
  });

  it.each([
    [650, 700],
    [1000, 800],
  ])(
    'shows curves and pictures at once in a tab of %i × %i, with the specification open, too',
    async (width, height) => {
      const view = await suite.open('run', { width, height });
      await showRunTab(view);
      const top = async (selector: string) => (await view.page.locator(selector).first().boundingBox())!.y;
      expect(await top('.image-panel canvas')).toBeLessThan(height / 2);
      expect(await top('section.chart')).toBeLessThan(height * 0.85);
      await view.page.locator('.specification > summary').click();
      await view.settle();
      expect(await top('.image-panel canvas')).toBeLessThan(height * 0.75);
    },
  );

  it('names the rows of a grid of pictures, at the height of each, also when it is enlarged', async () => {
    const { presentation } = summary();
    const rows = ['data', 'model', 'data', 'model', 'data', 'model', 'data', 'model'];
    const panels = presentation!.panels.map((panel) =>
      panel.kind === 'images' && panel.tag === 'reconstructions' ? { ...panel, rows } : panel,
    );
    const view = await suite.open('run');
    await showRunTab(view, { presentation: { ...presentation!, panels } });
    const aligned = async (frame: string) => {
      const picture = (await view.page.locator(`${frame} canvas`).first().boundingBox())!;
      const names = view.page.locator(`${frame} .row-labels span`);
      expect(await names.allTextContents()).toEqual(rows);
      for (let row = 0; row < rows.length; row++) {
        const { y, height } = (await names.nth(row).boundingBox())!;
        const middle = picture.y + (picture.height * (row + 0.5)) / rows.length;
        expect(Math.abs(y + height / 2 - middle)).toBeLessThan(2);
      }
    };
    await aligned('.image-panel');
    const [labeled, plain] = [
      (await view.page.locator('.image-panel canvas').nth(0).boundingBox())!,
      (await view.page.locator('.image-panel canvas').nth(1).boundingBox())!,
    ];
    expect(plain.x).toBe(labeled.x);
    await view.page.locator('.image-panel .picture').first().click();
    await aligned('.lightbox');
  });

  it.each(['run', 'charts'] as const)('writes every word of the %s page in the editor’s font', async (name) => {
    const view = await suite.open(name);
    await (name === 'run' ? showRunTab(view, { inspections: ['sample', 'evaluate', 'quality'] }) : showCharts(view, 3));
    expect(await foreignFonts(view.page)).toEqual([]);
  });

  it('leaves the words of a button legible that is pointed at, in light high contrast, too', async () => {
    const view = await suite.open('run', { theme: 'highContrastLight' });
    await showRunTab(view, { inspections: ['sample', 'evaluate', 'quality'] });
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
