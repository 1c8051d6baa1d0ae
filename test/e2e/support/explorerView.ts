import type { Frame, Locator } from 'playwright-core';
import { expect } from 'vitest';
import { WebviewFrame } from './webviewFrame';
import type { Workbench } from './workbench';

/** The latent explorer's tab. */
export class ExplorerView extends WebviewFrame {
  private constructor(
    private readonly workbench: Workbench,
    frame: Frame,
  ) {
    super(frame);
  }

  static async find(workbench: Workbench): Promise<ExplorerView> {
    return new ExplorerView(workbench, await workbench.viewFrame('latent'));
  }

  /** Resolves when points lie on the map and nothing is under way. */
  async ready(): Promise<void> {
    await this.frame.locator('.latent-content').waitFor({ timeout: 120_000 });
    await this.frame.locator('.axes').filter({ hasText: /\S/ }).waitFor({ timeout: 120_000 });
    await this.frame.locator('.progress-row').waitFor({ state: 'hidden', timeout: 120_000 });
  }

  /** "VAE · MNIST · 10,000 images · 20-D · step 938" */
  facts(): Promise<string> {
    return this.frame.locator('.latent-header .number').innerText();
  }

  async project(name: 'UMAP' | 't-SNE'): Promise<void> {
    await this.frame.getByRole('radio', { name, exact: true }).check();
    await this.frame.locator('.axes').filter({ hasText: name }).waitFor({ timeout: 120_000 });
    await this.ready();
  }

  /** Drags over the map from its middle; how many colors each decoded picture had that was on the screen meanwhile. */
  async dragToDecode(moves: number): Promise<number[]> {
    await this.frame.getByRole('radio', { name: 'Decode' }).check();
    const { x, y, width, height } = (await this.map.boundingBox())!;
    const { mouse } = this.workbench.page;
    await mouse.move(x + width / 2, y + height / 2);
    await mouse.down();
    const colors: number[] = [];
    const seen = new Set(['']); // nothing is decoded yet
    for (let i = 1; i <= moves; i++) {
      await mouse.move(x + width * (0.5 + (0.25 * i) / moves), y + height * (0.5 - (0.15 * i) / moves));
      await expect.poll(() => this.decoded().then((pixels) => !seen.has(pixels)), { timeout: 20_000 }).toBe(true);
      const pixels = await this.decoded();
      seen.add(pixels);
      colors.push(new Set(pixels.split(',')).size);
    }
    await mouse.up();
    await this.frame.locator('.tool-decode').getByText('away from where it was').waitFor({ timeout: 20_000 });
    return colors;
  }

  /** Picks two points by their numbers, and returns the size of the strip of images from one to the other. */
  async interpolate(first: number, second: number): Promise<{ width: number; height: number }> {
    for (const index of [first, second]) {
      await this.frame.getByRole('searchbox').fill(`#${index}`);
      await this.frame.getByRole('searchbox').press('Enter');
      await this.frame.getByText(`point ${index}`, { exact: true }).waitFor();
    }
    const strip = this.frame.locator('.tool-interpolate canvas.strip');
    await strip.waitFor({ timeout: 30_000 });
    return strip.evaluate((node) => {
      const { width, height } = node as HTMLCanvasElement;
      return { width, height };
    });
  }

  /** Opens the grid over two dimensions; resolves when it is drawn and in sight. */
  async manifold(): Promise<void> {
    await this.frame.getByText('Manifold grid').click();
    const grid = this.frame.locator('.tool-manifold canvas[data-size]');
    await grid.waitFor({ timeout: 30_000 });
    await grid.scrollIntoViewIfNeeded();
  }

  private get map(): Locator {
    return this.frame.getByRole('application', { name: 'Latent points' });
  }

  /** The decoded picture's gray values, or nothing where there is none. */
  private decoded(): Promise<string> {
    return this.frame.locator('.tool-decode canvas.large').evaluate((node) => {
      const { width, height } = node as HTMLCanvasElement;
      if (width === 0) return '';
      const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, i) => data[4 * i]).join();
    });
  }
}
