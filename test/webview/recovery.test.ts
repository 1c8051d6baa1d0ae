import { describe, expect, it } from 'vitest';
import { summary } from './support/runs';
import { viewSuite } from './support/suite';
import type { ViewPage } from './support/viewPage';

const suite = viewSuite();
const points = (start: number, values: readonly number[]) => ({
  scalars: [
    {
      run: 'run-1',
      series: [{ tag: 'train/negative_elbo', start, steps: values.map((_, i) => start + i + 1), values }],
    },
  ],
});
const whole = { runs: [summary()], ...points(0, [3, 2, 1]) };
const asked = async (view: ViewPage) => (await view.sent('ready')).length;
const trouble = (view: ViewPage) => view.page.locator('.trouble');
/** Posts a packed message as VS Code delivers the 257th of its arrays: empty. */
const damaged = (view: ViewPage) =>
  view.page.evaluate(() => {
    const values = new Float64Array(3);
    window.latentTest.post({ ...window.latentPacking.pack({ type: 'snapshot', values }), buffer: new ArrayBuffer(0) });
  });

describe('a page that gets what it cannot apply', () => {
  it.each(['charts', 'run'] as const)('asks for everything once, and then says so (%s)', async (name) => {
    const view = await suite.open(name);
    await view.snapshot(whole);
    await view.delta(points(9, [0]));
    expect(await asked(view)).toBe(2);
    expect(await trouble(view).isHidden()).toBe(true);
    // What was on its way before the host heard of it is no second failure.
    await view.delta(points(12, [0]));
    expect(await trouble(view).isHidden()).toBe(true);
    await view.snapshot(points(0, []));
    await view.snapshot({ ...whole, ...points(7, [0]) });
    await trouble(view).getByText('points are missing within a curve').waitFor();
    for (const start of [8, 9, 10]) await view.snapshot({ ...whole, ...points(start, [0]) });
    expect(await asked(view)).toBe(2);
  });

  it('asks again when the button is pressed, and forgets its trouble with what arrives whole', async () => {
    const view = await suite.open('charts');
    await damaged(view);
    await view.waitForMessage('ready', 2);
    await damaged(view);
    await trouble(view).getByText('arrived with 0 of its 24 bytes').waitFor();
    await trouble(view).getByText('Reload').click();
    await view.waitForMessage('ready', 3);
    expect(await trouble(view).isHidden()).toBe(true);
    await damaged(view);
    await trouble(view).waitFor();
    expect(await asked(view)).toBe(3);
    await view.snapshot(whole);
    expect(await trouble(view).isHidden()).toBe(true);
    expect(await view.chart('−ELBO').value('train')).toBe('1.000');
  });

  it.each(['checkpoint', 'latent'] as const)(
    'asks for everything once also where it asks questions (%s)',
    async (name) => {
      const view = await suite.open(name);
      await damaged(view);
      await view.waitForMessage('ready', 2);
      for (let i = 0; i < 5; i++) await damaged(view);
      await trouble(view).getByText('arrived with 0 of its 24 bytes').waitFor();
      expect(await asked(view)).toBe(2);
    },
  );

  it('passes over what is no message of the host', async () => {
    const view = await suite.open('charts');
    await view.snapshot(whole);
    for (const other of [null, 'text', { type: 'snapshot' }, { type: 'delta', runs: 7 }]) {
      await view.page.evaluate((raw) => window.latentTest.post(raw), other);
    }
    await view.settle();
    expect(await asked(view)).toBe(1);
    expect(await view.chart('−ELBO').value('train')).toBe('1.000');
  });
});

describe('charts of a log with very many tags', () => {
  it('are made when they come into sight', async () => {
    const view = await suite.open('charts', { height: 600 });
    const series = Array.from({ length: 200 }, (_, i) => ({
      tag: `layer_${i}`,
      start: 0,
      steps: [1, 2],
      values: [1, i],
    }));
    await view.snapshot({
      runs: [summary({ presentation: undefined })],
      scalars: [{ run: 'run-1', series }],
    });
    expect(await view.page.locator('.chart').count()).toBe(60);
    expect(await view.page.locator('.chart canvas').count()).toBeLessThan(12);
    await view.page.locator('.chart').nth(59).scrollIntoViewIfNeeded();
    await view.page.locator('.chart').nth(59).locator('canvas').waitFor();
    await view.page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => view.page.locator('.chart').count()).toBe(120);
  });
});

describe('the KL of thousands of latent dimensions', () => {
  it('is shown as at most 128 bars, each of which says what it stands for', async () => {
    const view = await suite.open('run');
    const panels = [
      { kind: 'bars', prefix: 'latent/kl/', count: 4096, title: 'KL', unit: 'nats', threshold: 0.01 } as const,
    ];
    const series = Array.from({ length: 4096 }, (_, i) => ({
      tag: `latent/kl/${String(i).padStart(2, '0')}`,
      start: 0,
      steps: [1],
      values: [i === 1000 ? 2 : i % 2 === 0 ? 0.5 : 0],
    }));
    const presentation = { ...summary().presentation!, panels };
    await view.snapshot({ runs: [summary({ presentation })], scalars: [{ run: 'run-1', series }] });
    const panel = view.page.locator('.bars-panel');
    expect(await panel.locator('.bar').count()).toBe(128);
    expect(await panel.locator('.where').innerText()).toBe('2,048 of 4,096 above 0.01 nats');
    await panel.locator('.bar').nth(31).hover();
    expect(await panel.locator('.where').innerText()).toBe('dimensions 992–1023, largest: dimension 1000: 2.000 nats');
  });
});
