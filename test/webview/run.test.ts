import { describe, expect, it } from 'vitest';
import { flatPng } from './support/images';
import { detail, range, summary, vaeSeries } from './support/runs';
import { showRunTab } from './support/scenes';
import { RUNS, viewSuite } from './support/suite';
import type { ViewPage } from './support/viewPage';

const suite = viewSuite();
const scalars = [{ run: 'run-1', series: vaeSeries(1000) }];
const SAMPLES = 'samples';

/** The gray that a panel's picture has in its middle; images in these tests say their step by it. */
function grayOf(view: ViewPage, heading: string): Promise<number> {
  return view.page
    .locator('.image-panel')
    .filter({ hasText: heading })
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) =>
      canvas.width === 0
        ? -1
        : canvas.getContext('2d')!.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0]!,
    );
}

/** Answers every request for samples from now on with an image whose gray is a tenth of its step. */
async function answerAll(view: ViewPage): Promise<void> {
  const answered = new Set<number>();
  await view.page.exposeFunction('answerRequest', async (id: number, tag: string, step: number) => {
    if (answered.has(id)) return;
    answered.add(id);
    if (tag === SAMPLES) await view.answerImage(id, { step, bytes: flatPng(56, 28, step / 10), width: 56, height: 28 });
    else await view.answerImage(id, undefined);
  });
  await view.page.evaluate(() => {
    const answer = (window as unknown as { answerRequest: (...request: unknown[]) => Promise<void> }).answerRequest;
    const look = () => {
      for (const message of window.latentTest.sent) {
        if (message.type !== 'request') continue;
        const { tag, step } = message['parameters'] as { tag: string; step: number };
        void answer(message['id'], tag, step);
      }
      setTimeout(look, 5);
    };
    look();
  });
}

async function untilGray(view: ViewPage, gray: number): Promise<void> {
  await expect.poll(() => grayOf(view, 'Samples'), { timeout: 5000 }).toBe(gray);
}

const withImages = (steps: readonly number[]) => ({
  runs: [summary()],
  scalars,
  images: [{ run: 'run-1', tag: SAMPLES, steps }],
});

describe('the run tab', () => {
  it('says how the run stands', async () => {
    const view = await suite.open('run');
    await showRunTab(view);
    const header = await view.page.locator('.run-header').innerText();
    for (const part of [
      'vae-mnist-001',
      'Training',
      'epoch 6.6 of 10',
      'step 3,127 of 4,690',
      '168 steps/s',
      '9 s left',
      'TensorFlow 2.21.0 CPU',
    ]) {
      expect(header).toContain(part);
    }
    expect(await view.page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('3127');
    expect(await view.page.getByText('Set Up TensorFlow').isVisible()).toBe(false);
  });

  it('opens the latent explorer where there is a latent space to explore', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary({ status: 'created', step: 0, intents: [] })] });
    const button = view.page.getByRole('button', { name: 'Latents' });
    expect(await button.isVisible()).toBe(false);
    await view.delta({ runs: [summary({ status: 'running' })] });
    await button.click();
    expect((await view.waitForMessage('explore')).run).toBe('run-1');
    const { capabilities } = summary();
    await view.delta({ runs: [summary({ capabilities: { ...capabilities!, latent: null } })] });
    expect(await button.isVisible()).toBe(false);
    await view.delta({ runs: [summary({ status: 'foreign', intents: [], capabilities: undefined })] });
    expect(await button.isVisible()).toBe(false);
  });

  it('offers exactly the intents that the host allows, and sends them', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary({ intents: ['pause', 'step', 'stop', 'sample', 'checkpoint'] })] });
    for (const intent of ['pause', 'step', 'stop', 'sample', 'checkpoint']) {
      await view.page.locator(`[data-intent="${intent}"]`).click();
    }
    expect((await view.sent('intent')).map((message) => [message.intent, message.run])).toEqual(
      ['pause', 'step', 'stop', 'sample', 'checkpoint'].map((intent) => [intent, 'run-1']),
    );
    await view.delta({ runs: [summary({ status: 'paused', intents: ['resume', 'stop'] })] });
    expect(await view.page.locator('.actions [data-intent]:visible').allInnerTexts()).toEqual(['Resume', 'Stop']);
    await view.delta({ runs: [summary({ status: 'finished', intents: ['continue'] })] });
    expect(await view.page.locator('.actions [data-intent]:visible').allInnerTexts()).toEqual(['Train Longer…']);
  });

  it('offers to set TensorFlow up where the run trains on WebAssembly', async () => {
    const view = await suite.open('run');
    const backend = {
      name: 'wasm',
      description: 'WebAssembly SIMD',
      version: '4.22.0',
      device: 'cpu',
      flags: {},
    } as const;
    await view.snapshot({ runs: [summary({ backend })] });
    await view.page.getByRole('button', { name: 'Set Up TensorFlow' }).click();
    await view.waitForMessage('setUpTensorFlow');
    await view.snapshot({ runs: [summary({ backend })], lookOnly: 'Not trusted.' });
    expect(await view.page.getByRole('button', { name: 'Set Up TensorFlow' }).isVisible()).toBe(false);
  });

  it('says why a run failed and what to do, and leads to the log', async () => {
    const view = await suite.open('run');
    const failure = {
      message: 'The loss is not a number.',
      remedy: 'Lower the learning rate.',
      kind: 'not-a-number',
      step: 812,
    } as const;
    await view.snapshot({ runs: [summary({ status: 'failed', failure, intents: [] })] });
    const banner = view.page.getByRole('alert');
    expect(await banner.innerText()).toMatch(/The loss is not a number\.\s+step 812\s+Lower the learning rate\./);
    await banner.getByRole('button', { name: 'Show Log' }).click();
    expect((await view.waitForMessage('showLog')).run).toBe('run-1');
    await view.delta({ runs: [summary()] });
    expect(await banner.isVisible()).toBe(false);
  });

  it('shows the newest image, and follows', async () => {
    const view = await suite.open('run');
    await answerAll(view);
    await view.snapshot(withImages([0, 500]));
    await untilGray(view, 50);
    await view.delta({ images: [{ run: 'run-1', tag: SAMPLES, steps: [0, 500, 1000] }] });
    await untilGray(view, 100);
    expect(await view.page.locator('.follow').getAttribute('aria-pressed')).toBe('true');
  });

  it('goes back in time by the slider, stays there, and follows again from the right end', async () => {
    const view = await suite.open('run');
    await answerAll(view);
    await view.snapshot(withImages([0, 200, 400, 600]));
    await untilGray(view, 60);
    await view.timeline.focus();
    await view.page.keyboard.press('ArrowLeft');
    await untilGray(view, 40);
    await view.page.keyboard.press('ArrowLeft');
    await untilGray(view, 20);
    expect(await view.timeline.getAttribute('aria-valuetext')).toBe('step 200, 2 of 4');
    await view.delta({ images: [{ run: 'run-1', tag: SAMPLES, steps: [0, 200, 400, 600, 800] }] });
    expect(await grayOf(view, 'Samples')).toBe(20);
    await view.page.getByRole('button', { name: 'Live' }).click();
    await untilGray(view, 80);
    const asked = (await view.requestedImages()).filter(({ tag }) => tag === SAMPLES).map(({ step }) => step);
    expect(asked).toEqual([600, 400, 200, 800]);
  });

  it('keeps its position after a reload of the window', async () => {
    const view = await suite.open('run');
    await answerAll(view);
    await view.snapshot(withImages([0, 200, 400, 600]));
    await untilGray(view, 60);
    await view.timeline.focus();
    await view.page.keyboard.press('ArrowLeft');
    await untilGray(view, 40);
    await view.page.reload();
    await view.waitForMessage('ready');
    await view.snapshot(withImages([0, 200, 400, 600]));
    await expect.poll(() => view.timeline.getAttribute('aria-valuetext')).toBe('step 400, 3 of 4');
    expect((await view.waitForImage()).parameters.step).toBe(400);
  });

  it('moves images and bars with the pointer over a chart, and stays where it is clicked', async () => {
    const view = await suite.open('run');
    await answerAll(view);
    await view.snapshot(withImages(range(0, 1000, 100)));
    await untilGray(view, 100);
    const largest = view.page.locator('.bars-top');
    const newest = await largest.textContent();
    const chart = view.chart('−ELBO');
    await chart.hoverAt(0.6);
    await untilGray(view, 50);
    expect(await largest.textContent()).not.toBe(newest);
    await view.page.mouse.move(1, 1);
    await untilGray(view, 100);
    expect(await chart.node.locator('.playhead').isVisible()).toBe(false);
    await chart.clickAt(0.6);
    await view.page.mouse.move(1, 1);
    await untilGray(view, 50);
    expect(await chart.node.locator('.playhead').isVisible()).toBe(true);
    expect(await view.timeline.inputValue()).toBe('5');
    await view.timeline.focus();
    await view.page.keyboard.press('End');
    await untilGray(view, 100);
  });

  it('never shows an image that was asked for earlier over one that was asked for later', async () => {
    const view = await suite.open('run');
    await view.snapshot(withImages([0, 100, 200]));
    const first = (await view.waitForImage()).id;
    await view.timeline.fill('0');
    await view.answerImage(first, { step: 200, bytes: flatPng(56, 28, 20), width: 56, height: 28 });
    const second = await view.waitForImage(2);
    expect(second.parameters.step).toBe(0);
    await view.answerImage(second.id, { step: 0, bytes: flatPng(56, 28, 7), width: 56, height: 28 });
    await untilGray(view, 7);
  });

  it('requests images again whose steps were repeated after a resume', async () => {
    const view = await suite.open('run');
    await answerAll(view);
    await view.snapshot(withImages([0, 100, 200]));
    await untilGray(view, 20);
    await view.delta({ images: [{ run: 'run-1', tag: SAMPLES, steps: [0, 100] }] });
    await untilGray(view, 10);
    await view.delta({ images: [{ run: 'run-1', tag: SAMPLES, steps: [0, 100, 200] }] });
    await untilGray(view, 20);
    expect((await view.requestedImages()).filter(({ step, tag }) => step === 200 && tag === SAMPLES).length).toBe(2);
  });

  it('says what is wrong with an image that can’t be shown', async () => {
    const view = await suite.open('run');
    await view.snapshot(withImages([0]));
    const { id } = await view.waitForImage();
    await view.answerImage(id, { step: 0, bytes: Uint8Array.of(1, 2, 3), width: 56, height: 28 });
    await expect
      .poll(() => view.page.locator('.image-panel').filter({ hasText: 'Samples' }).innerText())
      .toContain('is damaged');
  });

  it('draws images at whole multiples of their pixels', async () => {
    const view = await suite.open('run', { scale: 2 });
    await answerAll(view);
    await view.snapshot(withImages([0, 500]));
    await untilGray(view, 50);
    const canvas = view.page.locator('.image-panel').filter({ hasText: 'Samples' }).locator('canvas');
    const { width, rendering } = await canvas.evaluate((node: HTMLCanvasElement) => ({
      width: (node.getBoundingClientRect().width * devicePixelRatio) / node.width,
      rendering: getComputedStyle(node).imageRendering,
    }));
    expect(width).toBeGreaterThan(2);
    expect(width).toBeCloseTo(Math.round(width), 6);
    expect(rendering).toBe('pixelated');
  });

  it('counts the latent dimensions whose KL is above the threshold, and sorts them', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary()], scalars });
    const panel = view.page.locator('.bars-panel');
    expect(await panel.innerText()).toContain('14 of 20 above 0.01 nats');
    const heights = () =>
      panel
        .locator('.bar')
        .evaluateAll((bars) => bars.map((bar) => Number((bar as HTMLElement).style.getPropertyValue('--share'))));
    const byDimension = await heights();
    await panel.getByRole('switch', { name: 'Sort by size' }).click();
    await view.settle();
    expect(await heights()).toEqual([...byDimension].sort((a, b) => b - a));
    await panel.locator('.bar').first().hover();
    expect(await panel.locator('.where').textContent()).toMatch(/^dimension 0: \d\.\d+ nats$/);
  });

  it('calls what bars stand for as the family does', async () => {
    const view = await suite.open('run');
    const { presentation } = summary();
    const panels = presentation!.panels.map((panel) =>
      panel.kind === 'bars' ? { ...panel, noun: 'mode', threshold: undefined } : panel,
    );
    await view.snapshot({ runs: [summary({ presentation: { ...presentation!, panels } })], scalars });
    const where = view.page.locator('.bars-panel .where');
    expect(await where.textContent()).toBe('20 modes');
    await view.page.locator('.bar').first().hover();
    expect(await where.textContent()).toMatch(/^mode 0: /);
  });

  it('is not held up by a record that declares billions of dimensions', async () => {
    const view = await suite.open('run');
    const { presentation } = summary();
    const panels = presentation!.panels.map((panel) => (panel.kind === 'bars' ? { ...panel, count: 2 ** 32 } : panel));
    await view.snapshot({ runs: [summary({ presentation: { ...presentation!, panels } })], scalars });
    expect(await view.page.locator('.bar').count()).toBe(20);
  });

  it('says of a run that has logged nothing that there is nothing, and leaves no room for it', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary({ status: 'stopped', intents: [] })] });
    const content = view.page.locator('.run-content');
    await expect.poll(() => content.innerText()).toContain('There are no curves in its event files.');
    expect(await content.innerText()).toContain('No samples logged yet.');
    expect(await view.page.getByRole('toolbar', { name: 'Chart controls' }).isVisible()).toBe(false);
    expect((await content.boundingBox())!.height).toBeLessThan(200);
  });

  it('says while a run starts what it does, and for how long', async () => {
    const view = await suite.open('run');
    await view.page.clock.install();
    const stage = (activity: string | undefined, change: Parameters<typeof summary>[0] = {}) =>
      view.delta({ runs: [summary({ status: 'starting', step: 0, activity, ...change })] });
    await view.snapshot({ runs: [summary({ status: 'starting', step: 0 })] });
    await stage('reading the data');
    await view.page.clock.runFor(2000);
    await stage('loading the tensor library');
    await view.page.clock.runFor(61_000);
    const rows = view.page.locator('.stages li');
    await expect
      .poll(() => rows.allInnerTexts())
      .toEqual([
        expect.stringContaining('Starting the trainer'),
        expect.stringMatching(/Reading the data\s+2\.\d s/),
        expect.stringMatching(/Loading the tensor library\s+1 min 1 s/),
      ]);
    await stage(undefined, { status: 'running' });
    expect(await rows.last().innerText()).toContain('Taking the first steps');
    await view.delta({ scalars });
    expect(await view.page.locator('.stages').isVisible()).toBe(false);
  });

  it('says of a run that it cannot reach or read what to do', async () => {
    const view = await suite.open('run');
    const obstacle = { message: 'This window cannot steer it: another version.', remedy: 'Use that version.' };
    await view.snapshot({ runs: [summary({ obstacle, intents: [] })] });
    const banner = view.page.getByRole('alert');
    expect(await banner.innerText()).toMatch(/another version\.\s+Use that version\./);
    expect(await view.page.locator('.stages').isVisible()).toBe(false);
    const failure = { message: 'run.json cannot be used.', remedy: 'Repair it.', kind: 'internal' } as const;
    await view.delta({ runs: [summary({ status: 'foreign', failure, intents: [] })] });
    expect(await banner.innerText()).toContain('Repair it.');
    await banner.getByRole('button', { name: 'Open run.json' }).click();
    await view.waitForMessage('openRecord');
  });

  it('shows alerts with what helps, sets it, and then offers it no more', async () => {
    const view = await suite.open('run');
    const alert = {
      ...{ name: 'posterior-collapse', title: 'Posterior collapse', step: 1200, text: 'The KL is 0.02.' },
      ...{ advice: 'A lower β helps.', remedy: { name: 'beta', title: 'β', value: 0.1 } },
    };
    await view.snapshot({ runs: [summary({ alerts: [alert] })], details: [{ run: 'run-1', detail: detail() }] });
    const alerts = view.page.getByRole('status', { name: 'Alerts' });
    expect(await alerts.innerText()).toMatch(
      /Posterior collapse since step 1,200\s+The KL is 0\.02\.\s+A lower β helps\./,
    );
    const button = alerts.getByRole('button', { name: 'Set β to 0.1' });
    // A run that trains changes many times a second: the button in the focus stays the same one.
    await button.focus();
    await view.delta({ runs: [summary({ alerts: [alert], step: 3200 })] });
    expect(await button.evaluate((node) => node.matches(':focus-within'))).toBe(true);
    await button.press('Enter');
    expect(await view.waitForMessage('set')).toMatchObject({ run: 'run-1', name: 'beta', value: 0.1 });
    const [rate, beta] = detail().hyperparameters;
    const set = detail({ hyperparameters: [rate!, { ...beta!, current: 0.1 }] });
    await view.delta({ details: [{ run: 'run-1', detail: set }] });
    expect(await alerts.getByRole('button').count()).toBe(0);
    expect(await alerts.innerText()).toContain('β is 0.1.');
    await view.delta({ runs: [summary()] });
    expect(await alerts.isVisible()).toBe(false);
  });

  it('offers the setting of an alert for the resume of a run that has ended', async () => {
    const view = await suite.open('run');
    const alert = {
      ...{ name: 'posterior-collapse', title: 'Posterior collapse', step: 1200, text: 'The KL is 0.02.' },
      ...{ advice: 'A lower β helps.', remedy: { name: 'beta', title: 'β', value: 0.1 } },
    };
    const stopped = summary({ status: 'stopped', intents: ['continue'], revisable: 'plain', alerts: [alert] });
    const resumable = detail({ onResume: true });
    await view.snapshot({ runs: [stopped], details: [{ run: 'run-1', detail: resumable }] });
    await view.page.getByRole('button', { name: 'Resume with β 0.1' }).click();
    expect(await view.waitForMessage('resumeWith')).toMatchObject({ withoutLastEdit: false, set: { beta: 0.1 } });
  });

  it('folds what the run is into a line, and opens its record', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary()], details: [{ run: 'run-1', detail: detail() }] });
    const panel = view.page.locator('.specification');
    expect(await panel.locator('summary').innerText()).toContain('652,824 parameters · 366fc52');
    await panel.locator('summary').click();
    expect(await panel.innerText()).toMatch(/Learning rate|learning rate 0\.001/);
    await panel.getByRole('button', { name: 'Open run.json' }).click();
    expect((await view.waitForMessage('openRecord')).run).toBe('run-1');
    await view.page.reload();
    await view.waitForMessage('ready');
    await view.snapshot({ runs: [summary()], details: [{ run: 'run-1', detail: detail() }] });
    expect(await panel.getByText('TensorFlow 2.21.0 CPU').isVisible()).toBe(true);
  });

  it('changes a hyperparameter by Enter, and says what was applied', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary()], details: [{ run: 'run-1', detail: detail() }] });
    const panel = view.page.locator('.hyperparameters');
    const rate = panel.getByRole('textbox', { name: 'Learning rate' });
    expect(await rate.inputValue()).toBe('0.001');
    await rate.fill('11');
    expect(await panel.innerText()).toContain('Learning rate must be between 0 and 10.');
    await rate.press('Enter');
    await rate.press('Escape');
    expect(await rate.inputValue()).toBe('0.001');
    await rate.fill('5e-4');
    expect(await panel.innerText()).toContain('now 0.001; Enter applies');
    await rate.press('Enter');
    expect((await view.sent('set')).map(({ name, value }) => [name, value])).toEqual([['learningRate', 0.0005]]);
    const [first, ...others] = detail().hyperparameters;
    const hyperparameters = [{ ...first!, current: 0.0005 }, ...others];
    await view.delta({ details: [{ run: 'run-1', detail: detail({ hyperparameters }) }] });
    expect(await rate.inputValue()).toBe('0.0005');
    expect(await panel.innerText()).toContain('applied, was 0.001');
  });

  it('offers a hyperparameter again that the trainer did not take', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary()], details: [{ run: 'run-1', detail: detail() }] });
    const panel = view.page.locator('.hyperparameters');
    const beta = panel.getByRole('textbox', { name: 'β' });
    await beta.fill('4');
    await beta.press('Enter');
    expect(await panel.innerText()).toContain('1 → 4…');
    await view.notApplied('beta');
    expect(await panel.innerText()).toContain('now 1; Enter applies');
    await beta.press('Escape');
    expect(await beta.inputValue()).toBe('1');
  });

  it('keeps what is being typed when the value changes elsewhere', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary()], details: [{ run: 'run-1', detail: detail() }] });
    const beta = view.page.getByRole('textbox', { name: 'β' });
    await beta.fill('4');
    const [first, second] = detail().hyperparameters;
    const hyperparameters = [first!, { ...second!, current: 2 }];
    await view.delta({ details: [{ run: 'run-1', detail: detail({ hyperparameters }) }] });
    expect(await beta.inputValue()).toBe('4');
    expect(await view.page.locator('.hyperparameters').innerText()).toContain('now 2; Enter applies');
  });

  it('keeps every digit that is typed after Select All while updates arrive, and a draft that is left', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary()], details: [{ run: 'run-1', detail: detail() }] });
    // As VS Code does with each such key that reaches the window of a webview: once more, later.
    await view.page.evaluate(() =>
      window.addEventListener('keydown', (event) => {
        if (event.ctrlKey && event.key === 'a') setTimeout(() => document.execCommand('selectAll'), 20);
      }),
    );
    const rate = view.page.getByRole('textbox', { name: 'Learning rate' });
    await rate.focus();
    await view.page.keyboard.press('Control+a');
    for (const [at, digit] of [...'0.00042'].entries()) {
      await view.page.keyboard.type(digit);
      await view.delta({ runs: [summary({ step: 3200 + at })] });
    }
    expect(await rate.inputValue()).toBe('0.00042');
    await rate.blur();
    expect(await rate.inputValue()).toBe('0.00042');
    const panel = view.page.locator('.hyperparameters');
    expect(await panel.innerText()).toContain('not applied, now 0.001; Enter applies, Esc discards');
    await rate.press('Enter');
    const [first, ...others] = detail().hyperparameters;
    const hyperparameters = [{ ...first!, current: 0.00042 }, ...others];
    await view.delta({ details: [{ run: 'run-1', detail: detail({ hyperparameters }) }] });
    await panel.getByRole('button', { name: 'Undo' }).click();
    expect((await view.sent('set')).map(({ value }) => value)).toEqual([0.00042, 0.001]);
  });

  it('offers to undo no value of a trainer that has ended, and says a step once', async () => {
    const view = await suite.open('run');
    await view.snapshot({
      runs: [summary({ intents: ['pause'] })],
      details: [{ run: 'run-1', detail: detail() }],
    });
    const panel = view.page.locator('.hyperparameters');
    await view.page.getByRole('textbox', { name: 'Learning rate' }).fill('1');
    await view.page.getByRole('textbox', { name: 'Learning rate' }).press('Enter');
    const [first, ...others] = detail().hyperparameters;
    const hyperparameters = [{ ...first!, current: 1 }, ...others];
    const failure = { kind: 'not-a-number', message: 'train/loss became NaN at step 1194.', step: 1194 } as const;
    await view.delta({
      runs: [summary({ status: 'failed', failure, intents: ['continue'] })],
      details: [{ run: 'run-1', detail: detail({ hyperparameters, onResume: true }) }],
    });
    await expect.poll(() => view.page.locator('.banner').innerText()).toMatch(/step 1,?194/);
    expect((await view.page.locator('.banner').innerText()).match(/1,?194/g)).toHaveLength(1);
    expect(await panel.innerText()).not.toMatch(/was|Undo/);
  });

  it('offers at a failure to resume without the last edit, or with another value', async () => {
    const view = await suite.open('run');
    const failure = { kind: 'not-a-number', message: 'The loss became NaN.', step: 1194 } as const;
    const lastEdit = { name: 'learningRate', text: 'Learning rate 0.001 → 1 at step 1193' };
    await view.snapshot({
      runs: [summary({ status: 'failed', failure, intents: ['continue'] })],
      details: [{ run: 'run-1', detail: detail({ onResume: true, lastEdit }) }],
    });
    await view.page.locator('vscode-button', { hasText: 'Resume with Changes…' }).click();
    await view.page.keyboard.type('1e-4');
    expect(await view.page.locator('.hyperparameters').innerText()).toContain('Enter or Resume applies this');
    await view.page.keyboard.press('Enter');
    // That resume did not come about; the other takes the draft with it until it is discarded.
    await view.acted('continue');
    await view.page.locator('vscode-button', { hasText: 'Resume without the Last Edit' }).click();
    await view.acted('continue');
    await view.page.getByRole('textbox', { name: 'Learning rate' }).press('Escape');
    await view.page.locator('vscode-button', { hasText: 'Resume without the Last Edit' }).click();
    expect((await view.sent('resumeWith')).map(({ set, withoutLastEdit }) => [set, withoutLastEdit])).toEqual([
      [{ learningRate: 0.0001 }, false],
      [{ learningRate: 0.0001 }, true],
      [{}, true],
    ]);
  });

  it('resumes with what stands in the fields, and not with what is no number', async () => {
    const view = await suite.open('run');
    await view.snapshot({
      runs: [summary({ status: 'stopped', intents: ['continue'] })],
      details: [{ run: 'run-1', detail: detail({ onResume: true }) }],
    });
    const rate = view.page.getByRole('textbox', { name: 'Learning rate' });
    const resume = view.page.getByRole('button', { name: 'Resume', exact: true });
    await rate.fill('fast');
    await resume.click();
    expect(await rate.evaluate((field) => document.activeElement === field)).toBe(true);
    expect([await view.sent('resumeWith'), await view.sent('intent')]).toEqual([[], []]);
    await rate.fill('0.0002');
    await resume.click();
    expect((await view.sent('resumeWith')).map(({ set }) => set)).toEqual([{ learningRate: 0.0002 }]);
    await view.acted('continue');
    await rate.fill('0.001');
    await resume.click();
    expect((await view.sent('intent')).map(({ intent }) => intent)).toEqual(['continue']);
  });

  it('offers to resume without an edit that a plain resume would repeat, also where nothing has failed', async () => {
    const view = await suite.open('run');
    const lastEdit = { name: 'beta', text: 'β 1 → 4 at step 3001', repeatedFrom: 2814 };
    const stopped = summary({ status: 'stopped', intents: ['continue'] });
    const banner = view.page.locator('.banner');
    const words = () => banner.locator('.banner-text').innerText();
    await view.snapshot({ runs: [stopped], details: [{ run: 'run-1', detail: detail({ onResume: true }) }] });
    expect(await banner.isVisible()).toBe(false);
    await view.delta({ details: [{ run: 'run-1', detail: detail({ onResume: true, lastEdit }) }] });
    const repeats = 'A plain resume continues from step 2,814 and repeats the last edit: β 1 → 4 at step 3001.';
    expect(await words()).toBe(repeats);
    expect(await banner.locator('vscode-button', { hasText: 'Show Log' }).isVisible()).toBe(false);
    await banner.locator('vscode-button', { hasText: 'Resume without the Last Edit' }).click();
    expect(await view.waitForMessage('resumeWith')).toMatchObject({ withoutLastEdit: true, set: {} });

    const remedy = 'Make room, then resume the run.';
    const failure = { kind: 'disk', message: 'There is no space left.', remedy } as const;
    await view.delta({ runs: [{ ...stopped, status: 'failed', failure }] });
    expect(await words()).toContain('There is no space left.');
    expect(await words()).toContain(`${remedy} ${repeats}`);
    expect(await banner.locator('vscode-button', { hasText: 'Show Log' }).isVisible()).toBe(true);
    await banner.locator('vscode-button', { hasText: 'Resume with Changes…' }).click();
    const beta = view.page.getByRole('textbox', { name: 'β' });
    expect(await beta.evaluate((field) => document.activeElement === field)).toBe(true);
    const first = detail({ onResume: true, lastEdit: { ...lastEdit, repeatedFrom: 0 } });
    await view.delta({ details: [{ run: 'run-1', detail: first }] });
    expect(await words()).toContain('A plain resume starts over, since there is no checkpoint, and repeats');
  });

  it('leaves room for the words of a failure beside or above its buttons, however narrow the tab is', async () => {
    const view = await suite.open('run');
    const failure = {
      kind: 'not-a-number',
      step: 812,
      message: 'The loss is not a number (NaN).',
      remedy: 'Resume without the last edit, Learning rate 0.001 → 10 at step 801, or with another value.',
    } as const;
    const lastEdit = { name: 'learningRate', text: 'Learning rate 0.001 → 10 at step 801', repeatedFrom: 469 };
    await view.snapshot({
      runs: [summary({ status: 'failed', intents: ['continue'], failure })],
      details: [{ run: 'run-1', detail: detail({ onResume: true, lastEdit }) }],
    });
    for (const width of [320, 560, 640, 760, 1044]) {
      await view.page.setViewportSize({ width, height: 700 });
      const words = await view.page.locator('.banner-text').boundingBox();
      expect(words!.width).toBeGreaterThanOrEqual(Math.min(360, width - 80));
      expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });

  it('resumes by Enter in one field with what stands in all of them', async () => {
    const view = await suite.open('run');
    await view.snapshot({
      runs: [summary({ status: 'stopped', intents: ['continue'] })],
      details: [{ run: 'run-1', detail: detail({ onResume: true }) }],
    });
    const [rate, beta] = ['Learning rate', 'β'].map((name) => view.page.getByRole('textbox', { name }));
    await rate!.fill('11');
    await beta!.fill('4');
    await beta!.press('Enter');
    expect(await rate!.evaluate((field) => document.activeElement === field)).toBe(true);
    expect(await view.sent('resumeWith')).toEqual([]);
    await rate!.fill('1e-4');
    await rate!.press('Enter');
    const [sent] = await view.sent('resumeWith');
    expect(sent).toMatchObject({ withoutLastEdit: false, set: { learningRate: 0.0001, beta: 4 } });
    expect(await view.page.locator('.hyperparameters').innerText()).toMatch(/0\.001 → 0\.0001….*1 → 4…/s);
  });

  it('resumes once however often it is asked, and again after a resume that did not come about', async () => {
    const view = await suite.open('run');
    const lastEdit = { name: 'beta', text: 'β 1 → 4 at step 3001', repeatedFrom: 2814 };
    await view.snapshot({
      runs: [summary({ status: 'stopped', intents: ['continue'] })],
      details: [{ run: 'run-1', detail: detail({ onResume: true, lastEdit }) }],
    });
    const rate = view.page.getByRole('textbox', { name: 'Learning rate' });
    const resume = view.page.getByRole('button', { name: 'Resume', exact: true });
    const without = view.page.locator('vscode-button', { hasText: 'Resume without the Last Edit' });
    const asked = async () => [(await view.sent('resumeWith')).length, (await view.sent('intent')).length];
    await rate.fill('1e-4');
    for (const again of [1, 2]) {
      await rate.press('Enter');
      await rate.press('Enter');
      await resume.click();
      await without.click();
      expect(await asked()).toEqual([again, 0]);
      await view.acted('continue');
      expect(await view.page.locator('.hyperparameters').innerText()).toContain('Enter or Resume applies this');
    }
    await rate.press('Escape');
    for (const again of [1, 2]) {
      await resume.click();
      await resume.click();
      expect(await asked()).toEqual([2, again]);
      await view.acted('continue');
    }
  });

  it('asks once for what takes a while, and for a step at every press', async () => {
    const view = await suite.open('run');
    const intents = ['pause', 'stop', 'sample', 'checkpoint', 'step'] as const;
    await view.snapshot({
      runs: [summary({ intents: [...intents] })],
      details: [{ run: 'run-1', detail: detail() }],
    });
    const press = async () => {
      for (const intent of intents) await view.page.locator(`[data-intent="${intent}"]`).click();
    };
    const asked = async () => (await view.sent('intent')).map(({ intent }) => intent);
    await press();
    await press();
    expect(await asked()).toEqual([...intents, 'step']);
    for (const intent of intents) await view.acted(intent);
    await press();
    expect(await asked()).toEqual([...intents, 'step', ...intents]);
    const beta = view.page.getByRole('textbox', { name: 'β' });
    await beta.fill('4');
    for (const value of ['4', '4', '3']) {
      await beta.fill(value);
      await beta.press('Enter');
    }
    await view.notApplied('beta');
    await beta.press('Enter');
    expect((await view.sent('set')).map(({ value }) => value)).toEqual([4, 3, 3]);
  });

  it('says why hyperparameters cannot be changed now', async () => {
    const view = await suite.open('run');
    const fixed = 'The run has finished. Train it longer to change them.';
    await view.snapshot({
      runs: [summary({ status: 'finished' })],
      details: [{ run: 'run-1', detail: detail({ fixed }) }],
    });
    const rate = view.page.getByRole('textbox', { name: 'Learning rate' });
    expect(await rate.isDisabled()).toBe(true);
    expect(await view.page.locator('.hyperparameters').innerText()).toContain(fixed);
  });

  it('shows what holds where nothing can be changed, and what was typed once it can again', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary()], details: [{ run: 'run-1', detail: detail() }] });
    const panel = view.page.locator('.hyperparameters');
    const rate = panel.getByRole('textbox', { name: 'Learning rate' });
    await rate.fill('1000');
    await rate.press('Enter');
    const fixed = 'The run is being stopped.';
    await view.delta({
      runs: [summary({ status: 'stopping' })],
      details: [{ run: 'run-1', detail: detail({ fixed }) }],
    });
    expect(await rate.inputValue()).toBe('0.001');
    expect(await panel.innerText()).not.toContain('must be between');
    await view.delta({ runs: [summary()], details: [{ run: 'run-1', detail: detail() }] });
    expect(await rate.inputValue()).toBe('1000');
    expect(await panel.innerText()).toContain('Learning rate must be between 0 and 10.');
  });

  it('says at an event of the curves what happened', async () => {
    const view = await suite.open('run');
    await view.snapshot({
      runs: [summary()],
      scalars,
      marks: [{ run: 'run-1', marks: [{ step: 500, text: 'β 1 → 4' }] }],
    });
    const chart = view.chart('−ELBO');
    const plot = (await chart.plot.boundingBox())!;
    // The plot's axis, to step 1000, begins 46 pixels from the left, and ends 18 from the right.
    await view.page.mouse.move(plot.x + 46 + 0.5 * (plot.width - 64), plot.y + 60);
    expect(await chart.node.locator('.remark').innerText()).toBe('β 1 → 4');
    expect(await view.chart('KL').node.locator('.remark').isVisible()).toBe(false);
  });

  it('says when the first bars will be there', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary({ step: 10 })], details: [{ run: 'run-1', detail: detail() }] });
    const words = () => view.page.locator('.bars-panel').innerText();
    expect(await words()).toContain('After the first evaluation, at step 469.');
    await view.delta({ runs: [summary({ step: 1000 })] });
    await expect.poll(words).toContain('After the first evaluation, at step 1,407.');
    await view.delta({ scalars });
    expect(await view.page.locator('.bars-panel').innerText()).toContain('14 of 20 above 0.01 nats');
  });

  it('says 0 at the top of bars that are all 0, as of a collapsed posterior', async () => {
    const view = await suite.open('run');
    const series = vaeSeries(1000).filter(({ tag }) => tag.startsWith('latent/kl/'));
    const collapsed = series.map((each) => ({ ...each, values: each.values.map(() => 0) }));
    await view.snapshot({ runs: [summary()], scalars: [{ run: 'run-1', series: collapsed }] });
    await expect.poll(() => view.page.locator('.bars-panel').innerText()).toMatch(/^0 nats$/m);
  });

  it('draws samples from a resting run, enlarges them and saves them', async () => {
    const view = await suite.open('run');
    const resting = summary({ status: 'finished', intents: ['continue'], inspections: ['sample', 'evaluate'] });
    await view.snapshot({ runs: [resting], scalars });
    const panel = view.page.locator('.inspection');
    await panel.getByRole('button', { name: 'Sample' }).dblclick();
    await panel.getByRole('button', { name: 'Evaluate' }).click({ force: true });
    expect(await view.sent('inspect')).toMatchObject([{ run: 'run-1', what: 'sample' }]);
    await view.inspection('sample', { kind: 'progress', activity: 'drawing samples' });
    expect(await panel.innerText()).toContain('Drawing samples');
    for (const control of ['Sample', 'Evaluate'].map((name) => panel.getByRole('button', { name, exact: true }))) {
      expect(await control.isDisabled()).toBe(true);
      expect(await control.getAttribute('title')).toBe('Samples are being drawn: wait, or cancel it.');
    }
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await view.waitForMessage('cancelInspection');
    await view.inspection('sample', {
      kind: 'sample',
      step: 4690,
      seed: 7,
      count: 64,
      image: { step: 4690, width: 56, height: 28, mime: 'image/png', bytes: flatPng(56, 28, 90) },
    });
    await panel.getByText('64 samples · step 4,690 · seed 7').waitFor();
    expect(await panel.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(false);
    await panel.getByRole('button', { name: 'Save as PNG…' }).click();
    await view.waitForMessage('saveInspection');
    await panel.locator('.picture').click();
    expect(await view.page.getByRole('dialog').innerText()).toContain('step 4,690, seed 7');
  });

  it('evaluates a resting run and tells the means, or why not', async () => {
    const view = await suite.open('run');
    const resting = summary({
      status: 'stopped',
      intents: ['continue'],
      inspections: ['sample', 'evaluate', 'quality'],
    });
    await view.snapshot({ runs: [resting], scalars });
    const panel = view.page.locator('.inspection');
    const samples = panel.getByRole('textbox', { name: 'Importance samples' });
    await view.delta({ runs: [{ ...resting, capabilities: { ...resting.capabilities!, likelihood: 'exact' } }] });
    expect(await samples.isVisible()).toBe(false);
    await view.delta({ runs: [resting] });
    await panel.getByText('0: Evaluate gives only a bound of the likelihood, the ELBO.').waitFor();
    await samples.fill('many');
    await panel.getByRole('button', { name: 'Evaluate' }).click();
    expect(await panel.getByRole('alert').innerText()).toContain('a whole number from 0 to 5000');
    await samples.fill('100');
    await panel.getByText('Evaluate also estimates the likelihood; each sample takes as long as the rest.').waitFor();
    await samples.press('Enter');
    expect(await view.waitForMessage('inspect')).toMatchObject({ what: 'evaluate', samples: 100 });
    await view.inspection('evaluate', {
      kind: 'metrics',
      step: 4690,
      count: 10_000,
      examples: 'point',
      metrics: { 'test/negative_elbo': 105.7012, 'test/log_likelihood': -99.25, 'latent/active_units': 20 },
    });
    await panel.getByText('10,000 test points · step 4,690').waitFor();
    expect(await panel.locator('.metrics').innerText()).toMatch(
      /test −ELBO nats\s+105\.70\s+test log likelihood\s+−99\.25\s+latent active units\s+20$/,
    );
    // The comparison of samples with data has standard errors, and names that say what they are.
    await panel.getByRole('button', { name: 'Sample Quality' }).click();
    await expect.poll(async () => (await view.sent('inspect')).at(-1)).toMatchObject({ what: 'quality' });
    await view.inspection('quality', {
      ...{ kind: 'metrics', step: 4690, count: 10_000, examples: 'image', generated: 5000 },
      metrics: { 'samples/classifier_fid': 12.5, 'samples/classes': 10 },
      errors: { 'samples/classifier_fid': 0.25 },
    });
    await panel.getByText('5,000 samples · 10,000 test images · step 4,690').waitFor();
    expect(await panel.locator('.metrics').innerText()).toMatch(
      /^Classifier-FID\s+12\.50 ± 0\.25\s+Classes found \(of at least 3 %\)\s+10$/,
    );
    await view.inspection('evaluate', { kind: 'problem', message: 'The trainer ended.' });
    expect(await panel.getByRole('alert').innerText()).toBe('Evaluation: The trainer ended.');
    expect(await panel.getByRole('button', { name: 'Evaluate' }).isEnabled()).toBe(true);
    // Once the run trains again, what was said of its checkpoint is of no use.
    await view.snapshot({ runs: [summary()], scalars });
    await expect.poll(() => panel.isVisible()).toBe(false);
    await view.snapshot({ runs: [resting], scalars });
    await expect.poll(() => panel.isVisible()).toBe(true);
    expect(await panel.getByRole('alert').isVisible()).toBe(false);
    expect(await panel.locator('.metrics').isVisible()).toBe(false);
  });

  it('says of a broken record that it cannot be read, and of a log of another program what it is', async () => {
    const view = await suite.open('run');
    const foreign = summary({ status: 'foreign', intents: [], presentation: undefined });
    await view.snapshot({ runs: [foreign] });
    const pill = view.page.locator('.run-header .pill');
    await expect.poll(() => pill.innerText()).toBe('Foreign log');
    const failure = { kind: 'internal' as const, message: 'run.json is not JSON.' };
    await view.snapshot({ runs: [{ ...foreign, failure }] });
    await expect.poll(() => pill.innerText()).toBe('Cannot be read');
  });

  it('enlarges an image by Enter, closes by Escape, and gives the keyboard back', async () => {
    const view = await suite.open('run');
    await answerAll(view);
    await view.snapshot(withImages([0, 500]));
    await untilGray(view, 50);
    const picture = view.page.locator('.image-panel').filter({ hasText: 'Samples' }).locator('.picture');
    await picture.focus();
    await view.page.keyboard.press('Enter');
    const dialog = view.page.getByRole('dialog');
    const large = dialog.locator('canvas');
    expect((await large.boundingBox())!.width).toBeGreaterThan(500);
    expect(await large.evaluate((node) => getComputedStyle(node).imageRendering)).toBe('pixelated');
    await dialog.getByRole('button', { name: 'Save as PNG…' }).click();
    expect(await view.waitForMessage('saveImage')).toMatchObject({ run: 'run-1', tag: SAMPLES, step: 500 });
    await view.page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(false);
    expect(await picture.evaluate((node) => node === document.activeElement)).toBe(true);
  });

  it('claims no step for a log of another program', async () => {
    const view = await suite.open('run');
    await view.snapshot({
      runs: [summary({ status: 'foreign', presentation: undefined, headline: undefined, step: 0, totalSteps: 0 })],
      scalars,
    });
    expect(await view.page.locator('.run-facts').innerText()).not.toContain('step 0');
  });

  it('lists notes and events, and goes to an event', async () => {
    const view = await suite.open('run');
    await answerAll(view);
    await view.snapshot({
      ...withImages(range(0, 1000, 100)),
      runs: [summary({ notes: ['Not bit for bit: 4 threads instead of 2.'] })],
      marks: [{ run: 'run-1', marks: [{ step: 300, text: 'learning rate 0.001 → 0.0005' }] }],
    });
    const events = view.page.locator('.events-panel');
    expect(await events.innerText()).toContain('Not bit for bit');
    await events.getByRole('button', { name: 'step 300' }).click();
    await untilGray(view, 30);
  });

  it('draws the curves that no chart names when they are asked for', async () => {
    const view = await suite.open('run');
    await view.snapshot({ runs: [summary()], scalars });
    await view.page.getByText('More curves').click();
    await view.settle();
    await view.chart('train/learning_rate').node.scrollIntoViewIfNeeded();
    await view.settle();
    await view.settle();
    expect((await view.chart('speed/steps_per_second').ink(RUNS.blue)).count).toBeGreaterThan(50);
  });

  it('shows hostile text as text', async () => {
    const view = await suite.open('run');
    const hostile = '<img src=x onerror="window.latentTest.troubles.push(1)">';
    await view.snapshot({
      runs: [
        summary({
          name: hostile,
          evidence: hostile,
          activity: hostile,
          obstacle: { message: hostile, remedy: hostile },
          notes: [hostile],
          failure: { message: hostile, remedy: hostile, kind: 'internal' },
          presentation: { ...summary().presentation!, panels: [{ kind: 'images', title: hostile, tag: SAMPLES }] },
        }),
      ],
      scalars,
      marks: [{ run: 'run-1', marks: [{ step: 3, text: hostile }] }],
      details: [
        {
          run: 'run-1',
          detail: detail({
            gitCommit: hostile,
            fixed: hostile,
            versions: { [hostile]: hostile },
            hyperparameters: [{ ...detail().hyperparameters[0]!, name: hostile, title: hostile }],
          }),
        },
      ],
    });
    await view.inspection('evaluate', {
      kind: 'metrics',
      step: 1,
      count: 1,
      examples: 'image',
      metrics: { [hostile]: 1 },
    });
    expect(await view.page.locator('h1').textContent()).toBe(hostile);
    expect(await view.page.locator('.notes li').textContent()).toBe(hostile);
    expect(await view.page.locator('body img').count()).toBe(0);
  });

  it('reaches every control by Tab', async () => {
    const view = await suite.open('run');
    await showRunTab(view);
    const reached = new Set<string>();
    for (let i = 0; i < 50; i++) {
      await view.page.keyboard.press('Tab');
      reached.add(
        await view.page.evaluate(() => {
          const node = document.activeElement as HTMLElement;
          return node.dataset['intent'] ?? node.getAttribute('aria-label') ?? node.className + node.innerText;
        }),
      );
    }
    const all = [...reached].join('\n');
    for (const part of [
      'pause',
      'checkpoint',
      'Smoothing',
      'Logged step',
      'legend-item',
      'Arrow keys move',
      'Live',
      'More curves',
      'step 1,400',
    ]) {
      expect(all).toContain(part);
    }
  });

  it('remembers its run beside its controls, for the window that brings the tab back', async () => {
    const view = await suite.open('run', { run: 'run-1' });
    await view.snapshot({ runs: [summary()], scalars });
    await view.axis('Epoch');
    const state: unknown = await view.page.evaluate(
      () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
    );
    expect(state).toMatchObject({ run: 'run-1', charts: { axis: 'epoch' } });
  });

  it('says that the run is gone', async () => {
    const view = await suite.open('run');
    await view.snapshot({});
    const missing = view.page.locator('.missing');
    await missing.getByText('Looking for this run').waitFor();
    await view.snapshot({ runs: [summary()], scalars });
    expect(await missing.isVisible()).toBe(false);
    await view.delta({ removed: ['run-1'] });
    await missing.getByText('no longer exists').waitFor();
    expect(await view.page.locator('.run-content').isVisible()).toBe(false);
  });
});
