import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointView } from './support/checkpointView';
import { logForeign, LoggedRun } from './support/loggedRuns';
import { Studio } from './support/studio';
import { ChartsView, RunView } from './support/views';
import type { Workbench } from './support/workbench';

/**
 * What pages get when there is much to show. VS Code's own transport is part of what is tested: it counts the arrays of a
 * message in one byte, so a stand-in that does not would pass whatever is sent.
 */
const pictures = path.join(import.meta.dirname, '..', '..', 'test-results', 'e2e');
const DIMENSIONS = [20, 64, 512, 4_096] as const;
const SWEEP = 60;
const TAGS = 12_345;
const METRICS = 4;
const TENSORS = 500_000;
/**
 * From the command to all curves on the screen: two seconds on a machine that does nothing else, and what is
 * certainly wrong on one that does.
 */
const SWEEP_MILLISECONDS = 10_000;

describe('pages with much to show', () => {
  let studio: Studio;
  let workbench: Workbench;
  let folder: string;
  const runs = new Map<number, LoggedRun>();

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    studio = await Studio.ofCheckout();
    folder = path.join(studio.workspace, 'runs');
    await mkdir(folder);
    for (let i = 0; i < SWEEP; i++) {
      await LoggedRun.create(folder, `sweep-${String(i).padStart(2, '0')}`, { points: 1_000 });
    }
    workbench = await studio.open();
  }, 300_000);

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.screenshot(path.join(pictures, `failed: ${task.name}.png`));
  });

  afterAll(() => studio.close(), 60_000);

  const reloadPages = async (view: RunView | ChartsView) => {
    const gone = await view.mark();
    await workbench.command('Developer: Reload Webviews');
    await gone();
  };

  const open = async (name: string): Promise<RunView> => {
    await workbench.command('Latent Studio: Open Run');
    await workbench.page.keyboard.type(name);
    await workbench.choice(name).first().click();
    return RunView.find(workbench, name);
  };

  it('lays the curves of a sweep over each other soon after all runs are ticked', async () => {
    await workbench.command('Latent Studio: Focus on Charts View');
    const charts = await ChartsView.find(workbench);
    await expect.poll(() => charts.curves('negative_elbo')).toBeGreaterThan(0);
    await workbench.command('Latent Studio: Show All Runs in Charts');
    const begun = performance.now();
    await expect.poll(() => charts.curves('negative_elbo'), { interval: 20 }).toBe(SWEEP);
    const taken = performance.now() - begun;
    console.log(`${SWEEP} runs × ${METRICS} metrics: ${Math.round(taken)} ms, load ${os.loadavg()[0]!.toFixed(1)}`);
    expect(taken).toBeLessThan(SWEEP_MILLISECONDS);
    expect(await charts.trouble()).toBe('');
    // Larger ones come beside them for what follows.
    for (const latent of DIMENSIONS) runs.set(latent, await LoggedRun.create(folder, `latent-${latent}`, { latent }));
    await logForeign(folder, 'many-tags', TAGS);
    await workbench.command('Latent Studio: Refresh Runs');
  }, 120_000);

  it.each(DIMENSIONS)(
    'shows every series of a run of %i latent dimensions, as it grows and after a reload',
    async (latent) => {
      const run = runs.get(latent)!;
      const name = `latent-${latent}`;
      const all = { charts: METRICS, bars: latent, further: latent };
      let view = await open(name);
      await expect.poll(() => view.counts()).toEqual(all);
      const before = await view.lastStep();
      await run.log(before + 1, 20);
      await expect.poll(() => view.lastStep()).toBe(before + 20);
      expect(await view.counts()).toEqual(all);
      await reloadPages(view);
      view = await RunView.find(workbench, name);
      await expect.poll(() => view.counts()).toEqual(all);
      expect(await view.lastStep()).toBe(before + 20);
      expect(await view.trouble()).toBe('');
      await workbench.command('View: Close Editor');
    },
  );

  it('shows a log of thousands of tags, before and after a reload, and answers meanwhile', async () => {
    const count = () => RunView.find(workbench, 'many-tags').then((found) => found.plannedCharts());
    const view = await open('many-tags');
    await expect.poll(count).toBe(TAGS);
    expect(await view.longestFreeze()).toBeLessThan(1_000);
    await reloadPages(view);
    await expect.poll(count).toBe(TAGS);
    await workbench.command('View: Close Editor');
  });

  it('lists half a million tensors, and finds one of them, before and after a reload', async () => {
    const file = 'experts.safetensors';
    await writeFile(path.join(studio.workspace, file), manyTensors());
    await workbench.openFile(file);
    let view = await CheckpointView.find(workbench, file);
    const last = `experts.${TENSORS - 1}.weight`;
    await view.filter(last);
    await expect.poll(() => view.shown(), { timeout: 60_000 }).toEqual({ names: [last], tally: `1 of 500,000` });
    const gone = await view.mark();
    await workbench.command('Developer: Reload Webviews');
    await gone();
    view = await CheckpointView.find(workbench, file);
    await expect.poll(() => view.shown(), { timeout: 60_000 }).toEqual({ names: [last], tally: `1 of 500,000` });
    expect(await view.mean(last)).toMatch(/^1\.5/);
    await workbench.command('View: Close Editor');
  }, 180_000);

  it('lays the curves of large runs over those of a sweep, and again after a reload', async () => {
    await workbench.command('Latent Studio: Focus on Charts View');
    let charts = await ChartsView.find(workbench);
    await workbench.command('Latent Studio: Show All Runs in Charts');
    const all = SWEEP + DIMENSIONS.length;
    await expect.poll(() => charts.curves('negative_elbo'), { timeout: 30_000 }).toBe(all);
    expect(await charts.trouble()).toBe('');
    await reloadPages(charts);
    charts = await ChartsView.find(workbench);
    await expect.poll(() => charts.curves('negative_elbo'), { timeout: 30_000 }).toBe(all);
    await workbench.page.reload();
    await workbench.ready();
    charts = await ChartsView.find(workbench);
    await expect.poll(() => charts.curves('negative_elbo'), { timeout: 60_000 }).toBe(all);
    expect(await charts.trouble()).toBe('');
  }, 180_000);
});

/** A file of as many tensors as there may be, each of the numbers 1 and 2. */
function manyTensors(): Buffer {
  const entries = Array.from(
    { length: TENSORS },
    (_, i) => `"experts.${i}.weight":{"dtype":"F32","shape":[2],"data_offsets":[${8 * i},${8 * i + 8}]}`,
  );
  const header = Buffer.from(`{${entries.join()}}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const data = new Float32Array(2 * TENSORS).map((_, i) => 1 + (i & 1));
  return Buffer.concat([length, header, Buffer.from(data.buffer)]);
}
