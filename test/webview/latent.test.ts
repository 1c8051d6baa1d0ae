import { describe, expect, it } from 'vitest';
import type { ScriptedModel } from './support/latentHost';
import type { LatentPage } from './support/latentPage';
import { latentSuite } from './support/suite';
import { THEMES, type ThemeName } from './support/themes';

const { open, explore } = latentSuite();

/** Two latents, so that the map shows them as they are: the point 0 is at the right, 2 of 4 at the left. */
const PLANE: Partial<ScriptedModel> = { latent: 2, classes: 4, test: 400 };

/** Where the middle of the points is on the map. */
async function middleOf(view: LatentPage): Promise<{ x: number; y: number }> {
  const { width, height } = (await view.map.boundingBox())!;
  return { x: width / 2, y: height / 2 };
}

describe('the latent explorer', () => {
  it('encodes the test set in parts and shows its points by class, with WebGL', async () => {
    const view = await explore({ test: 4500 }, { webgl: true });
    expect((await view.asked('encode')).map(({ from, count }) => [from, count])).toEqual([
      [0, 2000],
      [2000, 2000],
      [4000, 500],
    ]);
    expect(await view.page.locator('.point-layer').getAttribute('data-draws-with')).toBe('WebGL');
    expect(await view.ink()).toBeGreaterThan(3000);
    expect(await view.page.locator('.latent-header').innerText()).toContain(
      'VAE · MNIST · 4,500 images · 4-D · step 300',
    );
    expect(await view.page.locator('.axes').innerText()).toMatch(
      /^PC 1 \(\d+\.\d %\) × PC 2 \(\d+\.\d % of the variance\)$/,
    );
  });

  it('draws by itself where WebGL is only in software', async () => {
    const view = await explore();
    const software = await view.page.evaluate(() => {
      const gl = document.createElement('canvas').getContext('webgl2')!;
      return String(gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info')!.UNMASKED_RENDERER_WEBGL));
    });
    const expected = /swiftshader|llvmpipe/i.test(software) ? 'Canvas' : 'WebGL';
    expect(await view.page.locator('.point-layer').getAttribute('data-draws-with')).toBe(expected);
  });

  it('draws the same points where there is no WebGL', async () => {
    const view = await explore({}, { webgl: false });
    expect(await view.page.locator('.point-layer').getAttribute('data-draws-with')).toBe('Canvas');
    expect(await view.ink()).toBeGreaterThan(1000);
  });

  it('continues without the graphics device when that is lost, and with it when it is back', async () => {
    const view = await explore({}, { webgl: true });
    const layer = view.page.locator('.point-layer');
    await layer.locator('canvas').evaluate((canvas) => {
      const lose = (canvas as HTMLCanvasElement).getContext('webgl2')!.getExtension('WEBGL_lose_context')!;
      (window as unknown as { lose: typeof lose }).lose = lose;
      lose.loseContext();
    });
    await view.page.getByText('The graphics device was lost').waitFor();
    expect(await layer.getAttribute('data-draws-with')).toBe('Canvas');
    expect(await view.ink()).toBeGreaterThan(1000);
    await view.page.evaluate(() => (window as unknown as { lose: WEBGL_lose_context }).lose.restoreContext());
    await expect.poll(() => layer.getAttribute('data-draws-with')).toBe('WebGL');
    expect(await view.ink()).toBeGreaterThan(1000);
  });

  it('shows the image of the point under the pointer and those of its neighbors', async () => {
    const view = await explore(PLANE);
    await view.page.keyboard.press('Tab');
    const card = view.page.locator('.hover-card');
    const middle = await middleOf(view);
    // Around the circle of classes, until a point is met.
    for (let x = middle.x + 120; x < middle.x * 2 && !(await card.isVisible()); x += 6) {
      await view.map.hover({ position: { x, y: middle.y } });
    }
    expect(await card.innerText()).toMatch(/^#\d+ · 0$/);
    const index = Number(await card.getAttribute('data-index'));
    expect(index % 4).toBe(0);
    const [x] = await view.spot(card.locator('canvas').first());
    expect(x).toBeGreaterThan(1);
    for (const neighbor of await card.locator('.thumbs canvas').all()) {
      expect((await view.spot(neighbor))[0]).toBeGreaterThan(1);
    }
    await view.page.mouse.move(1, 1);
    expect(await card.isVisible()).toBe(false);
  });

  it('decodes what lies under a drag, coalesced, with what it is when encoded again and real images near it', async () => {
    const view = await explore(PLANE);
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    const box = (await view.map.boundingBox())!;
    const middle = await middleOf(view);
    await view.page.mouse.move(box.x + middle.x, box.y + middle.y);
    await view.page.mouse.down();
    for (let i = 0; i <= 30; i++) await view.page.mouse.move(box.x + middle.x + 4 * i, box.y + middle.y);
    await view.page.mouse.up();
    const decoded = view.tool('decode').locator('.large');
    await expect.poll(async () => (await view.spot(decoded))[0]).toBeGreaterThan(0.5);
    expect(Math.abs((await view.spot(decoded))[1])).toBeLessThan(0.25);
    // A drag that rests on its way, as on a busy machine, is encoded again there, too.
    const drift = async () => {
      const [right] = await view.spot(decoded);
      const [again] = await view.spot(view.tool('decode').locator('.again:not(.stale) canvas'));
      return Math.abs(again - right);
    };
    await expect.poll(drift).toBeLessThan(0.2);
    await view.tool('decode').getByText('away from where it was').waitFor();
    // Until it is encoded again, what is said of the place before is faint.
    await view.page.evaluate(() => window.latentScript.hold('encodeImages'));
    await view.map.click({ position: middle });
    await expect.poll(async () => Math.abs((await view.spot(decoded))[0])).toBeLessThan(0.3);
    await view.tool('decode').locator('.again.stale').waitFor();
    await view.page.evaluate(() => window.latentScript.release('encodeImages'));
    await view.tool('decode').locator('.again:not(.stale)').waitFor();
    expect(await view.tool('decode').innerText()).toContain('the latent itself');
    expect(
      Number((await view.tool('decode').locator('.thumbs canvas').first().getAttribute('title'))!.split(' ')[0]),
    ).toBeGreaterThanOrEqual(0);
  });

  it('says how a place of a projection becomes a latent', async () => {
    const view = await explore({ test: 200 });
    const how = async () => {
      await view.page.getByRole('radio', { name: 'Decode' }).check();
      await view.map.click();
      await view.tool('decode').locator('.decoded').waitFor();
      await view.settle();
      return view.tool('decode').locator('.how').innerText();
    };
    expect(await how()).toBe('inverse PCA');
    await view.projection('z × z');
    expect(await how()).toContain('other dimensions');
    await view.projection('UMAP');
    await view.ready();
    await view.page.getByText('UMAP · exact neighbors').waitFor();
    expect(await how()).toBe('weighted latents of the 8 nearest points');
  });

  it('moves points while a map is made, and can be cancelled', async () => {
    const view = await explore({ test: 3000, latent: 8 });
    const before = await view.page.locator('.axes').innerText();
    await view.projection('t-SNE');
    const progress = view.page.locator('.progress-row');
    await progress.getByText('t-SNE, 750 iterations').waitFor();
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'hidden' });
    expect(await view.page.locator('.axes').innerText()).toBe(before);
    expect(await view.page.locator('.message').isVisible()).toBe(false);
  });

  it('hides classes by the legend, one or all but one', async () => {
    const view = await explore();
    const cyan = [0x49, 0xe6, 0xfb] as const;
    expect(await view.ink(cyan)).toBeGreaterThan(50);
    const first = view.page.locator('.latent-legend button').first();
    await first.click();
    expect(await view.ink(cyan)).toBe(0);
    expect(await first.getAttribute('aria-pressed')).toBe('false');
    await view.page.mouse.move(1, 1);
    const all = await view.ink();
    await view.page.locator('.latent-legend button').nth(1).dblclick();
    await view.page.mouse.move(1, 1);
    const alone = await view.ink();
    expect(alone).toBeGreaterThan(20);
    expect(alone).toBeLessThan(all / 4);
  });

  it('selects with a box and by class, and exports as a table and as images', async () => {
    const view = await explore(PLANE);
    await view.page.getByRole('radio', { name: 'Box' }).check();
    const box = (await view.map.boundingBox())!;
    const middle = await middleOf(view);
    await view.page.mouse.move(box.x + middle.x + 60, box.y + 40);
    await view.page.mouse.down();
    await view.page.mouse.move(box.x + box.width - 4, box.y + box.height - 60, { steps: 4 });
    await view.page.mouse.up();
    const tool = view.tool('selection');
    await expect.poll(() => tool.innerText()).toMatch(/\d+ points · 0: 1?\d+/);
    await view.page.getByRole('searchbox').fill('2');
    await view.page.keyboard.press('Enter');
    await tool.getByText('100 points · 2: 100').waitFor();
    await tool.getByRole('button', { name: 'Save CSV…' }).click();
    await view.page.getByText('Saved vae-mnist-001-step-300-selection.csv.').waitFor();
    await view.page.getByText('Saved vae-mnist-001-step-300-selection.csv.').waitFor({ state: 'hidden' });
    const [table] = await view.page.evaluate(() => window.latentScript.saved);
    const lines = Buffer.from(table!.bytes).toString().trim().split('\r\n');
    expect(lines[0]).toBe('image,label,x,y,z1,z2,log_variance1,log_variance2');
    expect(lines.length).toBe(101);
    expect(lines[1]).toMatch(/^2,2,-[\d.]+,/);
    await tool.getByRole('button', { name: 'Save images…' }).click();
    await view.page.getByText('Saved images.').waitFor();
    const saved = await view.page.evaluate(() =>
      window.latentScript.saved.map(({ name, bytes }) => [name, ...bytes.slice(1, 4)]),
    );
    expect(saved.length).toBe(101);
    expect(saved[1]).toEqual(['image-2-2', 80, 78, 71]);
  });

  it('selects with the lasso, adds with Shift and clears with Escape', async () => {
    const view = await explore(PLANE);
    await view.page.getByRole('radio', { name: 'Lasso' }).check();
    const box = (await view.map.boundingBox())!;
    const middle = await middleOf(view);
    const loop = async (side: 1 | -1) => {
      const at = (x: number, y: number) =>
        view.page.mouse.move(box.x + middle.x + side * x, box.y + middle.y + y, { steps: 3 });
      await at(60, -110);
      await view.page.mouse.down();
      await at(middle.x - 6, -110);
      await at(middle.x - 6, 110);
      await at(60, 110);
      await view.page.mouse.up();
    };
    await loop(1);
    const tool = view.tool('selection');
    await expect.poll(() => tool.innerText()).toMatch(/points · 0: \d+$/m);
    await view.page.keyboard.down('Shift');
    await loop(-1);
    await view.page.keyboard.up('Shift');
    await expect.poll(() => tool.innerText()).toMatch(/points · \d: \d+ · \d: \d+/);
    await view.map.focus();
    await view.page.keyboard.press('Escape');
    await tool.getByText('Nothing is selected.').waitFor();
  });

  it('finds a point by its number', async () => {
    const view = await explore();
    await view.page.getByRole('searchbox').fill('#123');
    await view.page.keyboard.press('Enter');
    await view.page.getByText('point 123').waitFor();
    expect(await view.page.locator('.hover-card').getAttribute('data-index')).toBe('123');
    await view.page.getByRole('searchbox').fill('nobody');
    await view.page.keyboard.press('Enter');
    await view.page.getByText('no match').waitFor();
  });

  it('is worked by the keyboard: points under its pointer, picking, selecting', async () => {
    const view = await explore(PLANE);
    await view.map.focus();
    const card = view.page.locator('.hover-card');
    for (let i = 0; i < 60 && !(await card.isVisible()); i++) await view.page.keyboard.press('ArrowRight');
    expect(await card.innerText()).toMatch(/^#\d+ · 0$/);
    await view.page.keyboard.press('Enter');
    await view.unfold('sliders');
    await view
      .tool('sliders')
      .getByText(/from image \d+/)
      .waitFor();
    await view.page.getByRole('radio', { name: 'Box' }).check();
    await view.map.focus();
    for (let i = 0; i < 8; i++) await view.page.keyboard.press('Shift+ArrowLeft');
    await view.page.keyboard.press('Enter');
    for (let i = 0; i < 20; i++) await view.page.keyboard.press('Shift+ArrowRight');
    for (let i = 0; i < 6; i++) await view.page.keyboard.press('Shift+ArrowDown');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => view.tool('selection').innerText()).toMatch(/\d+ points/);
  });

  it('interpolates between two picked images and saves strip and film', async () => {
    const view = await explore(PLANE);
    for (const index of ['#0', '#2']) {
      await view.page.getByRole('searchbox').fill(index);
      await view.page.keyboard.press('Enter');
    }
    const tool = view.tool('interpolate');
    await tool.getByText('A 0 → B 2').waitFor();
    await expect
      .poll(() => tool.locator('.strip').evaluate((strip) => (strip as HTMLCanvasElement).width))
      .toBe(8 * 29 - 1);
    expect((await view.spot(tool.locator('.film canvas')))[0]).toBeGreaterThan(1);
    await tool.getByRole('radio', { name: 'linear' }).check();
    await expect.poll(async () => (await view.asked('decode')).filter(({ count }) => count === 36).length).toBe(2);
    await tool.getByRole('button', { name: 'Save GIF…' }).click();
    await view.page.getByText('Saved vae-mnist-001-step-300-interpolation-linear.gif.').waitFor();
    // The browser's own decoder reads what we wrote.
    const film = await view.page.evaluate(async () => {
      const { bytes } = window.latentScript.saved.at(-1)!;
      const decoder = new ImageDecoder({ data: Uint8Array.from(bytes), type: 'image/gif' });
      await decoder.tracks.ready;
      const { frameCount, repetitionCount } = decoder.tracks.selectedTrack!;
      const { image } = await decoder.decode({ frameIndex: 0 });
      return { frameCount, repetitionCount, width: image.displayWidth, duration: image.duration };
    });
    expect(film).toEqual({ frameCount: 70, repetitionCount: Infinity, width: 224, duration: 60_000 });
    await tool.getByRole('button', { name: 'Save PNG…' }).click();
    await view.page.getByText('Saved vae-mnist-001-step-300-interpolation-linear.png.').waitFor();
  });

  it('traverses dimensions in the order of their KL, and marks those that are inactive', async () => {
    const view = await explore();
    const tool = await view.unfold('traverse');
    await expect.poll(() => tool.locator('.traverse-row').count()).toBe(4);
    expect(await tool.locator('.traverse-name').last().innerText()).toContain('inactive');
    expect(await tool.locator('.traverse-name').first().innerText()).toMatch(/^z[₀₁]\s*2\.\d\d$/);
    await tool.getByRole('button', { name: 'z₂' }).click();
    await view.page
      .locator('.axes')
      .filter({ hasText: /^z₂ × z/ })
      .waitFor();
  });

  it('edits one latent by sliders', async () => {
    const view = await explore();
    const tool = await view.unfold('sliders');
    await tool.getByRole('slider', { name: 'Dimension 1' }).fill('2');
    await expect.poll(async () => (await view.spot(tool.locator('.large')))[0]).toBeGreaterThan(1.5);
    await tool.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(async () => Math.abs((await view.spot(tool.locator('.large')))[0])).toBeLessThan(0.5);
  });

  it('adds the difference of two selections', async () => {
    const view = await explore(PLANE);
    const tool = await view.unfold('arithmetic');
    expect(await tool.getByRole('button', { name: 'With = selection' }).isDisabled()).toBe(true);
    for (const [name, group] of [
      ['0', 'With'],
      ['2', 'Without'],
    ]) {
      await view.page.getByRole('searchbox').fill(name!);
      await view.page.keyboard.press('Enter');
      await tool.getByRole('button', { name: `${group} = selection` }).click();
    }
    await tool.getByRole('slider').fill('0.5');
    // From the middle of all towards class 0, by half of four.
    await expect.poll(async () => (await view.spot(tool.locator('.large')))[0]).toBeGreaterThan(1.5);
    await tool.getByRole('button', { name: 'Swap' }).click();
    await expect.poll(async () => (await view.spot(tool.locator('.large')))[0]).toBeLessThan(-1.5);
  });

  it('decodes a grid over the prior, and what is clicked in it', async () => {
    const view = await explore(PLANE);
    const tool = await view.unfold('manifold');
    const canvas = tool.locator('.manifold');
    await expect.poll(() => canvas.getAttribute('data-size')).toBe('16');
    const { width, height } = (await canvas.boundingBox())!;
    await canvas.click({ position: { x: width - 4, y: height / 2 } });
    await expect.poll(async () => (await view.spot(view.tool('decode').locator('.large')))[0]).toBeGreaterThan(1.4);
  });

  it('lets a picture of the grid be chosen by keys', async () => {
    const view = await explore(PLANE);
    const tool = await view.unfold('manifold');
    const canvas = tool.locator('.manifold');
    await expect.poll(() => canvas.getAttribute('data-size')).toBe('16');
    await canvas.focus();
    for (let i = 0; i < 7; i++) await view.page.keyboard.press('ArrowDown');
    await view.page.keyboard.press('Enter');
    await expect.poll(async () => (await view.spot(view.tool('decode').locator('.large')))[0]).toBeLessThan(-1.4);
  });

  it('sets the aggregate posterior against the prior', async () => {
    const view = await explore();
    const tool = await view.unfold('posterior');
    await tool.getByText(/600 points · mean KL per image \d\.\d\d nats · 3 of 4 active units/).waitFor();
    expect(await tool.locator('.histograms figure').count()).toBe(4);
    expect(await tool.locator('.histograms .inactive').count()).toBe(1);
    const heat = tool.locator('.heat');
    expect(await heat.getAttribute('aria-label')).toContain('Covariance of 4 dimensions');
    // A variance is positive: blue, as in pictures of weights.
    const [red = 0, , blue = 0] = await heat.evaluate((node) => [
      ...(node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 1, 1).data,
    ]);
    expect(blue).toBeGreaterThan(red);
    await tool.getByText(/^orange −\d\.\d\d, blue \+\d/).waitFor();
  });

  it('moves the points through the checkpoints, each encoded once', async () => {
    const view = await explore(PLANE);
    const slider = view.page.getByRole('slider', { name: 'Checkpoint' });
    const spread = () => view.tool('posterior').locator('p').first().innerText();
    await view.unfold('posterior');
    const late = await spread();
    await slider.fill('0');
    await expect.poll(() => view.page.locator('.latent-header').innerText()).toContain('step 100');
    await expect.poll(spread).not.toBe(late);
    await slider.fill('1');
    await expect.poll(() => view.page.locator('.latent-header').innerText()).toContain('step 200');
    await slider.fill('0');
    await expect.poll(() => view.page.locator('.latent-header').innerText()).toContain('step 100');
    expect((await view.asked('encode')).filter(({ at }) => at === 100).length).toBe(1);
    expect(await slider.getAttribute('aria-valuetext')).toBe('step 100');
    await view.map.click();
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await expect.poll(async () => (await view.asked('decode')).some(({ at }) => at === 100)).toBe(true);
  });

  it('follows a run, says what that costs, and comes back to all points', async () => {
    const view = await explore({ ...PLANE, live: true, test: 1500 });
    await view.page.getByRole('button', { name: '● Live' }).click();
    expect((await view.sent('follow')).at(-1)).toMatchObject({ count: 1000, every: 100 });
    await view.page.evaluate(() => window.latentScript.follow(150));
    await view.page.getByText('every 100 steps · 1.2 % of the training time').waitFor();
    await expect
      .poll(() => view.page.locator('.latent-header').innerText())
      .toContain('the first 1,000 of 1,500 images · 2-D · step 150');
    // News of the source (a checkpoint was written) take no words away.
    await view.page.evaluate(() => window.latentScript.source({}));
    expect(await view.page.getByText('every 100 steps · 1.2 %').isVisible()).toBe(true);
    await view.page.evaluate(() => window.latentScript.follow(250));
    await expect.poll(() => view.page.locator('.latent-header').innerText()).toContain('step 250');
    expect(await view.ink()).toBeGreaterThan(500);
    await view.page.getByRole('button', { name: '● Live' }).click();
    expect((await view.sent('follow')).at(-1)).toMatchObject({ every: 0 });
    await expect.poll(() => view.page.locator('.latent-header').innerText()).toContain('1,500 images');
  });

  it('shows draws of the prior where there is no encoder', async () => {
    const view = await explore({ encoder: false, latent: 3 });
    await view.page.getByText('No encoder: 1,000 draws from the prior, N(0, I)').waitFor();
    expect(await view.ink()).toBeGreaterThan(1000);
    expect(await view.asked('encode')).toEqual([]);
    expect(await view.page.getByRole('combobox', { name: 'Data set' }).isVisible()).toBe(false);
    const tool = await view.unfold('neighborhood');
    await expect
      .poll(() => tool.locator('.manifold').evaluate((node) => (node as HTMLCanvasElement).width))
      .toBe(7 * 29 - 1);
    await view.page.getByRole('searchbox').fill('#5');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => tool.innerText()).toContain('from draw 5');
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await view.tool('decode').locator('.decoded').waitFor();
    expect(await view.tool('decode').locator('.again').isVisible()).toBe(false);
  });

  it('decodes as the class that is chosen where the model takes labels', async () => {
    const view = await explore({ labels: true });
    await view.page.getByRole('radio', { name: 'Decode' }).check();
    await view.map.click();
    await expect.poll(async () => (await view.asked('decode')).at(-1)?.['labels']).toEqual([0]);
    await view.page.getByRole('combobox', { name: 'Decode as' }).selectOption('7');
    await expect.poll(async () => (await view.asked('decode')).at(-1)?.['labels']).toEqual([7]);
    // A picked image is decoded as what it is.
    await view.page.getByRole('searchbox').fill('#13');
    await view.page.keyboard.press('Enter');
    await expect.poll(() => view.page.getByRole('combobox', { name: 'Decode as' }).inputValue()).toBe('3');
    await expect.poll(async () => (await view.asked('decode')).at(-1)?.['labels']).toContain(3);
    expect(await view.page.getByRole('combobox', { name: 'Data set' }).isVisible()).toBe(true);
  });

  it('shows other data sets, and names points of both by their set', async () => {
    const view = await explore();
    await view.page.getByRole('combobox', { name: 'Data set' }).selectOption('all');
    await expect.poll(() => view.page.locator('.latent-header').innerText()).toContain('1,500 images');
    await view.page.getByRole('searchbox').fill('#700');
    await view.page.keyboard.press('Enter');
    await view.page.getByText('point train 100').waitFor();
  });

  it('cancels an encoding, and keeps what it has when one is refused', async () => {
    const slow = await open({ test: 4000, delay: 4000 });
    await slow.page.getByRole('button', { name: 'Cancel' }).click();
    await slow.page.locator('.progress-row').waitFor({ state: 'hidden' });
    expect((await slow.sent('cancel')).length).toBe(1);
    const view = await explore();
    await view.page.evaluate(() => window.latentScript.refuse('encode', 'The checkpoint is gone.'));
    await view.page.getByRole('slider', { name: 'Checkpoint' }).fill('0');
    await view.page.getByText('The checkpoint is gone.').waitFor();
    expect(await view.ink()).toBeGreaterThan(1000);
  });

  it('says why there is nothing to explore, with the button that helps', async () => {
    const view = await open({ state: { kind: 'untrusted' } });
    await view.page.getByRole('button', { name: 'Trust the Workspace…' }).click();
    expect((await view.sent('trust')).length).toBe(1);
    await view.page.evaluate(() =>
      window.latentScript.source({
        state: { kind: 'problem', message: 'The process ended.', remedy: 'Look into its log.' },
      }),
    );
    await view.page.getByText('Look into its log.').waitFor();
    await view.page.getByRole('button', { name: 'Try Again' }).click();
    expect((await view.sent('restart')).length).toBe(1);
    await view.page.evaluate(() => window.latentScript.source({ state: { kind: 'ready', live: false } }));
    await view.ready();
    expect(await view.ink()).toBeGreaterThan(1000);
  });

  it('remembers over a reload what was shown and what was unfolded', async () => {
    const view = await explore();
    await view.projection('z × z');
    await view.page.getByRole('combobox', { name: 'Dimension along x' }).selectOption('2');
    await view.unfold('posterior');
    await view.page.locator('.axes').filter({ hasText: 'z₂ × z₁' }).waitFor();
    // What is unfolded is told in a turn of its own.
    await expect.poll(() => view.page.evaluate(() => sessionStorage.getItem('state'))).toContain('posterior');
    await view.page.reload();
    await view.ready();
    await view.page.locator('.axes').filter({ hasText: 'z₂ × z₁' }).waitFor();
    expect(await view.tool('posterior').evaluate((node) => (node as HTMLDetailsElement).open)).toBe(true);
    expect(await view.page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? '{}').run)).toBe('abc123');
  });

  it.each(Object.keys(THEMES) as ThemeName[])(
    'has the colors of the theme, and points that are seen on it: %s',
    async (theme) => {
      const view = await explore({}, { theme });
      expect(await view.ink(theme.endsWith('ight') ? [0x2a, 0x94, 0xff] : [0x49, 0xe6, 0xfb])).toBeGreaterThan(30);
    },
  );

  it.each([300, 420, 700])('stacks the tools below the points at %i pixels', async (width) => {
    const view = await explore({}, { width });
    expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const [stage, tools] = [
      await view.page.locator('.stage').boundingBox(),
      await view.page.locator('.tools').boundingBox(),
    ];
    expect(tools!.y).toBeGreaterThanOrEqual(stage!.y + stage!.height);
    expect(stage!.height).toBeGreaterThan(250);
  });
});
