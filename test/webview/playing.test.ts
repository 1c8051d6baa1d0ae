import { describe, expect, it } from 'vitest';
import type { Panel } from '../../src/protocol/panels';
import type { RunSummary } from '../../src/protocol/views';
import { normals, panelUpdate, showPanels } from './support/panels';
import { summary, vaeSeries } from './support/runs';
import { viewSuite } from './support/suite';
import type { ViewPage } from './support/viewPage';

const suite = viewSuite();
const STEPS = [0, 10, 20, 30, 40] as const;
const PLANE: Panel = {
  kind: 'plane',
  title: 'Data and samples',
  axes: ['x₁', 'x₂'],
  bounds: { x: [-3, 3], y: [-3, 3] },
  layers: [{ kind: 'points', tag: 'points/samples', label: 'Samples' }],
};
/** Points that spread with the steps. */
const LOGGED = {
  tensors: {
    'points/samples': (step: number) => {
      const random = normals(1);
      return { shape: [200, 2], values: Float32Array.from({ length: 400 }, () => random() * (0.2 + step / 40)) };
    },
  },
};

function game(change: Partial<RunSummary> = {}): RunSummary {
  const { presentation } = summary();
  const phases = ['discriminator', 'generator'];
  return summary({ presentation: { ...presentation!, panels: [PLANE], phases }, ...change });
}

const paused = { status: 'paused', intents: ['resume', 'step', 'stop', 'pace'] } as const;

const stepOf = (view: ViewPage, panel = 0) => view.page.locator('.plane-panel .where').nth(panel).innerText();

describe('a paused game', () => {
  it('is stepped as a whole or one player at a time, each by a button with its name', async () => {
    const view = await suite.open('run', { width: 320 });
    await view.snapshot({ runs: [game({ ...paused, intents: [...paused.intents] })] });
    const names = ['Step', 'Step Discriminator', 'Step Generator'];
    for (const name of names) await view.page.getByRole('button', { name, exact: true }).click();
    const sent = await view.sent('intent');
    expect(sent.map(({ intent, phase }) => [intent, phase])).toEqual([
      ['step', undefined],
      ['step', 'discriminator'],
      ['step', 'generator'],
    ]);
    expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await view.delta({ runs: [game({ intents: ['pause', 'stop'] })] });
    expect(await view.page.getByRole('button', { name: 'Step Generator' }).isVisible()).toBe(false);
  });

  it('of a family with a single phase has only the whole step', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary({ ...paused, intents: [...paused.intents] })] });
    expect(await view.page.getByRole('button', { name: /^Step/ }).count()).toBe(1);
  });
});

describe('the speed of a live run', () => {
  it('is chosen from a list, and shown as the trainer tells it, also where another watcher chose it', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [game({ intents: ['pause', 'pace'] })] });
    const list = view.page.getByRole('combobox', { name: 'Speed of training' });
    expect(await list.inputValue()).toBe('full');
    await list.selectOption('1 step/s');
    expect(await view.waitForMessage('intent')).toMatchObject({ intent: 'pace', run: 'run-1', stepsPerSecond: 1 });
    await view.delta({ runs: [game({ intents: ['pause', 'pace'], pace: 5 })] });
    expect(await list.locator('option:checked').innerText()).toBe('5 steps/s');
    expect(await view.page.locator('.facts').innerText()).toContain('slowed to 5 steps/s');
    await list.selectOption('Full speed');
    const sent = await view.sent('intent');
    expect(sent.at(-1)).toMatchObject({ stepsPerSecond: null });
    await view.delta({ runs: [game({ status: 'finished', intents: ['continue'] })] });
    expect(await list.isVisible()).toBe(false);
  });
});

describe('a replay', () => {
  it('shows each logged step in turn, and ends at the newest', async () => {
    const view = await suite.open('run');
    await showPanels(view, [PLANE], LOGGED, STEPS);
    await expect.poll(() => stepOf(view)).toBe('step 40');
    await view.page.getByRole('combobox', { name: 'Logged steps per second' }).selectOption('10/s');
    await view.page.evaluate(() => {
      const where = document.querySelector('.plane-panel .where')!;
      const seen: string[] = [];
      Object.assign(window, { seenSteps: seen });
      new MutationObserver(() => seen.push(String(where.textContent))).observe(where, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await view.page.getByRole('button', { name: 'Replay', exact: true }).click();
    const seen = () => view.page.evaluate(() => (window as unknown as { seenSteps: string[] }).seenSteps);
    await expect.poll(seen, { timeout: 5000 }).toEqual(STEPS.map((step) => `step ${step}`));
    expect(await view.page.getByRole('button', { name: 'Last' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('ends where the user pauses it or moves the slider', async () => {
    const view = await suite.open('run');
    await showPanels(view, [PLANE], LOGGED, STEPS);
    await view.page.getByRole('combobox', { name: 'Logged steps per second' }).selectOption('2/s');
    await view.page.getByRole('button', { name: 'Replay', exact: true }).click();
    await view.page.getByRole('button', { name: 'Pause the replay' }).click();
    const slider = view.page.getByRole('slider', { name: 'Logged step' });
    const shown = () => slider.getAttribute('aria-valuetext');
    const paused = await shown();
    // Longer than from one step to the next.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await shown()).toBe(paused);
    await view.page.getByRole('button', { name: 'Replay', exact: true }).click();
    await slider.focus();
    await slider.press('ArrowRight');
    await view.page.getByRole('button', { name: 'Replay', exact: true }).waitFor();
    const moved = await shown();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await shown()).toBe(moved);
  });
});

/** A game beside a run of another family, whose steps are others. */
async function showTwo(view: ViewPage): Promise<void> {
  await showPanels(view, [PLANE], LOGGED, STEPS);
  const first = panelUpdate([PLANE], LOGGED, STEPS);
  await view.snapshot({
    ...first,
    runs: [
      game({ name: 'gan-ring-001', status: 'finished', step: 40, intents: ['continue'] }),
      summary({
        key: 'run-2',
        name: 'vae-ring-002',
        status: 'finished',
        step: 35,
        intents: ['continue'],
        color: 1,
        presentation: {
          ...summary().presentation!,
          title: 'VAE',
          panels: [...summary().presentation!.panels.slice(0, 3), PLANE],
        },
      }),
    ],
    scalars: ['run-1', 'run-2'].map((run, seed) => ({ run, series: vaeSeries(40, { seed: seed + 1 }) })),
    tensors: [...first.tensors, { run: 'run-2', tag: 'points/samples', steps: [5, 15, 35] }],
  });
  await view.settle();
}

describe('two runs side by side', () => {
  it('follow one playhead, each with its newest values at that step', async () => {
    const view = await suite.open('run', { width: 1200 });
    await showTwo(view);
    await expect.poll(() => stepOf(view, 1)).toBe('step 35');
    expect(await view.page.locator('.column-head h2').allInnerTexts()).toEqual(['gan-ring-001', 'vae-ring-002']);
    const slider = view.page.getByRole('slider', { name: 'Logged step' });
    await slider.fill('3'); // of 0, 5, 10, 15, 20, …
    await expect.poll(async () => [await stepOf(view), await stepOf(view, 1)]).toEqual(['step 10', 'step 15']);
    const boxes = await Promise.all([0, 1].map((at) => view.page.locator('.plane-panel').nth(at).boundingBox()));
    expect(boxes[1]!.x).toBeGreaterThan(boxes[0]!.x + boxes[0]!.width);
    expect(Math.abs(boxes[1]!.y - boxes[0]!.y)).toBeLessThan(4);
    expect(await view.page.locator('.curves.second .chart').count()).toBeGreaterThan(0);
  });

  it('are one below the other where the tab is narrow, with the slider in sight', async () => {
    const view = await suite.open('run', { width: 320 });
    await showTwo(view);
    const boxes = await Promise.all([0, 1].map((at) => view.page.locator('.plane-panel').nth(at).boundingBox()));
    expect(boxes[1]!.y).toBeGreaterThan(boxes[0]!.y + boxes[0]!.height);
    expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    const { y, height } = (await view.page.locator('.transport').boundingBox())!;
    expect(y + height).toBeLessThanOrEqual(view.page.viewportSize()!.height);
  });

  it('are begun and ended by buttons, and remembered over a reload of the window', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [game()] });
    await view.page.getByRole('button', { name: 'Compare' }).click();
    expect(await view.waitForMessage('compare')).toMatchObject({ run: 'run-1', end: false });
    await showTwo(view);
    const remembered = () =>
      view.page.evaluate(() => JSON.parse(sessionStorage.getItem('state')!) as { compared?: string; run?: string });
    expect(await remembered()).toMatchObject({ run: 'run-1', compared: 'run-2' });
    await view.page.getByRole('button', { name: 'End comparison' }).click();
    expect((await view.sent('compare')).at(-1)).toMatchObject({ run: 'run-1', end: true });
    expect((await remembered()).compared).toBeUndefined();
    await view.delta({ removed: ['run-2'] });
    expect(await view.page.locator('.second').count()).toBe(0);
    expect(await view.page.locator('.pictures .timeline').isVisible()).toBe(true);
  });
});
