import type { Frame, Locator } from 'playwright-core';
import { expect } from 'vitest';
import { WebviewFrame } from './webviewFrame';
import type { Workbench } from './workbench';

/** What a canvas shows, in one number: equal pictures have equal numbers. */
async function fingerprint(frame: Frame, selector: string): Promise<number> {
  return frame
    .locator(selector)
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let hash = 0;
      for (const value of data) hash = (Math.imul(hash, 31) + value) | 0;
      return hash;
    });
}

/** How many different colors a canvas shows: 1 for an empty one. */
async function colors(frame: Frame, selector: string): Promise<number> {
  return frame
    .locator(selector)
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
}

/** A webview of ours with charts in it. */
class ChartedView extends WebviewFrame {
  /** How many curves with points a chart draws. */
  async curves(title: string): Promise<number> {
    const chart = this.frame.locator('.chart').filter({ has: this.frame.locator('h3', { hasText: title }) });
    return Number(await chart.first().getAttribute('data-curves'));
  }

  /** What the legend of a chart gives as the last value of its first curve. */
  async curveValue(title: string): Promise<number> {
    const chart = this.frame.locator('.chart').filter({ has: this.frame.locator('h3', { hasText: title }) });
    // A chart is built when it comes near sight.
    await chart.first().scrollIntoViewIfNeeded();
    return Number(await chart.first().locator('.legend-item .number').first().innerText());
  }

  /** How many charts there are, those included that are only made when one asks for more. */
  async plannedCharts(): Promise<number> {
    const board = this.frame.locator('.board').first();
    const shown = await board.locator('.chart').count();
    return shown + (await hiddenCharts(this.frame.locator('.more-charts').first()));
  }

  /** What the view says of messages that it could not apply. */
  trouble(): Promise<string> {
    const trouble = this.frame.locator('.trouble');
    return trouble.evaluate((node) => ((node as HTMLElement).hidden ? '' : (node.textContent ?? '')));
  }

  /** Milliseconds of the longest time in which the page did nothing else. */
  longestFreeze(): Promise<number> {
    return this.frame.evaluate(
      () =>
        new Promise<number>((resolve) => {
          new PerformanceObserver((list) => {
            resolve(Math.max(...list.getEntries().map(({ duration }) => duration)));
          }).observe({ type: 'longtask', buffered: true });
          // Without a long task nobody is told.
          setTimeout(() => resolve(0), 500);
        }),
    );
  }

  /** Resolves when a curve is drawn and then drawn anew with more of it. */
  async curveMoves(): Promise<void> {
    const canvas = '.chart canvas';
    await this.frame.locator(canvas).first().waitFor({ timeout: 60_000 });
    await expect.poll(() => colors(this.frame, canvas), { timeout: 60_000 }).toBeGreaterThan(1);
    const before = await fingerprint(this.frame, canvas);
    await expect.poll(() => fingerprint(this.frame, canvas), { timeout: 30_000 }).not.toBe(before);
  }
}

/** The *Charts* view of the side bar. */
export class ChartsView extends ChartedView {
  static async find(workbench: Workbench): Promise<ChartsView> {
    return new ChartsView(await workbench.viewFrame('charts'));
  }

  /** Names of the runs whose curves are drawn over each other. */
  async runs(): Promise<string[]> {
    const label = (await this.frame.locator('.plot').first().getAttribute('aria-label')) ?? '';
    return /Curves of (.*?)\. /.exec(label)?.[1]?.split(', ') ?? [];
  }
}

/** The pictures of all families. */
export class GalleryView extends WebviewFrame {
  static async find(workbench: Workbench): Promise<GalleryView> {
    return new GalleryView(await workbench.viewFrame('gallery'));
  }

  /** How many pictures there are, once all have been loaded. */
  async pictures(): Promise<number> {
    const loaded = () =>
      this.frame
        .locator('img')
        .evaluateAll((images) => images.every((image) => (image as HTMLImageElement).naturalWidth > 0));
    await expect.poll(loaded, { message: 'all pictures are loaded' }).toBe(true);
    return this.frame.locator('img').count();
  }

  async train(label: string): Promise<void> {
    await this.frame.getByRole('link', { name: label, exact: true }).click();
  }
}

/** The tab of a run. */
export class RunView extends ChartedView {
  /** @param name of the run, where tabs of several are open */
  static async find(workbench: Workbench, name?: string): Promise<RunView> {
    return new RunView(await workbench.viewFrame('run', name));
  }

  /** The curves of a run: charts that are drawn, latent dimensions of the bars, and series under *More Curves*. */
  async counts(): Promise<{ charts: number; bars: number; further: number }> {
    const further = this.frame.locator('details.further').filter({ hasText: 'More curves' });
    if (!(await further.evaluate((node: HTMLDetailsElement) => node.open))) await further.locator('summary').click();
    const caption = await this.frame.locator('.bars-panel .where').innerText();
    const shown = await further.locator('.chart:not(.heat-map)').count();
    const rows = await further
      .locator('.heat-map[data-curves]')
      .evaluateAll((maps) => maps.reduce((sum, map) => sum + Number((map as HTMLElement).dataset['curves']), 0));
    return {
      charts: await this.frame.locator('.board').first().locator('.chart[data-curves="1"]').count(),
      bars: Number(/ of ([\d,]+) above/.exec(caption)?.[1]?.replaceAll(',', '')),
      further: shown + rows + (await hiddenCharts(further.locator('.more-charts'))),
    };
  }

  /** The last step of the first chart. */
  async lastStep(): Promise<number> {
    return Number(await this.frame.locator('.chart[data-last-step]').first().getAttribute('data-last-step'));
  }

  /** "Training", "Paused", …: what the header says. */
  async status(): Promise<string> {
    return (await this.frame.locator('.run-header .pill').innerText()).trim();
  }

  async waitForStatus(status: string | RegExp, timeout = 60_000): Promise<void> {
    await expect.poll(() => this.status(), { timeout }).toMatch(status);
  }

  /** The step that the progress bar stands at. */
  async step(): Promise<number> {
    return Number(await this.frame.getByRole('progressbar').getAttribute('aria-valuenow'));
  }

  async waitForStep(step: number, timeout = 120_000): Promise<void> {
    await expect.poll(() => this.step(), { timeout }).toBeGreaterThanOrEqual(step);
  }

  /** Which step's image a panel shows, once it shows one that is more than a plain area. */
  async imageStep(label: 'Samples' | 'Reconstructions'): Promise<number> {
    const selector = `canvas.image[aria-label^="${label} at step"]`;
    await this.frame.locator(selector).waitFor({ timeout: 60_000 });
    await expect.poll(() => colors(this.frame, selector), { timeout: 30_000 }).toBeGreaterThan(8);
    const name = await this.frame.locator(selector).getAttribute('aria-label');
    return Number(name!.replace(/\D/g, ''));
  }

  /** The step that a figure of that title shows. */
  async figureStep(title: string): Promise<number> {
    const where = this.frame.locator('.figure-panel').filter({ hasText: title }).locator('.where');
    await where.filter({ hasText: 'step' }).waitFor({ timeout: 60_000 });
    return Number((await where.innerText()).replace(/\D/g, ''));
  }

  /** What a legend of that figure names. */
  async layers(title: string): Promise<string[]> {
    return this.frame.locator('.figure-panel').filter({ hasText: title }).locator('.legend-item').allInnerTexts();
  }

  /** Sets a hyperparameter by keyboard, and waits until the trainer has taken it. */
  async setHyperparameter(title: string, value: string): Promise<void> {
    const panel = this.frame.locator('.hyperparameters');
    const field = panel.getByRole('textbox', { name: title });
    await field.click();
    // As fast as keys come: VS Code sends a Select All of its own to the page, later than the key.
    await this.frame.page().keyboard.press('Control+A');
    await this.frame.page().keyboard.type(value);
    await field.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    expect(await field.inputValue()).toBe(value);
    await field.press('Enter');
    await panel.getByText(/^applied, was /).waitFor({ timeout: 30_000 });
  }

  /** The line that says what is trained on what. */
  specification(): Promise<string> {
    return this.frame.locator('.specification-line').innerText();
  }

  /** What is noted of the run and what happened in it. */
  events(): Promise<string> {
    return this.frame.locator('.events-panel').innerText();
  }

  /** The colors of samples drawn from the newest checkpoint. */
  async sampleCheckpoint(): Promise<number> {
    await this.frame.locator('.inspection').getByRole('button', { name: 'Sample', exact: true }).click();
    await this.frame.locator('.inspection canvas[aria-label^="64 samples"]').waitFor({ timeout: 60_000 });
    return colors(this.frame, '.inspection canvas');
  }

  /** The means over the test set at the newest checkpoint, as shown. */
  async evaluateCheckpoint(): Promise<string> {
    await this.frame.locator('.inspection').getByRole('button', { name: 'Evaluate' }).click();
    const table = this.frame.locator('.inspection .metrics');
    await table.waitFor({ timeout: 120_000 });
    return table.innerText();
  }

  /** Makes a step of a paused run: the whole, or a phase of it. */
  async stepOnce(phase?: string): Promise<void> {
    await this.frame.locator(phase === undefined ? '[data-intent=step]' : `[data-phase="${phase}"]`).click();
  }

  async press(intent: 'pause' | 'resume' | 'stop' | 'sample' | 'checkpoint' | 'continue'): Promise<void> {
    await this.frame.locator(`[data-intent=${intent}]`).click();
  }
}

/** Charts that a button offers: "Show more (8,132 further charts)". */
async function hiddenCharts(button: Locator): Promise<number> {
  const text = await button.evaluate((node) => ((node as HTMLElement).hidden ? '' : (node.textContent ?? '')));
  return Number(text.replace(/\D/g, ''));
}
