import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunFolder } from './support/runFolder';
import { Studio } from './support/studio';
import { RunView } from './support/views';
import type { Workbench } from './support/workbench';

const pictures = path.join('test-results', 'e2e');

/** A student draws a shape and watches a GAN learn it. */
describe('Draw Data Points in an empty folder', { timeout: 240_000 }, () => {
  let studio: Studio;
  let workbench: Workbench;
  let frame: Frame;

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    studio = await Studio.ofCheckout();
    workbench = await studio.open();
  }, 300_000);

  afterAll(async () => {
    for (const each of await RunFolder.all(studio.workspace)) await each.stop();
    await studio.close();
  }, 60_000);

  it('draws two strokes', async () => {
    await workbench.command('Latent Studio: Draw Data Points…');
    frame = await workbench.viewFrame('draw');
    const { x, y, width, height } = (await frame.locator('canvas.plane').boundingBox())!;
    const { mouse } = studio.page;
    for (const across of [0.25, 0.75]) {
      await mouse.move(x + across * width, y + 0.2 * height);
      await mouse.down();
      await mouse.move(x + 0.5 * width, y + 0.8 * height, { steps: 20 });
      await mouse.up();
    }
    expect(Number.parseInt(await frame.locator('.count').innerText(), 10)).toBeGreaterThan(250);
    await workbench.screenshot(path.join(pictures, 'draw.png'));
  });

  it('trains a GAN on the points, from a file that it wrote', async () => {
    await frame.getByRole('button', { name: 'Train on These Points' }).click();
    const view = await RunView.find(workbench);
    await view.waitForStep(1000);
    await workbench.screenshot(path.join(pictures, 'drawn-gan.png'));
    const text = await readFile(path.join(studio.workspace, 'points.csv'), 'utf8');
    expect(text).toMatch(/^x,y\r\n(-?[\d.]+,-?[\d.]+\r\n){250,}$/);
    const [run] = await RunFolder.all(studio.workspace);
    const { specification, capabilities } = await run!.record();
    expect(specification).toMatchObject({ name: 'gan-points', model: { family: 'gan' }, data: { set: 'points' } });
    expect(capabilities).toMatchObject({ data: { kind: 'points', size: 2 } });
  });
});
