import { describe, expect, it } from 'vitest';
import { choice, showCharts } from './support/scenes';
import { range, summary, vaeSeries, type Series } from './support/runs';
import { RUNS, viewSuite } from './support/suite';

const suite = viewSuite();
const line = (values: readonly number[], start = 0, by = 10): Series => ({
  tag: 'train/negative_elbo',
  start,
  steps: values.map((_, i) => (start + i) * by),
  values,
});
const series = (...all: ReturnType<typeof line>[]) => [{ run: 'run-1', series: all }];
const oneRun = { runs: [summary({ status: 'finished', intents: [] })] };

describe('the charts panel', () => {
  it('draws the curves of a snapshot and moves them with a delta', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ ...oneRun, scalars: [{ run: 'run-1', series: vaeSeries(1000) }] });
    const chart = view.chart('−ELBO');
    expect((await chart.ink(RUNS.blue)).count).toBeGreaterThan(100);
    const before = await chart.value('train');
    await view.delta({ scalars: series(line([77.77], 101)) });
    expect([before, await chart.value('train')]).toEqual([expect.stringMatching(/^1\d\d\.\d\d$/), '77.77']);
  });

  it('acknowledges every message once, after it was drawn', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ ...oneRun, scalars: series(line([3, 2, 1])) });
    await view.delta({ scalars: series(line([1.5], 3)) });
    expect((await view.sent('acknowledge')).map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(await view.chart('−ELBO').value('train')).toBe('1.500');
  });

  it('asks for a snapshot when points are missing', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ ...oneRun, scalars: series(line([3, 2, 1])) });
    await view.delta({ scalars: series(line([1], 9)) });
    await view.waitForMessage('ready', 2);
    expect(await view.chart('−ELBO').value('train')).toBe('1.000');
  });

  it('cuts a curve back where a resumed run continues', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ ...oneRun, scalars: series(line([5, 4, 3, 2, 1])) });
    await view.delta({ scalars: series(line([9], 2)) });
    const chart = view.chart('−ELBO');
    expect(await chart.value('train')).toBe('9.000');
    await chart.hoverAt(0.99);
    expect(await chart.node.locator('.where').textContent()).toBe('step 20');
  });

  it('hides a kind of curve by its legend, and remembers that across a reload', async () => {
    const view = await suite.open('charts');
    await showCharts(view, 1);
    const chart = view.chart('KL');
    const all = (await chart.ink(RUNS.blue)).count;
    await chart.legend('train').click();
    await view.settle();
    const left = (await chart.ink(RUNS.blue)).count;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(all / 2);
    expect(await chart.legend('train').getAttribute('aria-pressed')).toBe('false');
    await view.page.reload();
    await view.waitForMessage('ready');
    await showCharts(view, 1);
    expect(await chart.legend('train').getAttribute('aria-pressed')).toBe('false');
    await chart.legend('train').click();
    await view.settle();
    expect((await chart.ink(RUNS.blue)).count).toBe(all);
  });

  it('lays several runs over each other in their colors, and takes one away when the host says so', async () => {
    const view = await suite.open('charts');
    await showCharts(view, 3);
    const chart = view.chart('Reconstruction');
    for (const color of [RUNS.blue, RUNS.yellow, RUNS.pink]) expect((await chart.ink(color)).count).toBeGreaterThan(20);
    await view.delta({ removed: ['run-2'] });
    await view.settle();
    expect((await chart.ink(RUNS.yellow)).count).toBe(0);
    expect((await chart.ink(RUNS.pink)).count).toBeGreaterThan(20);
  });

  it('shows names and values of all runs at the pointer, once, sorted by value, and nothing of one that has ended', async () => {
    const view = await suite.open('charts', { width: 700 });
    const names = { a: 'vae-mnist-low', b: 'vae-mnist-high', c: 'vae-mnist-ended' };
    const flat = (value: number, count: number) => [{ ...line(range(1, count, 1).map(() => value)) }];
    await view.snapshot({
      runs: Object.entries(names).map(([key, name], color) => summary({ key, name, color })),
      scalars: [
        { run: 'a', series: flat(1, 100) },
        { run: 'b', series: flat(3, 100) },
        { run: 'c', series: flat(2, 20) },
      ],
    });
    const chart = view.chart('−ELBO');
    const readout = view.page.locator('.readout');
    const rows = readout.locator('tr');
    await chart.hoverAt(0.15);
    expect(await rows.locator('.name').allTextContents()).toEqual([names.b, names.c, names.a]);
    await chart.hoverAt(0.8);
    expect(await rows.locator('.name').allTextContents()).toEqual([names.b, names.a]);
    expect(await readout.count()).toBe(1);
    // The curve that is pointed at stands out.
    const plot = (await chart.plot.boundingBox())!;
    for (const [at, name] of [
      [10, names.b],
      [plot.height - 30, names.a],
    ] as const) {
      await view.page.mouse.move(plot.x + plot.width * 0.8, plot.y + at);
      expect(await readout.locator('.near .name').textContent()).toBe(name);
    }
    await view.page.mouse.move(1, 1);
    expect(await readout.isVisible()).toBe(false);
  });

  it.each([300, 700])(
    'keeps the values of sixty runs inside a panel of %i pixels, and counts what has no room',
    async (width) => {
      const view = await suite.open('charts', { width, height: 420 });
      const keys = range(1, 60, 1).map((i) => `convolutional-vae-fashion-mnist-beta-${i}`);
      await view.snapshot({
        runs: keys.map((key, color) => summary({ key, name: key, color, status: 'finished', intents: [] })),
        scalars: keys.map((run, i) => ({ run, series: [line([i, i, i])] })),
      });
      const readout = view.page.locator('.readout');
      for (const share of [0.2, 0.5, 0.95]) {
        await view.chart('−ELBO').hoverAt(share);
        const box = (await readout.boundingBox())!;
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.y).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
        expect(box.y + box.height).toBeLessThanOrEqual(420);
        const shown = await readout.locator('tr').count();
        expect(shown).toBeGreaterThan(10);
        expect(await readout.locator('.dim').textContent()).toBe(`+${60 - shown} more`);
        // The end of a name, which tells it from the others, is whole.
        const cut = await readout
          .locator('.own')
          .evaluateAll((all) => all.filter((own) => own.scrollWidth > own.clientWidth).length);
        expect(cut).toBe(0);
      }
    },
  );

  it('has a logarithmic scale, on which what is not positive is left out and said', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ ...oneRun, scalars: series(line([1, 10, 100, 1000])) });
    await view.smoothing.fill('0');
    await view.settle();
    const chart = view.chart('−ELBO');
    // How far up the plot the second of the four points is: a hundredth of the way, or a third.
    const height = async () => {
      await chart.hoverAt(0.42);
      const [dot, plot] = [await chart.node.locator('.dot').boundingBox(), await chart.plot.boundingBox()];
      await view.page.mouse.move(1, 1);
      return 1 - (dot!.y - plot!.y) / plot!.height;
    };
    expect(await height()).toBeLessThan(0.25);
    await view.logarithmic.click();
    await view.settle();
    expect(await height()).toBeGreaterThan(0.35);
    await view.delta({ scalars: series(line([-1, -2, -3, 0], 0)) });
    expect(await chart.node.locator('.notice').textContent()).toContain('No value above 0');
  });

  it('counts the values that a logarithmic scale leaves out', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ ...oneRun, scalars: series(line([0, 1, -5, 100])) });
    const notice = view.chart('−ELBO').node.locator('.notice');
    expect(await notice.isVisible()).toBe(false);
    await view.logarithmic.click();
    await view.settle();
    expect(await notice.textContent()).toBe('train: 2 values ≤ 0 not on a logarithmic scale.');
  });

  it('draws a run that has just begun without an axis that jumps', async () => {
    const view = await suite.open('charts');
    const end = async () => {
      await view.chart('−ELBO').hoverAt(0.94);
      return Number(((await view.chart('−ELBO').node.locator('.where').textContent()) ?? '').replace(/\D/g, ''));
    };
    await view.snapshot({ runs: [summary({ status: 'running' })], scalars: series(line([3], 0)) });
    const before = await end();
    expect(before).toBeGreaterThan(90);
    await view.delta({ scalars: series(line([2, 1], 1)) });
    expect(await end()).toBe(before);
  });

  it('shows many series that differ by a number as one map, which the keyboard reads', async () => {
    const view = await suite.open('charts');
    const rows = range(0, 11, 1).map((i) => ({
      tag: `latent/variance/${i}`,
      steps: [0, 10, 20],
      values: [i, i / 2, 0],
    }));
    await view.snapshot({
      runs: [summary({ status: 'foreign', presentation: undefined, headline: undefined, intents: [] })],
      scalars: [{ run: 'run-1', series: rows }],
    });
    expect(await view.page.locator('.plot').count()).toBe(0);
    const map = view.page.getByRole('img', { name: /^latent\/variance: 12 series as a heat map, 0 to 11\./ });
    // The newest column is pale throughout, the first one from pale to the run's color.
    const strength = (column: number, row: number) =>
      map.evaluate(
        (canvas: HTMLCanvasElement, [x, y]) =>
          canvas.getContext('2d')!.getImageData(Math.round(x * (canvas.width - 1)), y, 1, 1).data[2]!,
        [column, row] as const,
      );
    expect(await strength(0, 11)).toBeGreaterThan((await strength(0, 0)) + 100);
    expect(await strength(1, 11)).toBe(await strength(1, 0));
    await map.focus();
    for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowRight']) await view.page.keyboard.press(key);
    expect(await view.page.locator('.heat-map .where').textContent()).toBe('2 at step 10: 1');
  });

  it('paints a heat map of thousands of rows no finer than it is shown, and still reads each of them', async () => {
    const view = await suite.open('charts');
    const [first, last] = ['0000', '4095'];
    const rows = range(0, 4095, 1).map((row) => {
      const tag = `latent/variance/${String(row).padStart(4, '0')}`;
      return { tag, start: 0, steps: [0, 10, 20], values: [row, row / 2, 0] };
    });
    const foreign = summary({ status: 'foreign', presentation: undefined, headline: undefined, intents: [] });
    await view.snapshot({ runs: [foreign], scalars: [{ run: 'run-1', series: rows }] });
    const map = view.page.getByRole('img', { name: /4096 series as a heat map, 0 to 4,?095/ });
    const [height, shown] = await map.evaluate((canvas: HTMLCanvasElement) => [canvas.height, canvas.clientHeight]);
    expect(height).toBe(shown);
    const where = view.page.locator('.heat-map .where');
    await map.focus();
    await view.page.keyboard.press('Home');
    expect(await where.textContent()).toMatch(new RegExp(`^${first} at step 0`));
    const box = (await map.boundingBox())!;
    await view.page.mouse.move(box.x + 2, box.y + box.height - 1.5);
    await expect.poll(() => where.textContent()).toMatch(new RegExp(`^${last.slice(0, 2)}\\d\\d at step 0`));
  });

  it('says that no run is ticked, and where one can be', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ choices: [choice('run-1', { shown: false })] });
    await view.page.getByText('No run is ticked.').waitFor();
    expect(await view.page.getByRole('button', { name: 'Train VAE' }).isVisible()).toBe(false);
    expect(await view.page.locator('.empty-state').innerText()).toContain('in the Runs view');
  });

  it('does not let the beginning or a spike flatten a curve, marks where it leaves, and fits all when told to', async () => {
    const view = await suite.open('charts');
    const values = range(0, 99, 1).map((i) => (i === 0 || i === 60 ? 10_000 : 100 + (i % 10)));
    await view.snapshot({ ...oneRun, scalars: series(line(values)) });
    await view.smoothing.fill('0');
    await view.settle();
    const chart = view.chart('−ELBO');
    const readable = (await chart.ink(RUNS.blue)).count;
    const remark = chart.node.locator('.remark');
    const plot = (await chart.plot.boundingBox())!;
    // The plot's axis begins 46 pixels from the left, and ends 18 from the right; the last point is at step 990.
    await view.page.mouse.move(plot.x + 46 + (600 / 990) * (plot.width - 64), plot.y + 60);
    expect(await remark.textContent()).toBe('train: 10,000 at step 600, above the shown range');
    await view.page.mouse.move(plot.x + 46 + (300 / 990) * (plot.width - 64), plot.y + 60);
    expect(await remark.isVisible()).toBe(false);
    await view.page.getByRole('switch', { name: 'Fit all' }).click();
    await view.settle();
    // What filled the plot now lies on one line.
    expect((await chart.ink(RUNS.blue)).count).toBeLessThan(readable / 2);
    await view.page.mouse.move(plot.x + 46 + (600 / 990) * (plot.width - 64), plot.y + 60);
    expect(await remark.isVisible()).toBe(false);
  });

  it('draws the last dot whole', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ ...oneRun, scalars: series(line([3, 2, 5])) });
    const chart = view.chart('−ELBO');
    await view.smoothing.fill('0');
    await view.settle();
    const width = (await chart.plot.boundingBox())!.width;
    // Half of the dot lies beyond the axis' end, which is 18 pixels from the edge.
    expect((await chart.ink(RUNS.blue)).right * width).toBeGreaterThan(width - 18 + 0.5);
  });

  it('outlines a slider for the keyboard alone', async () => {
    const view = await suite.open('charts');
    await showCharts(view, 1);
    const outline = () => view.smoothing.evaluate((slider) => getComputedStyle(slider).outlineStyle);
    await view.smoothing.click();
    expect(await outline()).toBe('none');
  });

  it('smooths, and keeps the raw curve behind', async () => {
    const view = await suite.open('charts');
    const zigzag = range(0, 199, 1).map((i) => (i % 2 === 0 ? 0 : 100));
    await view.snapshot({ ...oneRun, scalars: series(line(zigzag)) });
    await view.smoothing.fill('0.99');
    await view.settle();
    const chart = view.chart('−ELBO');
    const smooth = await chart.ink(RUNS.blue);
    expect(smooth.bottom - smooth.top).toBeLessThan(0.5);
    expect(await chart.legend('train').locator('.smooth').textContent()).toMatch(/^≈ (4\d|5\d)\./);
    await view.smoothing.fill('0');
    await view.settle();
    const raw = await chart.ink(RUNS.blue);
    expect(raw.bottom - raw.top).toBeGreaterThan(0.6);
  });

  it('counts by step, by epoch or by time', async () => {
    const view = await suite.open('charts');
    await showCharts(view, 1);
    const where = view.chart('KL').node.locator('.where');
    for (const [axis, text] of [
      ['Step', /^step [\d,]+$/],
      ['Epoch', /^epoch \d+(\.\d+)?$/],
      ['Time', /^\d+ s$/],
    ] as const) {
      await view.axis(axis);
      await view.settle();
      await view.page.mouse.move(1, 1);
      await view.chart('KL').hoverAt(0.6);
      expect(await where.textContent()).toMatch(text);
    }
  });

  it('draws both halves of a run by time when its clock was set back between them, and says so', async () => {
    const view = await suite.open('charts');
    const steps = range(0, 990, 10);
    const walls = steps.map((step) => 1_790_000_000 + step / 10 - (step < 500 ? 0 : 3600));
    const values = steps.map((step) => (step < 500 ? 10 : 20));
    await view.snapshot({ ...oneRun, scalars: series({ ...line(values), steps, walls }) });
    await view.smoothing.fill('0');
    await view.axis('Time');
    await view.settle();
    const chart = view.chart('−ELBO');
    const ink = await chart.ink(RUNS.blue);
    expect(ink.right - ink.left).toBeGreaterThan(0.7);
    expect(ink.bottom - ink.top).toBeGreaterThan(0.6);
    expect(await chart.node.locator('.notice').textContent()).toContain('was set back by 59 min 59 s at step 500');
    // Each half is found under the pointer where it is drawn.
    await chart.hoverAt(0.3);
    expect(await chart.value('train')).toBe('10.00');
    await chart.hoverAt(0.9);
    expect(await chart.value('train')).toBe('20.00');
    await view.axis('Step');
    await view.settle();
    expect(await chart.node.locator('.notice').isVisible()).toBe(false);
  });

  it('shows a value that is not finite as a gap, and says where', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ ...oneRun, scalars: series(line([5, 4, NaN, 2, Infinity, 1])) });
    const chart = view.chart('−ELBO');
    expect(await chart.node.locator('.notice').textContent()).toBe('train: 2 values not finite, first at step 20.');
    expect((await chart.ink(RUNS.blue)).count).toBeGreaterThan(50);
    await view.delta({ scalars: series(line([NaN], 6)) });
    expect(await chart.value('train')).toBe('NaN');
  });

  it('zooms to a dragged range, and back by Escape', async () => {
    const view = await suite.open('charts');
    await showCharts(view, 1);
    const { plot, node } = view.chart('KL');
    const box = (await plot.boundingBox())!;
    await view.page.mouse.move(box.x + box.width * 0.5, box.y + 50);
    await view.page.mouse.down();
    await view.page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
    await view.page.mouse.up();
    await view.settle();
    const reset = view.page.locator('vscode-toolbar-button[icon="zoom-out"]');
    expect(await reset.isVisible()).toBe(true);
    await view.chart('KL').hoverAt(0.2);
    const zoomed = Number((await node.locator('.where').textContent())!.replace(/\D/g, ''));
    expect(zoomed).toBeGreaterThan(1000);
    await plot.focus();
    await view.page.keyboard.press('Escape');
    await view.settle();
    expect(await reset.isVisible()).toBe(false);
  });

  it('walks along the points by arrow keys and says them', async () => {
    const view = await suite.open('charts');
    await view.snapshot({ ...oneRun, scalars: series(line([5, 4, 3, 2])) });
    const { plot, node } = view.chart('−ELBO');
    await plot.focus();
    const where = async () => (await node.locator('.where').textContent()) ?? '';
    const visited: string[] = [];
    for (const key of ['ArrowLeft', 'ArrowLeft', 'Home', 'ArrowRight', 'End']) {
      await view.page.keyboard.press(key);
      visited.push(await where());
    }
    expect(visited).toEqual(['step 30', 'step 20', 'step 0', 'step 10', 'step 30']);
    expect(await node.locator('[aria-live]').textContent()).toBe('Step 30: vae-mnist-001 train 2');
  });

  it('groups the tags of a log of another program', async () => {
    const view = await suite.open('charts');
    await view.snapshot({
      runs: [
        summary({ status: 'foreign', presentation: undefined, headline: undefined, stepsPerEpoch: 0, intents: [] }),
      ],
      scalars: [{ run: 'run-1', series: ['loss/train', 'loss/val', 'lr'].map((tag) => ({ ...line([3, 2, 1]), tag })) }],
    });
    expect(await view.page.locator('.chart h3').allTextContents()).toEqual(['loss', 'lr']);
    expect(await view.chart('loss').node.locator('.legend .label').allTextContents()).toEqual(['train', 'val']);
    await view.axis('Epoch');
    await view.settle();
    expect(await view.chart('lr').node.locator('.notice').textContent()).toContain('steps per epoch are unknown');
  });

  it('draws the charts of a log with hundreds of groups a page at a time', async () => {
    const view = await suite.open('charts');
    const tags = Array.from({ length: 130 }, (_, i) => `group${String(i).padStart(3, '0')}/loss`);
    await view.snapshot({
      runs: [summary({ status: 'foreign', presentation: undefined, headline: undefined, intents: [] })],
      scalars: [{ run: 'run-1', series: tags.map((tag) => ({ ...line([2, 1]), tag })) }],
    });
    const charts = view.page.locator('.chart');
    expect(await charts.count()).toBe(60);
    await view.page.getByRole('button', { name: 'Show more (70 further charts)' }).click();
    await view.settle();
    await view.page.getByRole('button', { name: 'Show more (10 further charts)' }).click();
    await view.settle();
    expect(await charts.count()).toBe(130);
    expect(await view.page.getByRole('button', { name: /further/ }).count()).toBe(0);
  });

  it('keeps everything in its place when charts come into sight', async () => {
    const view = await suite.open('charts');
    await view.snapshot({
      runs: [summary({ status: 'foreign', presentation: undefined, headline: undefined, intents: [] })],
      scalars: series(...range(0, 49, 1).map((i) => ({ ...line([2, 1]), tag: `group${i}/loss` }))),
    });
    const unseen = view.page.locator('.chart.unseen');
    const height = () => view.page.evaluate(() => document.documentElement.scrollHeight);
    await view.settle();
    const [before, waiting] = [await height(), await unseen.count()];
    await view.page.locator('.chart').last().scrollIntoViewIfNeeded();
    await expect.poll(() => unseen.count()).toBeLessThan(waiting);
    await view.settle();
    expect(Math.abs((await height()) - before)).toBeLessThan(2);
  });

  it('says what to do when there is nothing, and offers it', async () => {
    const view = await suite.open('charts');
    await view.snapshot({});
    await view.page.getByRole('button', { name: 'Train VAE' }).click();
    await view.waitForMessage('train');
    await view.snapshot({ lookOnly: 'This workspace is not trusted.' });
    expect(await view.page.getByRole('button', { name: 'Train VAE' }).isVisible()).toBe(false);
    expect(await view.page.locator('.empty-state').textContent()).toContain('This workspace is not trusted.');
    await view.snapshot(oneRun);
    expect(await view.page.locator('.empty-state').innerText()).toContain('vae-mnist-001 has not logged a value');
  });

  it('shows names and tags as text, whatever they contain', async () => {
    const view = await suite.open('charts');
    const hostile = '<img src=x onerror="window.latentTest.troubles.push(1)"><script>1</script>';
    await view.snapshot({
      runs: [summary({ name: hostile, evidence: hostile, presentation: undefined, status: 'foreign' })],
      choices: [choice('run-1', { name: hostile })],
      scalars: [{ run: 'run-1', series: [{ ...line([2, 1]), tag: hostile }] }],
    });
    expect(await view.page.locator('.chart h3').textContent()).toBe(hostile.slice(0, hostile.lastIndexOf('/')));
    expect(await view.page.locator('body img, main script').count()).toBe(0);
  });
});
