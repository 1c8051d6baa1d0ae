import { describe, expect, it } from 'vitest';
import type { ScriptedModel } from './support/latentHost';
import type { LatentPage } from './support/latentPage';
import { latentSuite } from './support/suite';

const { open, explore } = latentSuite();
const header = (view: LatentPage) => view.page.locator('.latent-header').innerText();
const slider = (view: LatentPage) => view.page.getByRole('slider', { name: 'Checkpoint' });
const progress = (view: LatentPage) => view.page.locator('.progress-row');

async function search(view: LatentPage, text: string): Promise<void> {
  await view.page.getByRole('searchbox').fill(text);
  await view.page.keyboard.press('Enter');
}
/** The last latent that was decoded, of requests of so many. */
const decoded = async (view: LatentPage, count = 1) =>
  (await view.asked('decode')).findLast((each) => each['count'] === count)?.['latent'] as number[] | undefined;

const PLANE: Partial<ScriptedModel> = { latent: 2, classes: 4, test: 400 };

describe('the checkpoint that is shown', () => {
  it('is where the slider stands, also where an older one was opened', async () => {
    const view = await explore({ opened: 100 });
    expect(await header(view)).toContain('step 100');
    expect(await slider(view).getAttribute('aria-valuetext')).toBe('step 100');
    await slider(view).fill('2');
    await expect.poll(() => header(view)).toContain('step 300');
  });

  it('is one that the run has removed meanwhile, too', async () => {
    const view = await explore({ opened: 150 });
    expect(await slider(view).getAttribute('aria-valuetext')).toBe('step 150');
    expect(await slider(view).inputValue()).toBe('1');
    await slider(view).fill('3');
    await expect.poll(() => header(view)).toContain('step 300');
    await slider(view).fill('1');
    await expect.poll(() => header(view)).toContain('step 150');
  });

  it('stays when the run ends that could have been looked at', async () => {
    const view = await explore({ live: true });
    await slider(view).fill('0');
    await expect.poll(() => header(view)).toContain('step 100');
    await view.page.evaluate(() => {
      window.latentScript.source({ state: { kind: 'starting', activity: 'loading the checkpoint' } });
      window.latentScript.source({ state: { kind: 'ready', live: false } });
    });
    await expect.poll(async () => (await view.asked('describe')).length).toBe(2);
    await view.ready();
    expect(await header(view)).toContain('step 100');
    expect(await slider(view).inputValue()).toBe('0');
  });

  it('comes back after a reload, or the newest where it has gone', async () => {
    const view = await explore();
    await slider(view).fill('1');
    await expect.poll(() => header(view)).toContain('step 200');
    await view.page.reload();
    await view.ready();
    expect(await header(view)).toContain('step 200');
    expect(await slider(view).inputValue()).toBe('1');
    await view.page.evaluate(() => window.latentScript.lose(200));
    await view.page.evaluate(() => {
      window.latentScript.source({ state: { kind: 'starting', activity: 'loading the checkpoint' } });
      window.latentScript.source({ state: { kind: 'ready', live: false } });
    });
    await expect.poll(() => header(view)).toContain('step 300');
    expect(await view.page.locator('.message').isVisible()).toBe(false);
  });

  it('is again the one before where another cannot be had, for decoding too', async () => {
    const view = await explore(PLANE);
    await view.page.evaluate(() => window.latentScript.lose(100));
    await slider(view).fill('0');
    await view.page.getByText('There is no checkpoint of step 100.').waitFor();
    expect(await slider(view).inputValue()).toBe('2');
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await expect.poll(async () => (await view.asked('decode')).at(-1)?.['at']).toBe(300);
  });

  it('has pictures of its own where they are what is decoded', async () => {
    const view = await explore({ encoder: false, latent: 3 });
    await slider(view).fill('0');
    const drawn = async () => (await view.asked('decode')).filter(({ at }) => at === 100);
    await expect
      .poll(async () => (await drawn()).reduce((sum, { count }) => sum + Number(count), 0))
      .toBeGreaterThanOrEqual(1000);
  });

  it('decodes again, and recomputes the means of selections', async () => {
    const view = await explore(PLANE);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await view.tool('decode').locator('.decoded').waitFor();
    const tool = await view.unfold('arithmetic');
    for (const [name, group] of [
      ['0', 'With'],
      ['2', 'Without'],
    ]) {
      await search(view, name!);
      await tool.getByRole('button', { name: `${group} = selection` }).click();
    }
    await expect.poll(async () => (await decoded(view, 3))?.[0]).toBeCloseTo(2, 0);
    await slider(view).fill('0');
    await expect
      .poll(async () => (await view.asked('decode')).some(({ at, count }) => at === 100 && count === 1))
      .toBe(true);
    // A third of the run: the classes have moved apart by a third.
    await expect.poll(async () => (await decoded(view, 3))?.[0]).toBeLessThan(1);
  });
});

describe('what is on its way', () => {
  it('is not restarted by progress of the run', async () => {
    const view = await open({ test: 4500, held: ['encode'] });
    await progress(view).getByText('Encoding 4,500 images').waitFor();
    const checkpoints = [100, 200, 300, 400].map((step) => ({ step, epoch: 1, best: false }));
    await view.page.evaluate((all) => window.latentScript.source({ checkpoints: all }), checkpoints);
    await view.page.evaluate(() => window.latentScript.release('encode'));
    await view.ready();
    expect((await view.asked('describe')).length).toBe(1);
    expect((await view.asked('encode')).map(({ from }) => from)).toEqual([0, 2000, 4000]);
  });

  it('keeps its progress and its button beside a quicker thing', async () => {
    const view = await explore();
    await view.page.evaluate(() => window.latentScript.hold('encode'));
    await slider(view).fill('0');
    await progress(view).getByText('Encoding 600 images').waitFor();
    await view.projection('z × z');
    await view.page.locator('.axes').filter({ hasText: 'z₀ × z₁' }).waitFor();
    expect(await progress(view).innerText()).toContain('Encoding 600 images');
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await progress(view).waitFor({ state: 'hidden' });
    expect(await slider(view).inputValue()).toBe('2');
  });

  it('can be begun again after it was cancelled at the very first', async () => {
    const view = await open({ held: ['encode'] });
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await view.page.evaluate(() => window.latentScript.release('encode'));
    await view.page.getByRole('button', { name: 'Encode Again' }).click();
    await view.ready();
    expect(await view.ink()).toBeGreaterThan(1000);
    expect(await view.page.locator('.message').isVisible()).toBe(false);
  });

  it('leaves what is shown as it is when another data set is cancelled', async () => {
    const view = await explore();
    const sets = view.page.getByRole('combobox', { name: 'Data set' });
    await view.page.evaluate(() => window.latentScript.hold('encode'));
    await sets.selectOption('train');
    await progress(view).getByText('Encoding 900 images').waitFor();
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => sets.inputValue()).toBe('test');
    await view.page.evaluate(() => window.latentScript.release('encode'));
    await slider(view).fill('0');
    await expect.poll(() => header(view)).toContain('600 images · 4-D · step 100');
    await search(view, '3');
    await view.page.getByText('60 of class 3').waitFor();
    expect((await view.asked('images')).every(({ set }) => set === 'test')).toBe(true);
  });

  it('shows a map while it is made, at once, with all that can be done to it', async () => {
    const view = await explore({ test: 3000, latent: 8 });
    await view.unfold('posterior');
    await view.projection('t-SNE');
    await progress(view).getByText('t-SNE, 750 iterations').waitFor();
    await view.page.reload();
    await view.page.locator('.axes').filter({ hasText: 'PC 1' }).waitFor();
    await view.page.locator('.axes').filter({ hasText: 't-SNE, in progress' }).waitFor();
    expect(await view.ink()).toBeGreaterThan(300);
    expect(await view.tool('posterior').innerText()).toContain('3,000 points');
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await view.tool('decode').getByText('weighted latents of the 8 nearest points').waitFor();
    expect(await progress(view).isVisible()).toBe(true);
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await view.page.locator('.axes').filter({ hasText: 'PC 1' }).waitFor();
    // What is not shown is not chosen, so that it can be chosen again.
    expect(await view.page.getByRole('radio', { name: 'PCA' }).isChecked()).toBe(true);
    await view.projection('t-SNE');
    await progress(view).getByText('t-SNE, 750 iterations').waitFor();
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
  });

  it('is of the new weights when their map is cancelled', async () => {
    const view = await explore({ test: 1500, latent: 8 });
    await view.projection('UMAP');
    await view.page.getByText('UMAP · exact neighbors').waitFor();
    await slider(view).fill('0');
    await view.page.locator('.axes').filter({ hasText: 'in progress' }).waitFor();
    await progress(view).getByRole('button', { name: 'Cancel' }).click();
    await view.page.locator('.axes').filter({ hasText: 'PC 1' }).waitFor();
    expect(await header(view)).toContain('step 100');
  });

  it('puts pictures where they are missing as they come, and waits for those that are saved', async () => {
    const view = await explore({ ...PLANE, held: ['images'] });
    await search(view, '2');
    const tool = view.tool('selection');
    await tool.getByText('100 points').waitFor();
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    const near = view.tool('decode').locator('.thumbs canvas').first();
    await view.tool('decode').locator('.decoded').waitFor();
    const width = (node: HTMLElement | SVGElement) => (node as HTMLCanvasElement).width;
    expect(await near.evaluate(width)).toBe(0);
    await tool.getByRole('button', { name: 'Save images…' }).click();
    await view.page.evaluate(() => window.latentScript.release('images'));
    await expect.poll(() => tool.locator('.manifold').evaluate(width)).toBe(10 * 29 - 1);
    await expect.poll(() => near.evaluate(width)).toBe(28);
    await view.page.getByText('Saved images.').waitFor();
    expect(await view.page.evaluate(() => window.latentScript.saved.length)).toBe(100);
  });
});

describe('a run that is followed', () => {
  it('moves the points also where it tells faster than they can be shown', async () => {
    const view = await explore({ ...PLANE, live: true, test: 1500 });
    await view.page.getByRole('button', { name: '● Live' }).click();
    await view.page.evaluate(() => {
      let step = 400;
      Object.assign(window, { telling: setInterval(() => window.latentScript.follow(step++), 5) });
    });
    await expect.poll(() => header(view)).toContain('the first 1,000 of 1,500 images');
    const step = await header(view);
    await expect.poll(() => header(view)).not.toBe(step);
    await view.page.evaluate(() => clearInterval((window as unknown as { telling: number }).telling));
  });

  it('shows its sample with the pictures and labels of the test set, and keeps the legend in hand', async () => {
    const view = await explore({ ...PLANE, live: true, train: 900 });
    const sets = view.page.getByRole('combobox', { name: 'Data set' });
    await sets.selectOption('train');
    await expect.poll(() => header(view)).toContain('900 images');
    await view.page.getByRole('button', { name: '● Live' }).click();
    await view.page.evaluate(() => window.latentScript.follow(150));
    await expect.poll(() => header(view)).toContain('400 images · 2-D · step 150');
    expect(await sets.inputValue()).toBe('test');
    await search(view, '1');
    await view.page.getByText('100 of class 1').waitFor();
    const second = view.page.locator('.latent-legend button').nth(1);
    await second.focus();
    await view.page.evaluate(() => window.latentScript.follow(250));
    await expect.poll(() => header(view)).toContain('step 250');
    expect(await second.evaluate((node) => node === document.activeElement)).toBe(true);
    await view.page.getByRole('button', { name: '● Live' }).click();
    await expect.poll(() => header(view)).toContain('step 300');
    await search(view, '1');
    await view.page.getByText('100 of class 1').waitFor();
  });
});

describe('what is said', () => {
  it('of the other dimensions is true of the point that was picked last', async () => {
    const view = await explore();
    await view.projection('z × z');
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    const others: number[] = [];
    for (const index of ['#5', '#6']) {
      await search(view, index);
      await view.map.click();
      await expect.poll(async () => (await decoded(view))?.[2]).not.toBe(others[0]);
      others.push((await decoded(view))![2]!);
    }
    expect(others[0]).not.toBeCloseTo(others[1]!, 3);
  });

  it('is heard of the point under the pointer', async () => {
    const view = await explore(PLANE);
    await search(view, '#12');
    await view.page
      .locator('.stage > [role="status"]')
      .filter({ hasText: /^#12 · 0; near #\d+ · \d(, #\d+ · \d){4}$/ })
      .waitFor({ state: 'attached' });
  });

  it('is why there are no points where the model has diverged', async () => {
    const view = await open({ broken: 17 });
    await view.page.getByText('1 of 600 latents is not finite: the weights of step 300 have diverged.').waitFor();
    await view.page.getByRole('button', { name: 'Encode Again' }).waitFor();
  });

  it('of codes without a prior is in their own scale', async () => {
    const view = await explore({ variance: false });
    await (
      await view.unfold('manifold')
    )
      .getByText('by quantiles of a normal with the codes’ mean and deviation')
      .waitFor();
    const tool = await view.unfold('posterior');
    await tool.getByText('This model has no prior to compare with. Each histogram: mean ± 4 standard').waitFor();
    expect(await tool.locator('h2').innerText()).toBe('Distribution of the codes');
    expect(await view.tool('traverse').locator('h2').innerText()).toBe('Dimensions by variance');
  });
});

describe('the legend', () => {
  it('names a hundred classes in a column of its own, finds one, and shows one alone by a key', async () => {
    const view = await explore({ classes: 100, test: 1000 });
    const buttons = view.page.locator('.latent-legend button');
    expect(await buttons.count()).toBe(100);
    const [legend, map] = [(await view.page.locator('.legend-frame').boundingBox())!, (await view.map.boundingBox())!];
    expect(legend.x).toBeGreaterThanOrEqual(map.x + map.width);
    expect(legend.width).toBeLessThan(200);
    await view.page.getByText('100 classes').waitFor();
    await view.page.getByText('30 colors; further classes use them again.').waitFor();
    const all = await view.ink();
    await buttons.nth(99).focus();
    await view.page.keyboard.press('Shift+Enter');
    expect(await buttons.nth(99).getAttribute('aria-pressed')).toBe('true');
    expect(await buttons.nth(0).getAttribute('aria-pressed')).toBe('false');
    await view.map.focus();
    expect(await view.ink()).toBeLessThan(all / 10);
    const legendButton = (name: string) => view.page.locator('.legend-head').getByRole('button', { name });
    await legendButton('None').click();
    expect(await view.ink()).toBe(0);
    await legendButton('All').click();
    expect(await view.ink()).toBeGreaterThan(all * 0.9);
    await view.page.getByRole('searchbox', { name: 'Find a class in the legend' }).fill('7');
    // 7, 17, … 97 and 70 to 79
    expect(await buttons.filter({ visible: true }).count()).toBe(19);
  });

  it('lies over no points, and neither do the words below them', async () => {
    const view = await explore();
    const box = async (selector: string) => (await view.page.locator(selector).boundingBox())!;
    const map = (await view.map.boundingBox())!;
    const [legend, words] = [await box('.legend-frame'), await box('.stage-bottom')];
    expect(legend.y + legend.height).toBeLessThanOrEqual(map.y);
    expect(words.y).toBeGreaterThanOrEqual(map.y + map.height);
  });
});

describe('points beside a live run', () => {
  const words = (view: LatentPage) => view.page.locator('.time-bar output').innerText();
  const again = (view: LatentPage) => view.page.getByRole('button', { name: 'Encode Again' });

  it('are said to be of the step that they are of, and encoded again at a click', async () => {
    const view = await explore({ live: true });
    await view.train(300);
    expect(await words(view)).toBe('step 300 · now, in training');
    expect(await again(view).isVisible()).toBe(false);
    await view.train(3400);
    expect(await words(view)).toBe('step 300 · training is at 3,400');
    const before = (await view.asked('encode')).length;
    await again(view).focus();
    await view.page.keyboard.press('Enter');
    await expect.poll(() => header(view)).toContain('step 3,400');
    expect(await words(view)).toBe('step 3,400 · now, in training');
    expect((await view.asked('encode')).slice(before).map(({ at }) => at)).toEqual([undefined]);
    await again(view).waitFor({ state: 'hidden' });
    // The button has gone, and the keyboard is beside it.
    await expect.poll(() => slider(view).evaluate((node) => node === document.activeElement)).toBe(true);
  });

  it('of a checkpoint stay its own, and the way back to the run is the right end', async () => {
    const view = await explore({ live: true });
    await view.train(3400);
    await slider(view).fill('0');
    await expect.poll(() => header(view)).toContain('step 100');
    expect(await words(view)).toBe('step 100 · training is at 3,400');
    // Said where it is looked for, but not read out several times a second.
    expect(await slider(view).getAttribute('aria-valuetext')).toBe('step 100');
    expect(await view.page.locator('.time-bar output').getAttribute('aria-live')).toBe('off');
    expect(await again(view).isVisible()).toBe(false);
    await slider(view).fill('3');
    await expect.poll(() => header(view)).toContain('step 3,400');
    expect(await words(view)).toBe('step 3,400 · now, in training');
  });

  it('say that the run is paused, and at which step', async () => {
    const view = await explore({ live: true });
    await view.train(3400, true);
    expect(await words(view)).toBe('step 300 · training is paused at 3,400');
    await again(view).click();
    await expect.poll(() => words(view)).toBe('step 3,400 · training is paused');
  });

  it('that are followed are live, and offer nothing', async () => {
    const view = await explore({ live: true });
    await view.train(3400);
    await view.page.getByRole('button', { name: '● Live' }).click();
    await view.page.evaluate(() => window.latentScript.follow(3400));
    await expect.poll(() => words(view)).toBe('step 3,400 · live');
    await view.train(3450);
    expect(await words(view)).toBe('step 3,400 · live');
    expect(await again(view).isVisible()).toBe(false);
  });

  it('are those of the newest checkpoint when it has ended, and nothing is said of a run', async () => {
    const view = await explore({ live: true });
    await view.train(3400);
    await view.page.evaluate(() => {
      window.latentScript.source({ state: { kind: 'starting', activity: 'loading the checkpoint' } });
    });
    await expect.poll(() => words(view)).toBe('step 300');
    expect(await again(view).isVisible()).toBe(false);
    await view.page.evaluate(() => {
      window.latentScript.train({ step: 300, paused: false });
      window.latentScript.source({ state: { kind: 'ready', live: false } });
    });
    await expect.poll(() => words(view)).toBe('step 300');
    expect(await again(view).isVisible()).toBe(false);
  });

  it('are decoded by weights that have moved on, which is said', async () => {
    const view = await explore({ ...PLANE, live: true });
    await view.train(3400);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await view.tool('decode').getByText('the latent itself · by the weights of step 3,400').waitFor();
  });
});

describe('what nobody asked for', () => {
  const places = (view: LatentPage) =>
    view.page
      .locator('.latent-toolbar, .map, .time-bar input, .tools, .latent-toolbar button:not([aria-pressed])')
      .evaluateAll((nodes) => nodes.map((node) => JSON.stringify(node.getBoundingClientRect())));

  it.each([1200, 720])(
    'never moves what is there: following, messages, another process, at %i pixels',
    async (width) => {
      const view = await explore({ live: true }, { width });
      const before = await places(view);
      await view.train(123_400);
      expect(await places(view)).toEqual(before);
      await view.page.getByRole('button', { name: '● Live' }).click();
      expect(await places(view)).toEqual(before);
      await view.page.evaluate(() => window.latentScript.follow(123_400));
      await view.page.getByText('every 100 steps · 1.2 %').waitFor();
      // The cost is told with the message, and its points follow.
      await expect.poll(() => header(view)).toContain('step 123,400');
      expect(await places(view)).toEqual(before);
      await view.page.getByRole('button', { name: 'Save CSV…' }).click();
      await view.page.getByText('Saved vae-mnist-001-step-123400-latents.csv.').waitFor();
      expect(await places(view)).toEqual(before);
      await view.page.getByRole('button', { name: 'Dismiss' }).click();
      await view.page.evaluate(() =>
        window.latentScript.source({ state: { kind: 'starting', activity: 'looking for a trainer' } }),
      );
      await progress(view).getByText('Looking for a trainer…').waitFor();
      expect(await places(view)).toEqual(before);
      await view.page.evaluate(() =>
        window.latentScript.source({ state: { kind: 'problem', message: 'The process ended.' } }),
      );
      await view.page.getByText('The process ended.').waitFor();
      expect(await places(view)).toEqual(before);
    },
  );
});

describe('a tab that waits', () => {
  it('says what for from the first moment, and offers nothing that needs points', async () => {
    const view = await open({ state: { kind: 'starting', activity: 'loading the checkpoint' }, held: ['encode'] });
    await progress(view).getByText('Loading the checkpoint…').waitFor();
    expect(await view.page.locator('.stage').isVisible()).toBe(true);
    expect(await view.page.getByRole('button', { name: 'Save picture…' }).isVisible()).toBe(false);
    await view.page.evaluate(() => window.latentScript.source({ state: { kind: 'ready', live: false } }));
    await progress(view).getByText('Encoding 600 images').waitFor();
    for (const name of ['Fit', 'Save picture…', 'Save CSV…']) {
      expect(await view.page.getByRole('button', { name }).isDisabled()).toBe(true);
    }
    await view.page.evaluate(() => window.latentScript.release('encode'));
    await view.ready();
    expect(await view.page.getByRole('button', { name: 'Save CSV…' }).isEnabled()).toBe(true);
  });

  it('in Restricted Mode has nothing but what it says and the way out', async () => {
    const view = await open({ state: { kind: 'untrusted' } });
    await view.page.getByText('In Restricted Mode no process is started').waitFor();
    for (const hidden of ['.latent-toolbar', '.latent-content', '.search']) {
      expect(await view.page.locator(hidden).isVisible()).toBe(false);
    }
    await view.page.evaluate(() => window.latentScript.source({ state: { kind: 'ready', live: false } }));
    await view.ready();
    expect(await view.page.locator('.latent-toolbar').isVisible()).toBe(true);
  });
});

describe('a picture of the map', () => {
  /** Notes what is written onto pictures that are made. */
  const noteTexts = (view: LatentPage) =>
    view.page.evaluate(() => {
      const { fillText } = OffscreenCanvasRenderingContext2D.prototype;
      const texts: string[] = [];
      Object.assign(window, { texts });
      OffscreenCanvasRenderingContext2D.prototype.fillText = function (...drawn) {
        texts.push(drawn[0]);
        Reflect.apply(fillText, this, drawn);
      };
    });
  const saved = (view: LatentPage) =>
    view.page.evaluate(async () => {
      const { bytes } = window.latentScript.saved.at(-1)!;
      const image = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const colors: Record<string, number> = {};
      for (let i = 0; i < data.length; i += 4) {
        const color = Array.from(data.subarray(i, i + 3)).join();
        colors[color] = (colors[color] ?? 0) + 1;
      }
      const { texts } = window as unknown as { texts: string[] };
      return { width: image.width, height: image.height, corner: Array.from(data.subarray(0, 3)), colors, texts };
    });

  it('is a figure: title, classes that are shown, axes with their variance, at twice the size', async () => {
    const view = await explore({ test: 800 }, { theme: 'light' });
    await noteTexts(view);
    await view.page.locator('.latent-legend button').nth(1).click();
    await view.page.getByRole('button', { name: 'Save picture…' }).click();
    await view.page.getByText('Saved vae-mnist-001-step-300-pca.png.').waitFor();
    const { width, height, corner, colors, texts } = await saved(view);
    const map = (await view.map.boundingBox())!;
    expect(width).toBe(2 * Math.round(map.width));
    expect(height).toBeGreaterThan(width / 2);
    expect(corner).toEqual([255, 255, 255]);
    expect(texts.slice(0, 2)).toEqual(['vae-mnist-001', 'VAE · MNIST · PCA of 800 images (test set) · 4-D · step 300']);
    expect(texts.filter((text) => /^\d$/.test(text)).slice(0, 9)).toEqual([
      '0',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
    ]);
    const axis = (number: number) =>
      expect.stringMatching(new RegExp(`^PC ${number} \\(\\d+\\.\\d % of the variance\\)$`));
    expect(texts).toEqual(expect.arrayContaining([axis(1), axis(2), '−2', '2']));
    // The first class has its color in the legend; the second is hidden there and on the map.
    expect(colors['42,148,255']).toBeGreaterThan(50);
    expect(colors['188,49,17'] ?? 0).toBe(0);
  });

  it('has the marks that lie on the map, and says what they mean', async () => {
    const view = await explore(PLANE);
    for (const index of ['#0', '#2']) await search(view, index);
    await view.tool('interpolate').getByText('A 0 → B 2').waitFor();
    await view.page.locator('.marks-legend').getByText('interpolation').waitFor();
    await noteTexts(view);
    await view.page.getByRole('button', { name: 'Save picture…' }).click();
    await view.page.getByText('Saved vae-mnist-001-step-300-direct.png.').waitFor();
    const { texts } = await saved(view);
    const explained = await view.page.locator('.marks-legend li:visible').allTextContents();
    expect(explained).toEqual(['prior at 1, 2, 3 σ', 'ABpicked', 'interpolation']);
    expect(texts.filter((text) => /^([AB]|picked|interpolation|prior.*)$/.test(text))).toEqual([
      ...['prior at 1, 2, 3 σ', 'A', 'B', 'picked', 'interpolation'],
      ...['A', 'B'],
    ]);
  });

  it('of a map has no numbers on its axes, and of the latents says so', async () => {
    const view = await explore({ test: 200 }, { width: 420 });
    await noteTexts(view);
    await view.projection('UMAP');
    await view.page.getByText('UMAP · exact neighbors').waitFor();
    await view.page.getByRole('button', { name: 'Save picture…' }).click();
    await view.page.getByText('Saved vae-mnist-001-step-300-umap.png.').waitFor();
    const { width, texts, corner } = await saved(view);
    expect(width).toBe(2 * 640);
    expect(corner).toEqual([0x1f, 0x1f, 0x1f]);
    expect(texts.slice(-2)).toEqual(['UMAP 1', 'UMAP 2']);
    expect(texts[1]).toBe('VAE · MNIST · UMAP of 200 images (test set) · 4-D · step 300');
    expect(texts.some((text) => /^−?\d+\.\d$|^−/.test(text))).toBe(false);
  });
});

describe('a checkpoint that was opened from its file', () => {
  const FILE = 'step-00000100.safetensors';
  const open = async (run?: string) => {
    const view = await explore({ opened: 100 });
    await view.page.evaluate((source) => window.latentScript.source(source), { name: FILE, ...(run && { run }) });
    return view;
  };
  const heading = (view: LatentPage) => view.page.locator('.latent-header h1').innerText();

  it('is that of its run: the name says no other step than that of the points', async () => {
    const view = await open('vae-mnist-001');
    await expect.poll(() => heading(view)).toBe('Latent Explorer · vae-mnist-001');
    await slider(view).fill('2');
    await expect.poll(() => header(view)).toContain('step 300');
    await view.page.getByRole('button', { name: 'Save picture…' }).click();
    await view.page.getByText('Saved vae-mnist-001-step-300-pca.png.').waitFor();
  });

  it('is known by its file where its run is not known', async () => {
    const view = await open();
    await expect.poll(() => heading(view)).toBe(`Latent Explorer · ${FILE}`);
    await view.page.getByRole('button', { name: 'Save CSV…' }).click();
    await view.page.getByText('Saved step-00000100-step-100-latents.csv.').waitFor();
  });
});

describe('a point that is looked for', () => {
  it('is shown while its number is typed, and picked by Enter alone', async () => {
    const view = await explore(PLANE);
    for (const index of ['#0', '#2']) await search(view, index);
    const tool = view.tool('interpolate');
    await tool.getByText('A 0 → B 2').waitFor();
    await view.page.getByRole('searchbox').fill('#42');
    await view.page.getByText('Enter picks 42', { exact: true }).waitFor();
    await view.page.locator('.hover-card[data-index="42"]').waitFor();
    expect(await tool.getByText('A 0 → B 2').isVisible()).toBe(true);
    await view.page.getByRole('searchbox').fill('#4200');
    await view.page.locator('.hover-card').waitFor({ state: 'hidden' });
    await search(view, '#42');
    await tool.getByText('A 2 → B 42').waitFor();
  });

  it('leaves the map as it is where it is in sight, and comes into sight where it is not', async () => {
    const view = await explore(PLANE, { webgl: false });
    const points = () => view.page.locator('canvas.points').evaluate((node) => (node as HTMLCanvasElement).toDataURL());
    const before = await points();
    await search(view, '#0');
    await view.page.locator('.marks-legend').getByText('picked').waitFor();
    expect(await points()).toBe(before);
    await view.map.hover({ position: { x: 60, y: 300 } });
    for (let i = 0; i < 6; i++) await view.page.mouse.wheel(0, -400);
    const card = view.page.locator('.hover-card');
    await card.waitFor({ state: 'hidden' });
    await search(view, '#0');
    await card.waitFor();
  });
});

describe('tools beside a live run', () => {
  const grids = async (view: LatentPage) =>
    (await view.asked('decode')).filter(({ count }) => count === 16 * 16).length;

  it('finish what they make before they make the next, and say of which step it is', async () => {
    const view = await explore({ ...PLANE, live: true });
    const tool = await view.unfold('manifold');
    await tool.getByText('by the weights of step 300').waitFor();
    await view.page.getByRole('button', { name: '● Live' }).click();
    await view.page.evaluate(() => window.latentScript.hold('decode'));
    for (const step of [400, 500, 600]) {
      await view.train(step);
      await view.page.evaluate((now) => window.latentScript.follow(now), step);
      await expect.poll(() => header(view)).toContain(`step ${step}`);
    }
    // One is on its way; of those that came meanwhile only the last is made.
    expect(await grids(view)).toBe(2);
    await view.page.evaluate(() => window.latentScript.release('decode'));
    await tool.getByText('by the weights of step 600').waitFor();
    await expect.poll(() => grids(view)).toBe(3);
    expect(await view.sent('cancel')).toEqual([]);
  });

  it('are recreated from the checkpoint when it ends', async () => {
    const view = await explore({ ...PLANE, live: true });
    const [manifold, traverse] = [await view.unfold('manifold'), await view.unfold('traverse')];
    await view.train(400);
    await view.page.getByRole('button', { name: '● Live' }).click();
    await view.page.evaluate(() => window.latentScript.follow(400));
    for (const tool of [manifold, traverse]) await tool.getByText('by the weights of step 400').waitFor();
    await view.page.evaluate(() => {
      window.latentScript.source({ state: { kind: 'starting', activity: 'loading the checkpoint' } });
      window.latentScript.source({ state: { kind: 'ready', live: false } });
    });
    for (const tool of [manifold, traverse]) await tool.getByText('by the weights of step 300').waitFor();
  });
});

describe('a selection', () => {
  it.each([1200, 720])('of the lasso is seen at once, at %i pixels', async (width) => {
    const view = await explore(PLANE, { width, height: 600 });
    for (const tool of ['manifold', 'traverse', 'sliders']) await view.unfold(tool);
    await view.tool('traverse').locator('.traverse-row').first().waitFor();
    const card = () => view.tool('selection').getByText(/^\d+ points/);
    await view.page.getByRole('radio', { name: 'Box' }).check();
    await view.map.scrollIntoViewIfNeeded();
    const { x, y, width: wide, height } = (await view.map.boundingBox())!;
    await view.page.mouse.move(x + 12, y + 12);
    await view.page.mouse.down();
    await view.page.mouse.move(x + wide - 12, y + height - 12, { steps: 4 });
    await view.page.mouse.up();
    const seen = width > 760 ? card() : view.page.getByText(/^\d+ selected\.$/);
    await seen.waitFor();
    await expect
      .poll(async () => {
        const box = (await seen.boundingBox())!;
        return box.y >= 0 && box.y + box.height <= 600;
      })
      .toBe(true);
    expect(await view.tool('selection').evaluate((node) => node.contains(document.activeElement))).toBe(false);
  });

  it('of more images than are saved at once says so before they are', async () => {
    const view = await explore({ classes: 1, test: 1200 });
    await search(view, '0');
    const tool = view.tool('selection');
    await tool.getByText('1,200 points').waitFor();
    await tool.getByText('the first 1,000 that are selected').waitFor();
    await tool.getByRole('button', { name: 'Save 1,000 images…' }).click();
    await view.page.getByText('Saved images.').waitFor();
    expect(await view.page.evaluate(() => window.latentScript.saved.length)).toBe(1000);
    expect((await view.requested('saveImages')).at(-1)).toMatchObject({ of: 1200 });
    await tool.getByRole('button', { name: 'Clear' }).click();
    await search(view, '#1');
    expect(await tool.getByRole('button', { name: 'Save' }).first().isVisible()).toBe(false);
  });

  it('is what arithmetic waits for', async () => {
    const view = await explore(PLANE);
    const tool = await view.unfold('arithmetic');
    const take = tool.getByRole('button', { name: 'With = selection' });
    expect(await take.isDisabled()).toBe(true);
    await search(view, '2');
    expect(await take.isEnabled()).toBe(true);
    await view.page.locator('.tool-selection').getByRole('button', { name: 'Clear' }).click();
    expect(await take.isDisabled()).toBe(true);
  });
});

describe('negative numbers', () => {
  it('have a minus, and zero has none', async () => {
    const view = await explore();
    const sliders = await view.unfold('sliders');
    await sliders.getByRole('slider', { name: 'Dimension 1' }).fill('-2');
    expect(await sliders.locator('output').allInnerTexts()).toContain('−2.00');
    expect((await sliders.innerText()).includes('-')).toBe(false);
  });
});

describe('many dimensions', () => {
  it('are all traversed and edited, those that tell less on request', async () => {
    const view = await explore({ latent: 60, test: 200 });
    const tool = await view.unfold('traverse');
    await expect.poll(() => tool.locator('.traverse-row').count()).toBe(48);
    await tool.getByRole('button', { name: '48 more' }).click();
    await expect.poll(() => tool.locator('.traverse-row').count()).toBe(60);
    expect(await tool.getByRole('button', { name: '48 more' }).isVisible()).toBe(false);
    const sliders = await view.unfold('sliders');
    await expect.poll(() => sliders.getByRole('slider').count()).toBe(48);
    await sliders.getByRole('button', { name: '48 more' }).click();
    await expect.poll(() => sliders.getByRole('slider').count()).toBe(60);
  });

  it('of any number have a covariance that is drawn', async () => {
    const view = await explore({ latent: 400, test: 60 });
    const tool = await view.unfold('posterior');
    await tool.getByText('the first 256 of 400 dimensions').waitFor();
  });
});

describe('models and data of other kinds', () => {
  it.each<[string, Partial<ScriptedModel>]>([
    ['one dimension', { latent: 1 }],
    ['no labels', { classes: 0 }],
    ['one class', { classes: 1 }],
    ['three images', { test: 3, latent: 8 }],
    ['one image', { test: 1, latent: 8 }],
    ['all images in one place', { test: 50, classes: 1, latent: 8, still: true }],
    ['no prior and one dimension', { latent: 1, variance: false }],
  ])('are shown by everything that there is: %s', async (_, model) => {
    const view = await explore(model);
    const tools = await view.page.locator('.tool:not([hidden]) summary').all();
    for (const summary of tools) {
      if (!(await summary.evaluate((node) => (node.parentElement as HTMLDetailsElement).open))) await summary.click();
    }
    await search(view, '#0');
    await view.page.getByText('point 0', { exact: true }).waitFor();
    if ((model.latent ?? 4) > 2) {
      await view.projection('UMAP');
      await view.page.getByText('UMAP · exact neighbors').waitFor();
      await view.projection('t-SNE');
      await view.page.getByText('t-SNE · exact neighbors').waitFor();
    }
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await view.tool('decode').locator('.decoded').waitFor();
    await expect.poll(() => view.tool('traverse').locator('.traverse-row').count()).toBe(model.latent ?? 4);
    expect(await view.page.locator('.message').isVisible()).toBe(false);
    expect((await decoded(view))!.every(Number.isFinite)).toBe(true);
  });

  it('have one row of pictures for their one dimension', async () => {
    const view = await explore({ latent: 1 });
    const canvas = (await view.unfold('manifold')).locator('.manifold');
    await expect
      .poll(() => canvas.evaluate((node) => [(node as HTMLCanvasElement).width, (node as HTMLCanvasElement).height]))
      .toEqual([16 * 28, 28]);
  });
});

describe('the card of a point', () => {
  const card = (view: LatentPage) => view.page.locator('.hover-card');

  /** A search brings a point that is out of sight to the middle of the map. */
  const center = async (view: LatentPage, name: string) => {
    await view.map.hover({ position: { x: 5, y: 5 } });
    for (let i = 0; i < 6; i++) await view.page.mouse.wheel(0, -400);
    await search(view, name);
  };

  it('stays beside its point when the view moves, and goes with the class that is hidden', async () => {
    const view = await explore(PLANE);
    await center(view, '#2');
    const before = (await card(view).boundingBox())!;
    // By keyboard: a pointer that leaves the map takes the card away.
    await view.page.getByRole('button', { name: 'Fit' }).press('Enter');
    await expect.poll(async () => (await card(view).boundingBox())?.x ?? Infinity).toBeLessThan(before.x - 50);
    await view.page.locator('.latent-legend button').nth(2).click();
    await card(view).waitFor({ state: 'hidden' });
  });

  it('waits while its point is out of sight', async () => {
    const view = await explore(PLANE);
    await search(view, '#0');
    // Zooming beside it pushes it out.
    await view.map.hover({ position: { x: 60, y: 300 } });
    await search(view, '#0');
    for (let i = 0; i < 6; i++) await view.page.mouse.wheel(0, -400);
    await card(view).waitFor({ state: 'hidden' });
    for (let i = 0; i < 6; i++) await view.page.mouse.wheel(0, 400);
    await card(view).waitFor();
  });

  it('is not in the way of a drag', async () => {
    const view = await explore(PLANE);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await center(view, '#0');
    const { x, y, width, height } = (await view.map.boundingBox())!;
    await view.page.mouse.move(x + width / 2, y + height / 2);
    await card(view).waitFor();
    await view.page.mouse.down();
    await view.page.mouse.move(x + width / 2 + 30, y + height / 2);
    await card(view).waitFor({ state: 'hidden' });
    await view.page.mouse.up();
  });

  it('is not that of another point while the keyboard decodes', async () => {
    const view = await explore(PLANE);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await search(view, '#0');
    await card(view).waitFor();
    await view.map.focus();
    await view.page.keyboard.press('ArrowRight');
    await card(view).waitFor({ state: 'hidden' });
  });
});

describe('the way between two picked points', () => {
  it('is on the map while its panel is unfolded', async () => {
    const view = await explore(PLANE);
    for (const index of ['#0', '#2']) await search(view, index);
    const tool = view.tool('interpolate');
    await tool.getByText('A 0 → B 2').waitFor();
    await view.page.getByRole('button', { name: 'Fit' }).click();
    const ink = () =>
      view.map
        .locator('canvas')
        .last()
        .evaluate((node) => {
          const { width, height } = node as HTMLCanvasElement;
          const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
          return data.filter((value, i) => i % 4 === 3 && value > 0).length;
        });
    await view.settle();
    const drawn = await ink();
    await tool.locator('summary').click();
    await expect.poll(ink).toBeLessThan(drawn - 100);
    await tool.locator('summary').click();
    await expect.poll(ink).toBe(drawn);
  });
});
