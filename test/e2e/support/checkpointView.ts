import { expect } from 'vitest';
import { WebviewFrame } from './webviewFrame';
import type { Workbench } from './workbench';

/** The editor of a checkpoint. */
export class CheckpointView extends WebviewFrame {
  static async find(workbench: Workbench, file: string): Promise<CheckpointView> {
    return new CheckpointView(await workbench.viewFrame('checkpoint', file));
  }

  /** Names in the table, groups included. */
  names(): Promise<string[]> {
    return this.frame.locator('.sizer .row .label').allTextContents();
  }

  /** "−0.0021 ± 0.041", once it has been measured. */
  async mean(name: string): Promise<string> {
    const cell = this.frame.locator('.sizer .row').filter({ hasText: name }).first().locator('.mean');
    await expect.poll(() => cell.innerText(), { timeout: 30_000 }).toMatch(/±/);
    return cell.innerText();
  }

  async filter(text: string): Promise<void> {
    await this.frame.getByLabel('Filter tensors').fill(text);
  }

  /** What the filter leaves, once all are listed. */
  async shown(): Promise<{ names: string[]; tally: string }> {
    const names = await this.frame.locator('.sizer .row:not(.group) .label').allTextContents();
    return { names, tally: (await this.frame.locator('.tally').textContent()) ?? '' };
  }

  async sortBy(title: string): Promise<void> {
    await this.frame.getByRole('button', { name: title, exact: true }).click();
  }

  /** The colors of the weights' pictures, once they are drawn. */
  async pictures(): Promise<number> {
    const canvas = this.frame.locator('canvas.tiles');
    const colors = () =>
      canvas.evaluate((node: HTMLCanvasElement) => {
        if (node.width === 0) return 0;
        const { data } = node.getContext('2d')!.getImageData(0, 0, node.width, node.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
    await expect.poll(colors, { timeout: 30_000 }).toBeGreaterThan(16);
    return colors();
  }

  /** Presses a button of the header. */
  async press(act: 'sample' | 'evaluate' | 'resume' | 'compare'): Promise<void> {
    await this.frame.locator(`[data-act=${act}]`).click();
  }

  async sampled(): Promise<void> {
    await this.frame.locator('canvas.samples[aria-label^="64 samples"]').waitFor({ timeout: 90_000 });
  }

  async evaluated(): Promise<void> {
    await this.frame.locator('.inspection', { hasText: 'Test Images' }).waitFor({ timeout: 120_000 });
  }

  /** What the comparison with another file says, when it is done. */
  async compared(): Promise<string> {
    const bar = this.frame.locator('.compare-bar');
    await bar.filter({ hasText: /changed/ }).waitFor({ timeout: 30_000 });
    return bar.innerText();
  }

  async showTensor(): Promise<void> {
    await this.frame.getByRole('tab', { name: 'Tensor', exact: true }).click();
  }
}
