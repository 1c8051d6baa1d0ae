import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/lib/chromium.mjs';
import { servedData } from '../../scripts/lib/demo.mjs';
import { paletteTitles } from '../support/manifest';
import { NpmStart } from './support/npmStart';
import { Palette } from './support/palette';
import { RunFolder } from './support/runFolder';
import { ChartsView, RunView } from './support/views';
import { Workbench } from './support/workbench';

const pictures = path.join('test-results', 'e2e');

/** Steps of the walkthrough, in order. */
const WALKTHROUGH = ['tensorflow', 'train', 'watch', 'own'];

/** A run that is over in a moment. */
const SHORT = {
  file: 'short.latent.json',
  content: {
    name: 'short',
    model: { family: 'vae', network: { kind: 'mlp', hidden: [16] }, latent: 2 },
    data: { limit: 256 },
    training: { epochs: 4, batch: 32 },
  },
};

/** What somebody may type who has never used a command, and whose title Enter takes. */
const TYPED = [
  ['Train VAE', 'Train VAE'],
  ['vae', 'Train VAE'],
  ['latent studio: train vae', 'Train VAE'],
  ['train vae conditional', 'Train VAE (Conditional, CVAE)'],
  ['train gan', 'Train GAN'],
  ['train gan conditional', 'Train GAN (Conditional, CGAN)'],
  ['train wgan', 'Train WGAN'],
  ['train dcgan', 'Train DCGAN'],
  ['train conditional vae', 'Train VAE (Conditional, CVAE)'],
  ['conditional vae', 'Train VAE (Conditional, CVAE)'],
  ['train cvae', 'Train VAE (Conditional, CVAE)'],
  ['train ae', 'Train Vanilla AE'],
  ['train vanilla ae', 'Train Vanilla AE'],
  ['set up tensorflow', 'Set Up TensorFlow'],
] as const;

/**
 * What README.md and `npm start` itself promise of the first minutes, compared with what happens: in an empty folder, in the
 * sample workspace, and at the next start.
 */
describe('npm start', { timeout: 120_000 }, () => {
  let scratch: string;
  let demo: string;
  let empty: string;
  let start: NpmStart;
  let browser: Browser;
  let page: Page;

  const open = async (address: string): Promise<Workbench> => {
    await page.goto(address);
    const workbench = new Workbench(page);
    await workbench.ready();
    return workbench;
  };
  const runsOf = async (folder: string) => (await RunFolder.all(folder)).map(({ name }) => name);

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    scratch = await mkdtemp(path.join(os.tmpdir(), 'latent-start-'));
    demo = path.join(scratch, 'sample workspace');
    empty = path.join(scratch, 'empty');
    await mkdir(empty);
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    start = await NpmStart.run(demo);
  }, 180_000);

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await page.screenshot({ path: path.join(pictures, `failed: ${task.name}.png`) });
  });

  afterAll(async () => {
    for (const folder of [demo, empty]) for (const run of await RunFolder.all(folder)) await run.stop();
    await browser.close();
    await start.stop();
    await rm(servedData(demo), { recursive: true, force: true });
    await rm(scratch, { recursive: true, force: true });
  }, 60_000);

  it('leaves a folder alone that is not its sample workspace, and trains a VAE there when asked by name', async () => {
    await open(start.addressOf(empty));
    const palette = new Palette(page);
    await palette.expectCommand('Latent Studio: Train VAE');
    for (const [typed, title] of TYPED) await palette.expectChoice(typed, `Latent Studio: ${title}`);
    await palette.close();
    await page.getByRole('tab', { name: 'Latent Studio' }).first().click();
    const welcome = page.locator('.welcome-view-content').filter({ hasText: 'No runs yet' });
    await welcome.getByRole('button', { name: 'Train VAE' }).waitFor();
    // It is set up here, and was found by the time that the extension had looked for runs.
    await welcome.getByRole('button', { name: 'Set Up TensorFlow' }).waitFor({ state: 'hidden' });
    expect(await readdir(empty)).toEqual([]);
    await palette.open();
    await palette.expectChoice('train vae', 'Latent Studio: Train VAE');
    await palette.run();
    const view = await RunView.find(new Workbench(page), 'vae-mnist-001');
    await view.waitForStatus('Training');
    await view.curveMoves();
    const [run] = await RunFolder.all(empty);
    expect((await run!.record()).specification.model.family).toBe('vae');
    await view.press('stop');
    await view.waitForStatus('Stopped');
    // The extension has long been active: had anything else begun unasked, there would be another run.
    expect(await runsOf(empty)).toEqual(['vae-mnist-001']);
  });

  it('opens the sample workspace, starts Train VAE there once, and curves move', async () => {
    expect(start.output).toContain('Training starts when the window opens.');
    const workbench = await open(start.address);
    const view = await RunView.find(workbench, 'vae-mnist-001');
    await view.waitForStatus('Training');
    await view.curveMoves();
    await (await ChartsView.find(workbench)).curveMoves();
    await view.press('pause');
    await view.waitForStatus('Paused');
    await workbench.openFile('vae-mnist.latent.json');
    const [run] = await RunFolder.all(demo);
    expect((await run!.record()).specification).toMatchObject({ model: { family: 'vae' }, data: { set: 'mnist' } });
    await page.reload();
    await workbench.ready();
    await workbench.status(/vae-mnist-001/).waitFor();
    expect(await runsOf(demo)).toEqual(['vae-mnist-001']);
  });

  it('takes a command by its whole title, whatever else the palette offers', async () => {
    const palette = new Palette(page);
    // The run stands paused.
    await palette.expectCommand('Latent Studio: Resume');
    const offered = await palette.offered('Latent Studio: ');
    // A list of that height shows most of them.
    expect(paletteTitles().filter((title) => offered.includes(title)).length).toBeGreaterThan(10);
    for (const title of offered) await palette.expectChoice(title, title);
    await palette.close();
  });

  it('at the next start has the same address, shows the newest run, asks, and starts nothing unasked', async () => {
    const before = start.address;
    await page.goto('about:blank');
    await start.stop();
    const [run] = await RunFolder.all(demo);
    await run!.stop();
    start = await NpmStart.run(demo);
    expect(start.address).toBe(before);
    expect(start.output).toContain('The window opens with the newest run, and asks');
    const workbench = await open(start.address);
    await workbench.notification('vae-mnist-001 was stopped').waitFor({ timeout: 60_000 });
    await (await RunView.find(workbench, 'vae-mnist-001')).waitForStatus('Stopped');
    expect(await runsOf(demo)).toEqual(['vae-mnist-001']);
    await workbench.notification('vae-mnist-001').getByRole('button', { name: 'Resume' }).click();
    await (await RunView.find(workbench, 'vae-mnist-001')).waitForStatus('Training');
    expect(await runsOf(demo)).toEqual(['vae-mnist-001']);
  });

  it('says that a trainer was killed, resumes at a click, and says so no longer', async () => {
    const workbench = new Workbench(page);
    const progress = workbench.status(/vae-mnist-001 \d+ %/);
    await progress.waitFor();
    await workbench.openFile('vae-mnist-2d.latent.json');
    await workbench.tab('vae-mnist-2d.latent.json').and(page.locator('.active')).waitFor();
    // A failure that the run's own tab shows is not marked. The extension has heard of the other tab when it has news.
    const before = await progress.innerText();
    await expect.poll(() => progress.innerText(), { timeout: 30_000 }).not.toBe(before);
    const [run] = await RunFolder.all(demo);
    process.kill(await run!.trainer(), 'SIGKILL');
    await workbench.status('vae-mnist-001 interrupted').waitFor();
    const message = workbench.notification('vae-mnist-001 was interrupted at step');
    await message.getByRole('button', { name: 'Resume' }).click();
    await workbench.status(/vae-mnist-001 \d+ %/).waitFor();
    await workbench.status('vae-mnist-001 interrupted').waitFor({ state: 'hidden' });
    await message.waitFor({ state: 'hidden' });
    await workbench.tab('vae-mnist-001').click();
    const view = await RunView.find(workbench, 'vae-mnist-001');
    await view.waitForStatus('Training');
  });

  it('follows a run whose folder is renamed while it trains: the tab, its title and what it shows', async () => {
    const workbench = new Workbench(page);
    const [run] = await RunFolder.all(demo);
    const before = await (await RunView.find(workbench, 'vae-mnist-001')).step();
    await rename(run!.path, path.join(path.dirname(run!.path), 'my first'));
    const view = await RunView.find(workbench, 'my first');
    await view.waitForStatus('Training');
    await workbench.tab('my first').waitFor();
    await workbench.tab('vae-mnist-001').waitFor({ state: 'hidden' });
    await view.waitForStep(before + 20);
    await view.curveMoves();
    expect(await view.imageStep('Samples')).toBeGreaterThan(0);
    await page.screenshot({ path: path.join(pictures, 'renamed.png') });
    // It would finish by itself during what follows, and be in a message then.
    await view.press('stop');
    await view.waitForStatus('Stopped');
  });

  it('shows a walkthrough in which everything done so far is ticked', async () => {
    const workbench = new Workbench(page);
    await workbench.command('Welcome: Open Walkthrough...');
    await workbench.choice('Train a Generative Model').click();
    const step = (id: string) => page.locator(`[data-step-id$="#${id}"]`);
    const ticked = () =>
      Promise.all(WALKTHROUGH.map(async (id) => (await step(id).getAttribute('aria-checked')) === 'true'));
    await step('own').waitFor();
    await expect.poll(ticked, { timeout: 15_000 }).toEqual([true, true, true, false]);
    for (const id of WALKTHROUGH) {
      await step(id).click();
      await page.locator(`[data-step-id$="#${id}"][aria-expanded=true]`).waitFor();
      await page.screenshot({ path: path.join(pictures, `walkthrough-${id}.png`) });
    }
    await page.getByRole('button', { name: 'New Specification' }).click();
    await workbench.tab('my-vae.latent.json').waitFor();
    expect(await readdir(demo)).toContain('my-vae.latent.json');
    await workbench.tab('Welcome').click();
    await expect.poll(ticked, { timeout: 15_000 }).toEqual([true, true, true, true]);
  });

  it('reports that the run has finished, and offers the next action', async () => {
    // Messages about ended runs are a minute apart in one window; the extension of a new one has shown none.
    const workbench = await open(start.address);
    await writeFile(path.join(demo, SHORT.file), JSON.stringify(SHORT.content));
    await workbench.openFile(SHORT.file);
    await workbench.command('Latent Studio: Train This Specification');
    const message = workbench.notification('short-001 has finished: step 32');
    await message.waitFor({ timeout: 60_000 });
    await message.getByRole('button', { name: 'Train Longer…' }).waitFor();
    await workbench.status('short-001').waitFor({ state: 'hidden' });
    await page.screenshot({ path: path.join(pictures, 'finished.png') });
  });
});
