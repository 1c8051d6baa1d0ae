import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAMILIES } from '../../src/protocol/families';
import { RunFolder } from './support/runFolder';
import { Studio } from './support/studio';
import { GalleryView, RunView } from './support/views';
import type { Workbench } from './support/workbench';

const pictures = path.join('test-results', 'e2e');

const PLANE = 'Data, samples and judgement';

/** A student picks a picture, presses one button and sees two players on a plane. */
describe('Train GAN in an empty folder', { timeout: 240_000 }, () => {
  let studio: Studio;
  let workbench: Workbench;

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    studio = await Studio.ofCheckout();
    workbench = await studio.open();
  }, 300_000);

  afterAll(async () => {
    for (const each of await RunFolder.all(studio.workspace)) await each.stop();
    await studio.close();
  }, 60_000);

  it('plays on a ring of Gaussians: data, samples, field and arrows move with the steps', async () => {
    await workbench.command('Latent Studio: Browse Models');
    const gallery = await GalleryView.find(workbench);
    expect(await gallery.pictures()).toBe(FAMILIES.length);
    expect(await gallery.overflows()).toBe(false);
    await workbench.screenshot(path.join(pictures, 'models.png'));
    await gallery.train('Train GAN on Ring');
    const view = await RunView.find(workbench);
    await view.curveMoves();
    const first = await view.figureStep(PLANE);
    await expect.poll(() => view.figureStep(PLANE), { timeout: 60_000 }).toBeGreaterThan(first);
    const layers = ['D(x)', 'Data', 'Generated latent grid', 'Samples', 'Generator’s gradient (longest alike)'];
    expect(await view.layers(PLANE)).toEqual(layers);
    await view.waitForStep(4000);
    await workbench.screenshot(path.join(pictures, 'gan.png'));
  });

  it('is stepped by hand while it is paused: the plane shows each step, and the record what was left out', async () => {
    const view = await RunView.find(workbench);
    await view.press('pause');
    await view.waitForStatus('Paused');
    const paused = await view.step();
    for (const [count, phase] of [undefined, 'discriminator', 'generator'].entries()) {
      await view.stepOnce(phase);
      await view.waitForStep(paused + count + 1, 20_000);
      await expect.poll(() => view.figureStep(PLANE), { timeout: 20_000 }).toBe(paused + count + 1);
    }
    const [run] = await RunFolder.all(studio.workspace);
    expect((await run!.record()).partialSteps).toEqual([
      { step: paused + 2, phase: 'discriminator' },
      { step: paused + 3, phase: 'generator' },
    ]);
    await expect.poll(() => view.events(), { timeout: 20_000 }).toContain('Only generator');
    await workbench.screenshot(path.join(pictures, 'gan-stepped.png'));
    await view.press('resume');
    await view.waitForStatus('Training');
  });

  it('has learned modes when it has ended, as the curves and the record say', async () => {
    const view = await RunView.find(workbench);
    await view.waitForStatus('Finished', 180_000);
    const [run] = await RunFolder.all(studio.workspace);
    const { specification, capabilities } = await run!.record();
    expect(specification).toMatchObject({ model: { family: 'gan' }, data: { set: 'ring' } });
    expect(capabilities).toMatchObject({ sampling: 'once', likelihood: null, latent: { size: 2, encodes: null } });
    // Eight of eight as a rule; a run that collapses finds one or two.
    expect(await view.curveValue('Modes of 8')).toBeGreaterThanOrEqual(6);
  });
});
