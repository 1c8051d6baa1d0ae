import { describe, expect, it } from 'vitest';
import { classColor } from '../../webview/shared/classColors';
import type { Panel } from '../../src/protocol/panels';
import { growing, normals, panelUpdate, showPanels, type Logged } from './support/panels';
import { viewSuite } from './support/suite';
import type { ViewPage } from './support/viewPage';

const suite = viewSuite();
const STEPS = [0, 100, 200];

const plane: Panel = {
  kind: 'plane',
  title: 'Plane',
  axes: ['x₁', 'x₂'],
  layers: [
    { kind: 'field', tag: 'field', label: 'critic', x: [-2, 2], y: [-1, 1] },
    { kind: 'grid', tag: 'grid', label: 'mesh' },
    { kind: 'points', tag: 'points', label: 'data', classes: ['left', 'right'] },
    { kind: 'arrows', tag: 'arrows', label: 'score' },
  ],
};
const matrix: Panel = {
  kind: 'matrix',
  title: 'Confusion',
  tag: 'matrix',
  unit: '',
  axes: { rows: 'true class', columns: 'predicted' },
  rows: ['cat', 'dog'],
  columns: ['cat', 'dog', 'none'],
  scale: 'diverging',
};
const histograms: Panel = {
  kind: 'histograms',
  title: 'Critic values',
  quantity: 'critic output',
  series: [
    { tag: 'h/data', label: 'data' },
    { tag: 'h/model', label: 'model' },
  ],
};
const filmstrip: Panel = { kind: 'filmstrip', title: 'Drawing', tag: 'film' };

const logged: Logged = {
  tensors: {
    field: (step) => ({ shape: [2, 4], values: [-1, 0, 1, 2, 3, 4, 5, 6 + step] }),
    grid: () => ({ shape: [2, 2, 2], values: [-1, -1, 1, -1, -1, 1, 1, 1] }),
    points: (step) => ({ shape: [3, 3], values: [-1, 0, 0, 1, 0.5, 1, step / 200, NaN, 0] }),
    arrows: () => ({ shape: [1, 4], values: [0, 0, 0.5, 0.5] }),
    matrix: (step) => ({ shape: [2, 3], values: [0.25, -0.5, 0, NaN, 0.125, step / 100] }),
  },
  histograms: {
    'h/data': (step) => Float32Array.of(0, 1, 1, 2, step / 100),
    'h/model': () => {
      const next = normals(4);
      return Float32Array.from({ length: 500 }, next);
    },
  },
  images: { film: () => growing(4) },
};

const panel = (view: ViewPage, kind: string) => view.page.locator(`.${kind}-panel`).first();
const label = (view: ViewPage, kind: string) => panel(view, kind).locator('canvas').first().getAttribute('aria-label');
const reading = (view: ViewPage, kind: string) => panel(view, kind).locator('.figure-reading').textContent();

async function open(panels: readonly Panel[] | undefined, values: Logged = logged, steps = STEPS, options = {}) {
  const view = await suite.open('run', options);
  await showPanels(view, panels, values, steps);
  return view;
}

/** Moves the one slider to a stop. */
async function goTo(view: ViewPage, index: number): Promise<void> {
  await view.timeline.fill(String(index));
}

/** Pixels of a canvas whose color is close to one. */
function inkOf(view: ViewPage, kind: string, color: readonly [number, number, number]): Promise<number> {
  return panel(view, kind)
    .locator('canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement, [red, green, blue]) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const distance = Math.abs(data[i]! - red) + Math.abs(data[i + 1]! - green) + Math.abs(data[i + 2]! - blue);
        if (data[i + 3]! > 200 && distance < 40) count++;
      }
      return count;
    }, color);
}

describe('the panel of a plane', () => {
  it('says what it shows, at the playhead’s step, and counts what cannot be drawn', async () => {
    const view = await open([plane]);
    await expect
      .poll(() => label(view, 'plane'))
      .toContain('Plane at step 200. critic: −1 to 206; mesh: mesh of 2 × 2');
    expect(await label(view, 'plane')).toContain('data: 3 points, 1 not finite; score: 1 arrow');
    expect(await panel(view, 'plane').locator('.class-legend').innerText()).toMatch(/left\s+right/);
    await goTo(view, 0);
    // Points of classes are three dots of their colors, arrows a line.
    const drawn = (name: string) => panel(view, 'plane').getByRole('button', { name }).locator('svg > *');
    expect(await drawn('data').evaluateAll((nodes) => nodes.map((node) => node.tagName))).toEqual(
      Array(3).fill('circle'),
    );
    expect(await drawn('score').evaluateAll((nodes) => nodes.map((node) => node.tagName))).toEqual(['line']);
    await expect.poll(() => label(view, 'plane')).toContain('Plane at step 0. critic: −1 to 6;');
  });

  it('keeps within the tab with long names of classes', async () => {
    const layers = [
      { kind: 'points' as const, tag: 'points', label: 'data', classes: Array<string>(9).fill('c'.repeat(100)) },
    ];
    const view = await open([{ ...plane, layers }]);
    await view.page.setViewportSize({ width: 400, height: 800 });
    await expect.poll(() => panel(view, 'plane').locator('.class-legend li').count()).toBe(9);
    expect(await view.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  it('hides a layer by its entry in the legend, also after the window is loaded again', async () => {
    const view = await open([plane]);
    const entry = panel(view, 'plane').getByRole('button', { name: 'critic' });
    await expect.poll(() => label(view, 'plane')).toContain('critic:');
    await entry.click();
    await expect.poll(() => label(view, 'plane')).not.toContain('critic:');
    expect(await panel(view, 'plane').locator('.color-bar').isVisible()).toBe(false);
    await view.page.reload();
    await view.waitForMessage('ready');
    await view.snapshot(panelUpdate([plane], logged, STEPS));
    const again = panel(view, 'plane').locator('.legend-item').first();
    expect(await again.getAttribute('aria-pressed')).toBe('false');
  });

  it('zooms and moves by keys and wheel, and shows all again', async () => {
    const view = await open([plane]);
    const canvas = panel(view, 'plane').locator('canvas');
    await expect.poll(() => label(view, 'plane')).toContain('critic:');
    const all = panel(view, 'plane').getByRole('button', { name: 'Show all' });
    const picture = () => canvas.evaluate((node: HTMLCanvasElement) => node.toDataURL());
    await view.settle();
    const whole = await picture();
    for (const key of ['+', 'ArrowRight', '-', 'ArrowUp']) {
      const before = await picture();
      await canvas.press(key);
      await expect.poll(picture).not.toBe(before);
    }
    expect(await all.isVisible()).toBe(true);
    await canvas.press('0');
    await expect.poll(picture).toBe(whole);
    expect(await all.isVisible()).toBe(false);
    const box = (await canvas.boundingBox())!;
    await view.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await canvas.evaluate((node) => node.blur());
    // The page scrolls past a plane that nobody chose.
    await view.page.mouse.wheel(0, -200);
    await view.settle();
    expect(await all.isVisible()).toBe(false);
    await view.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await view.page.mouse.wheel(0, -200);
    await expect.poll(() => all.isVisible()).toBe(true);
    await canvas.dblclick();
    await expect.poll(() => all.isVisible()).toBe(false);
  });

  it('reads points by keys, and the field under the pointer', async () => {
    const view = await open([plane]);
    const canvas = panel(view, 'plane').locator('canvas');
    await expect.poll(() => label(view, 'plane')).toContain('critic:');
    await canvas.press('.');
    expect(await reading(view, 'plane')).toBe('data 0 (left): −1, 0');
    await canvas.press('.');
    expect(await panel(view, 'plane').locator('[aria-live]').textContent()).toBe('data 1 (right): 1, 0.5');
    const box = (await canvas.boundingBox())!;
    await view.page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.45);
    expect(await reading(view, 'plane')).toMatch(/^x₁ 0\.\d+, x₂ 0\.\d+ · critic 5$/);
  });

  it('draws the other layers where one is of another shape, and says so', async () => {
    const tensors = {
      ...logged.tensors!,
      points: () => ({ shape: [3], values: [1, 2, 3] }),
      grid: () => ({ shape: [2, 2, 2], values: Array<number>(8).fill(Infinity) }),
      arrows: () => ({ shape: [2, 4], values: [NaN, 0, 1, 1, 3e38, 3e38, 3e38, -3e38] }),
    };
    const view = await open([plane], { tensors });
    await expect
      .poll(() => panel(view, 'plane').innerText())
      .toContain('“data” cannot be drawn: its values are of shape [3]');
    expect(await label(view, 'plane')).toContain('critic: −1 to 206');
  });

  it('draws twenty thousand points in the colors of their classes', async () => {
    const next = normals(1);
    const values = Float32Array.from({ length: 60_000 }, (_, i) =>
      i % 3 === 2 ? (i < 30_000 ? 0 : 1) : next() + (i < 30_000 ? -9 : 9),
    );
    const cloud: Panel = {
      kind: 'plane',
      title: 'Cloud',
      axes: ['x', 'y'],
      layers: [{ kind: 'points', tag: 'c', label: 'c' }],
    };
    const view = await open([cloud], { tensors: { c: () => ({ shape: [20_000, 3], values }) } });
    await expect.poll(() => label(view, 'plane')).toContain('20,000 points');
    for (const label of [0, 1]) {
      const color = Number.parseInt(classColor(label, true).slice(1), 16);
      await expect.poll(() => inkOf(view, 'plane', [color >> 16, (color >> 8) & 255, color & 255])).toBeGreaterThan(20);
    }
  });
});

describe('the panel of a matrix', () => {
  it('says how large it is and which cell is the largest', async () => {
    const view = await open([matrix]);
    await expect
      .poll(() => label(view, 'matrix'))
      .toBe(
        'Confusion at step 200: 2 × 3, largest true class dog, predicted none: 2, 1 cell not finite. ' +
          'Arrow keys read its cells.',
      );
    await goTo(view, 0);
    await expect
      .poll(() => label(view, 'matrix'))
      .toContain('step 0: 2 × 3, largest true class cat, predicted dog: −0.5');
  });

  it('reads its cells by arrow keys and under the pointer', async () => {
    const view = await open([matrix]);
    const canvas = panel(view, 'matrix').locator('canvas');
    await expect.poll(() => label(view, 'matrix')).toContain('step 200');
    await canvas.press('ArrowRight');
    expect(await reading(view, 'matrix')).toBe('true class cat, predicted cat: 0.25');
    await canvas.press('ArrowRight');
    await canvas.press('ArrowDown');
    expect(await panel(view, 'matrix').locator('[aria-live]').textContent()).toBe(
      'true class dog, predicted dog: 0.125',
    );
    await canvas.press('End');
    await canvas.press('ArrowLeft');
    await canvas.press('ArrowLeft');
    expect(await reading(view, 'matrix')).toBe('true class dog, predicted cat: NaN');
  });

  it('draws a million cells, and keeps a single large one in sight', async () => {
    const large: Panel = { ...matrix, rows: undefined, columns: undefined };
    // The test's wire is JSON, which a million zeros are too many for: the page makes them itself.
    const view = await suite.open('run');
    await view.snapshot(panelUpdate([large], { tensors: { matrix: () => ({ shape: [], values: [] }) } }, [1]));
    const { id } = await view.waitForRequest('tensor');
    await view.page.evaluate((request) => {
      const made = new Float32Array(1024 * 1024);
      made[500 * 1024 + 700] = -1;
      const value = { step: 1, shape: [1024, 1024], values: made };
      window.postMessage(window.latentPacking.pack({ type: 'answer', id: request, value }), '*');
    }, id);
    await expect
      .poll(() => label(view, 'matrix'))
      .toContain('1,024 × 1,024, largest true class 500, predicted 700: −1');
    await expect.poll(() => inkOf(view, 'matrix', [0xd1, 0x86, 0x16])).toBeGreaterThan(0);
    expect(await inkOf(view, 'matrix', [0xd1, 0x86, 0x16])).toBeLessThan(20);
  });

  it.each([
    ['no matrix', [6], '[6]'],
    ['too large', [1025, 1], '1025 × 1'],
    ['empty', [0, 3], 'no cells'],
  ] as const)('says why it draws none: %s', async (_, shape, words) => {
    const count = shape.reduce<number>((product, side) => product * side, 1);
    const view = await open([matrix], { tensors: { matrix: () => ({ shape, values: new Float32Array(count) }) } });
    await expect.poll(() => panel(view, 'matrix').innerText()).toContain(words);
  });
});

describe('the panel of histograms', () => {
  it('says how each distribution lies at the playhead’s step', async () => {
    const view = await open([histograms]);
    await expect
      .poll(() => label(view, 'histograms'))
      .toMatch(/^Critic values at step 200\. data: 5 values, mean 1\.\d/);
    expect(await label(view, 'histograms')).toMatch(
      /model: 500 values, mean −?0\.0\d+, nine of ten from −1\.\d+ to 1\.\d+/,
    );
    await goTo(view, 0);
    await expect.poll(() => label(view, 'histograms')).toContain('at step 0. data: 5 values, mean 0.8');
  });

  it('reads its bins by keys, and steps over time, to which Enter goes', async () => {
    const view = await open([histograms]);
    const canvas = panel(view, 'histograms').locator('canvas');
    await expect.poll(() => label(view, 'histograms')).toContain('step 200');
    await canvas.press('ArrowRight');
    expect(await reading(view, 'histograms')).toMatch(/^−?[\d.]+ to −?[\d.]+: data \d+(\.\d+)?%, model \d+(\.\d+)?%$/);
    await panel(view, 'histograms').locator('vscode-toolbar-button').click();
    await expect.poll(() => label(view, 'histograms')).toContain('Arrow keys read its steps');
    await canvas.press('ArrowUp');
    await canvas.press('ArrowUp');
    expect(await panel(view, 'histograms').locator('[aria-live]').textContent()).toMatch(
      /^step 100: data mean 1\.\d+, model mean/,
    );
    await canvas.press('Enter');
    await expect.poll(() => view.timeline.inputValue()).toBe('1');
  });

  it('asks only for the steps that it does not have, and for all after a run was cut back', async () => {
    const view = await open([histograms]);
    await expect.poll(() => label(view, 'histograms')).toContain('step 200');
    const tags = ['h/data', 'h/model'];
    const froms = async () => (await view.requests('histograms')).map(({ parameters }) => parameters.from);
    expect(await froms()).toEqual([0, 0]);
    await view.delta({ histograms: tags.map((tag) => ({ run: 'run-1', tag, steps: [0, 100, 200, 300] })) });
    expect(await froms()).toEqual([0, 0, 300, 300]);
    await view.delta({ histograms: tags.map((tag) => ({ run: 'run-1', tag, steps: [0, 100, 150] })) });
    expect(await froms()).toEqual([0, 0, 300, 300, 0, 0]);
  });

  it('shows hostile histograms as nothing, and what the host says where there are none', async () => {
    const view = await suite.open('run');
    await view.snapshot(panelUpdate([histograms], logged, [1]));
    const [first, second] = [await view.waitForRequest('histograms', 1), await view.waitForRequest('histograms', 2)];
    const hostile = [
      { limits: { f64: ['NaN', 'Infinity', 1] }, counts: { f64: [5, 5] } },
      { limits: { f64: [-1.7e308, 1.7e308] }, counts: { f64: [1e300] } },
      { limits: { f64: [] }, counts: { f64: [] } },
    ].map((sample, step) => ({ step, ...sample }));
    await view.answer(first.id, hostile);
    await view.answerImage(second.id, undefined, 'The log is damaged.');
    await expect.poll(() => panel(view, 'histograms').innerText()).toContain('The log is damaged.');
    expect(await label(view, 'histograms')).toContain('data: no values');
  });

  it('offers those of other programs in a folded part, and asks for none before it is opened', async () => {
    const view = await open(undefined, { histograms: logged.histograms! });
    const part = view.page.locator('details').filter({ hasText: 'Histograms' });
    expect(await view.requests('histograms')).toEqual([]);
    await part.locator('summary').click();
    await expect.poll(() => part.locator('canvas').count()).toBe(2);
    await expect.poll(() => label(view, 'histograms')).toContain('h/data at step 200');
  });
});

describe('the panel of an animation', () => {
  const frameOf = (view: ViewPage) => panel(view, 'filmstrip').locator('.frame-count').textContent();
  const lit = (view: ViewPage) =>
    panel(view, 'filmstrip')
      .locator('canvas')
      .evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 8, canvas.width, 1);
        return data.filter((value, i) => i % 4 === 0 && value > 100).length;
      });

  it('stands at the finished image, and steps by keys', async () => {
    const view = await open([filmstrip]);
    await expect.poll(() => frameOf(view)).toBe('4 / 4');
    expect(await lit(view)).toBe(13);
    const slider = panel(view, 'filmstrip').getByRole('slider', { name: 'Frame' });
    await slider.press('ArrowLeft');
    await expect.poll(() => frameOf(view)).toBe('3 / 4');
    expect(await lit(view)).toBe(9);
    expect(await slider.getAttribute('aria-valuetext')).toBe('frame 3 of 4');
    await slider.press('Home');
    await expect.poll(() => lit(view)).toBe(1);
    expect(await label(view, 'filmstrip')).toBe('Drawing at step 200, frame 1 of 4');
  });

  it('plays from the beginning, again and again, until it is stopped', async () => {
    const view = await open([filmstrip]);
    await expect.poll(() => frameOf(view)).toBe('4 / 4');
    const seen = new Set<string | null>();
    await panel(view, 'filmstrip').locator('vscode-toolbar-button').click();
    await panel(view, 'filmstrip').getByLabel('Speed').selectOption('4×');
    await expect.poll(async () => seen.add(await frameOf(view)).size, { interval: 10, timeout: 8000 }).toBe(4);
    await panel(view, 'filmstrip').locator('vscode-toolbar-button').click();
    const stopped = await frameOf(view);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await frameOf(view)).toBe(stopped);
  });

  it('plays once where motion is to be reduced', async () => {
    const slow = { images: { film: () => growing(4, 16, 700) } };
    const view = await open([filmstrip], slow, STEPS, { reducedMotion: true });
    await expect.poll(() => frameOf(view)).toBe('4 / 4');
    const button = panel(view, 'filmstrip').locator('vscode-toolbar-button');
    await button.click();
    const word = () => button.evaluate((node) => (node as HTMLElement & { label: string }).label);
    expect(await word()).toBe('Pause');
    await expect.poll(word, { timeout: 8000 }).toBe('Play');
    expect(await frameOf(view)).toBe('4 / 4');
  });

  it('says that a damaged animation cannot be shown', async () => {
    const whole = growing(4);
    const cut = { ...whole, bytes: whole.bytes.slice(0, whole.bytes.length - 30) };
    const view = await open([filmstrip], { images: { film: () => cut } });
    await expect.poll(() => panel(view, 'filmstrip').innerText()).toContain('is damaged');
  });
});

describe('all panels', () => {
  it('come back after the window is loaded again, where the playhead stood', async () => {
    const all = [plane, matrix, histograms, filmstrip];
    const view = await open(all);
    await expect.poll(() => label(view, 'matrix')).toContain('step 200');
    await goTo(view, 1);
    await expect.poll(() => label(view, 'matrix')).toContain('step 100');
    await view.page.reload();
    await view.waitForMessage('ready');
    await view.snapshot(panelUpdate(all, logged, STEPS));
    const asked = async () =>
      [...(await view.requests('tensor')), ...(await view.requests('image'))].map(({ parameters }) => parameters.step);
    await expect.poll(asked).toEqual(Array<number>(6).fill(100));
  });

  it('stand in the order of the family, however many a record declares', async () => {
    const many = Array.from({ length: 2000 }, (_, i): Panel => ({ ...matrix, title: `Matrix ${i}`, tag: `none/${i}` }));
    const view = await open([matrix, histograms, plane, ...many]);
    const titles = await view.page.locator('.pictures > .figure-panel h2').allTextContents();
    expect(titles.slice(0, 4)).toEqual(['Confusion', 'Critic values', 'Plane', 'Matrix 0']);
    expect(titles.length).toBe(48);
  });

  it.each([300, 700])('fit a tab of %i pixels', async (width) => {
    const view = await open([plane, matrix, histograms, filmstrip], logged, STEPS, { width });
    await expect.poll(() => label(view, 'matrix')).toContain('step 200');
    expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
