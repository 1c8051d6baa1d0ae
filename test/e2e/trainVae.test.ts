import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packExtension } from './support/pack';
import { CheckpointView } from './support/checkpointView';
import { ExplorerView } from './support/explorerView';
import { RunFolder } from './support/runFolder';
import { Studio } from './support/studio';
import { ChartsView, RunView } from './support/views';
import type { WebviewFrame } from './support/webviewFrame';
import type { Workbench } from './support/workbench';

/** Where the pictures of the window go; `npm run screenshots` takes those of the README from there. */
const pictures = path.join('test-results', 'e2e');

const themes = [
  ['light', 'Light Modern', 'vscode-light'],
  ['high-contrast', 'Dark High Contrast', 'vscode-high-contrast'],
  ['dark', 'Dark Modern', 'vscode-dark'],
] as const;

/** The preset of the palette would have ended its ten epochs before a window that is slow has shown its views. */
const SPECIFICATION = {
  file: 'vae.latent.json',
  content: { name: 'vae-mnist', model: { family: 'vae' }, training: { epochs: 200 } },
};

/** Two dimensions can be seen as they are. */
const PLANE = {
  file: 'plane.latent.json',
  content: { name: 'vae-plane', model: { family: 'vae', latent: 2 }, training: { epochs: 200 } },
};

/** One user's first hour, in order: each test continues where the one before it has left the window. */
describe('the packed extension in a fresh VS Code', { timeout: 240_000 }, () => {
  let studio: Studio;
  let workbench: Workbench;
  const picture = (name: string) => workbench.screenshot(path.join(pictures, `${name}.png`));
  const run = async () => (await RunFolder.all(studio.workspace))[0]!;
  const inEveryTheme = async (view: WebviewFrame, name: string) => {
    for (const [word, theme, kind] of themes) {
      await workbench.useTheme(theme);
      await expect.poll(() => view.themeKind(), { timeout: 20_000 }).toBe(kind);
      await picture(`${name}-${word}`);
    }
  };
  const whenNarrow = async (view: WebviewFrame, name: string) => {
    await studio.page.setViewportSize({ width: 720, height: 900 });
    await expect.poll(() => view.overflows()).toBe(false);
    await picture(`${name}-narrow`);
    await studio.page.setViewportSize({ width: 1440, height: 900 });
  };

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    studio = await Studio.start(await packExtension());
    for (const { file, content } of [SPECIFICATION, PLANE]) {
      await writeFile(path.join(studio.workspace, file), JSON.stringify(content));
    }
    workbench = await studio.open();
  }, 300_000);

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(`failed: ${task.name}`);
  });

  afterAll(async () => {
    for (const each of await RunFolder.all(studio.workspace)) await each.stop();
    await studio.close();
  }, 60_000);

  it('shows runs but does not train in an untrusted folder', async () => {
    await workbench.command('Latent Studio: Train VAE');
    await workbench.notification(/trust/i).waitFor();
    expect(await RunFolder.all(studio.workspace)).toEqual([]);
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.trustFolder();
  });

  it('trains a VAE from its specification in the file tree: curves move, samples appear', async () => {
    await workbench.fileMenu(SPECIFICATION.file, 'Train This Specification');
    const view = await RunView.find(workbench);
    await view.waitForStatus('Training');
    await view.curveMoves();
    await (await ChartsView.find(workbench)).curveMoves();
    const first = await view.imageStep('Samples');
    await expect.poll(() => view.imageStep('Samples'), { timeout: 60_000 }).toBeGreaterThan(first);
    expect(await view.imageStep('Reconstructions')).toBeGreaterThan(0);
    await workbench.status(/vae-mnist-001 \d+ % · .+ left/).waitFor();
    expect((await (await run()).record()).backend?.name).toBe('tensorflow');
    await view.waitForStep(600);
    await picture('run');
  });

  it('pauses between two steps, by the palette', async () => {
    await workbench.command('Latent Studio: Pause');
    const view = await RunView.find(workbench);
    await view.waitForStatus('Paused');
    expect((await (await run()).record()).status).toBe('paused');
  });

  // While it is paused: changing themes takes long enough for a run to end.
  it('wears the theme of the window, and fits a narrow one', async () => {
    const view = await RunView.find(workbench);
    await inEveryTheme(view, 'paused');
    await whenNarrow(view, 'paused');
  });

  it('restores run and step after a reload of the window, and resumes', async () => {
    const before = await (await RunView.find(workbench)).step();
    workbench = await studio.reload();
    const view = await RunView.find(workbench);
    await view.waitForStatus('Paused');
    expect(await view.step()).toBe(before);
    expect(await view.imageStep('Samples')).toBeGreaterThan(0);
    await view.press('resume');
    await view.waitForStatus('Training');
    await view.waitForStep(before + 50);
    await view.curveMoves();
  });

  it('changes the learning rate during training, records it and marks it', async () => {
    const view = await RunView.find(workbench);
    await view.setHyperparameter('Learning rate', '0.0005');
    expect(await view.events()).toContain('Learning rate 0.001 → 0.0005');
    const { changes } = await (await run()).record();
    expect(changes).toMatchObject([{ name: 'learningRate', before: 0.001, value: 0.0005 }]);
  });

  it('stops with a checkpoint, and leaves the run on disk', async () => {
    const view = await RunView.find(workbench);
    await view.press('stop');
    await view.waitForStatus('Stopped');
    const record = await (await run()).record();
    expect(record).toMatchObject({ status: 'stopped', step: await view.step() });
    expect(await (await run()).checkpoints()).toContain(`step-${String(record.step).padStart(8, '0')}.safetensors`);
    expect(await RunFolder.all(studio.workspace)).toHaveLength(1);
    await picture('stopped');
  });

  it('samples and evaluates the stopped run from its checkpoint', async () => {
    const view = await RunView.find(workbench);
    expect(await view.sampleCheckpoint()).toBeGreaterThan(8);
    const [, elbo] = /test −ELBO.*?\s([\d.]+)\s/.exec(await view.evaluateCheckpoint())!;
    expect(Number(elbo)).toBeGreaterThan(90);
    expect(Number(elbo)).toBeLessThan(250);
    await picture('evaluated');
  });

  it('opens its checkpoint: tensors with statistics, weights as pictures, samples', async () => {
    const file = (await (await run()).checkpoints()).sort().at(-1)!;
    await workbench.openFile(file);
    const view = await CheckpointView.find(workbench, file);
    expect(await view.names()).toEqual(expect.arrayContaining(['encoder', 'decoder', 'hidden.0.kernel']));
    expect(await view.mean('hidden.0.kernel')).toMatch(/^−?[\d.e−]+ ± [\d.e−]+$/);
    await view.pictures();
    await inEveryTheme(view, 'checkpoint');
    await view.sortBy('Size');
    await expect.poll(async () => (await view.names())[0]).toMatch(/kernel$/);
    await view.press('sample');
    await view.sampled();
    await picture('checkpoint-samples');
    await whenNarrow(view, 'checkpoint');
    await workbench.command('View: Close Editor');
  });

  it('evaluates it from the file tree, and compares it with an earlier one of its run', async () => {
    const file = (await (await run()).checkpoints()).sort().at(-1)!;
    await workbench.fileMenu(file, 'Evaluate');
    const view = await CheckpointView.find(workbench, file);
    await view.evaluated();
    await workbench.fileMenu(file, 'Compare Tensors…');
    await workbench.choice('Another File…').waitFor({ timeout: 20_000 });
    await workbench
      .choice(/^step-/)
      .first()
      .click();
    expect(await view.compared()).toMatch(/changed/);
    await picture('compared-dark');
    await workbench.command('View: Close Editor');
  });

  it('explores its latents from the file tree: points by class, a drag decodes, two points are interpolated', async () => {
    const file = (await (await run()).checkpoints()).sort().at(-1)!;
    await workbench.fileMenu(file, 'Open Latent Explorer');
    const view = await ExplorerView.find(workbench);
    await view.ready();
    expect(await view.facts()).toMatch(/^VAE · MNIST · 10,000 images · 20-D · step \d/);
    const colors = await view.dragToDecode(12);
    expect(Math.min(...colors)).toBeGreaterThan(30);
    expect(await view.interpolate(0, 1)).toEqual({ width: 8 * 29 - 1, height: 28 });
    await view.project('UMAP');
    await inEveryTheme(view, 'latent');
    await whenNarrow(view, 'latent');
    await workbench.command('View: Close Editor');
    await workbench.command('View: Close Editor');
  });

  it('draws the curves of two runs over each other', async () => {
    await workbench.command('Latent Studio: Train VAE');
    const second = await RunView.find(workbench, 'vae-mnist-002');
    await second.waitForStep(300);
    await workbench.useTheme('Light Modern');
    const charts = await ChartsView.find(workbench);
    await expect.poll(() => charts.themeKind(), { timeout: 20_000 }).toBe('vscode-light');
    // Both have trained in this window, and so both are ticked by themselves.
    const drawn = async () => (await charts.runs()).sort();
    const box = workbench.treeItem('vae-mnist-001').getByRole('checkbox');
    await expect.poll(drawn).toEqual(['vae-mnist-001', 'vae-mnist-002']);
    await box.click();
    await expect.poll(drawn).toEqual(['vae-mnist-002']);
    await box.click();
    await expect.poll(drawn).toEqual(['vae-mnist-001', 'vae-mnist-002']);
    // Without the check box's tooltip in the picture.
    await workbench.page.mouse.move(700, 450);
    await charts.curveMoves();
    await workbench.screenshot(path.join(pictures, 'charts-light.png'), 'sidebar');
    await workbench.command('Latent Studio: Stop');
    await (await RunView.find(workbench, 'vae-mnist-002')).waitForStatus('Stopped');
  });

  it('starts a new run from a checkpoint in the file tree, and shows its parent', async () => {
    const file = (await (await run()).checkpoints()).sort().at(-1)!;
    await workbench.command('View: Show Explorer');
    await workbench.fileMenu(file, 'Resume from Here');
    const branch = await RunView.find(workbench, 'vae-mnist-003');
    const step = Number(/step-0*(\d+)/.exec(file)![1]);
    await branch.waitForStep(step + 1);
    expect(await branch.specification()).toMatch(/ · from vae-mnist-001, step [\d,]+$/);
    // What was left of its epochs may be over by now.
    if ((await branch.status()) === 'Training') await branch.press('stop');
    await branch.waitForStatus(/Stopped|Finished/);
  });

  it('looks into two dimensions while they are trained: a place is a latent, and a grid shows all of them', async () => {
    await workbench.fileMenu(PLANE.file, 'Train This Specification');
    const training = await RunView.find(workbench, 'vae-plane-001');
    await training.waitForStep(1500);
    await workbench.command('Latent Studio: Open Latent Explorer');
    const view = await ExplorerView.find(workbench);
    await view.ready();
    expect(await view.facts()).toMatch(/^VAE · MNIST · [\d,]+ images · 2-D · /);
    const colors = await view.dragToDecode(6);
    expect(Math.min(...colors)).toBeGreaterThan(30);
    await view.manifold();
    await picture('plane-light');
    await workbench.command('Latent Studio: Stop');
    const plane = (await RunFolder.all(studio.workspace)).find(({ name }) => name === 'vae-plane-001')!;
    await expect.poll(async () => (await plane.record()).status, { timeout: 60_000 }).toBe('stopped');
  });
});
