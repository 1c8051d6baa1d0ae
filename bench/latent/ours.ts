import type { Browser, Page } from 'playwright-core';
import { answerAtOnce } from './host';
import type {} from './jobsPage';
import { DIMENSIONS } from './vectors';

/** What the explorer takes for some number of points; milliseconds unless the name says otherwise. */
export interface Measured {
  /** From the page's request to the points on the screen, principal components included. */
  readonly load: number;
  /** Switching to the projection, from the click to the points at their place (without the movement). */
  readonly pca: number;
  readonly umap: number;
  readonly framesPanning: number;
  readonly framesZooming: number;
  /** Of all points, those that a frame still drew while they moved, at the end. */
  readonly drawnMoving: number;
  /** From the pointer's event to the picture in the page, median and 95th percentile. */
  readonly hover: readonly [median: number, p95: number];
  readonly drawsWith: string;
}

const MOVING_MILLISECONDS = 4_000;
const HOVERS = 60;
const LIMIT_MILLISECONDS = 600_000;

/** @param software whether software WebGL is used if there is no graphics device */
export async function measureOurs(
  browser: Browser,
  url: string,
  vectors: Float32Array,
  software: boolean,
): Promise<Measured> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT_MILLISECONDS);
  try {
    const base64 = Buffer.from(vectors.buffer).toString('base64');
    await page.addInitScript(answerAtOnce, { base64, count: vectors.length / DIMENSIONS, dimensions: DIMENSIONS });
    if (software) await page.addInitScript(softwareWebgl);
    const begun = performance.now();
    await page.goto(url);
    await shown(page, 'PC 1');
    const load = performance.now() - begun;
    await page.waitForTimeout(3_000);
    const framesPanning = await frames(page, 'pan');
    const drawnMoving = await drawn(page, vectors.length / DIMENSIONS);
    const framesZooming = await frames(page, 'zoom');
    const hover = await hovers(page);
    await project(page, 'z × z', 'z₁');
    const pca = await project(page, 'PCA', 'PC 1');
    const umap = await project(page, 'UMAP', 'UMAP ·');
    const drawsWith = (await page.locator('.point-layer').getAttribute('data-draws-with')) ?? '';
    return { load, pca, umap, framesPanning, framesZooming, drawnMoving, hover, drawsWith };
  } finally {
    await context.close();
  }
}

/** Runs in the page before the explorer: WebGL in software says that it is a graphics device. */
function softwareWebgl(): void {
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...[kind, attributes]: unknown[]) {
    const given = kind === 'webgl2' ? { ...(attributes as object), failIfMajorPerformanceCaveat: false } : attributes;
    return Reflect.apply(getContext, this, [kind, given]);
  } as typeof getContext;
  const getParameter = WebGL2RenderingContext.prototype.getParameter;
  const UNMASKED_RENDERER_WEBGL = 0x9246;
  WebGL2RenderingContext.prototype.getParameter = function (name: number): unknown {
    return name === UNMASKED_RENDERER_WEBGL ? 'a device' : Reflect.apply(getParameter, this, [name]);
  };
}

/** Milliseconds of jobs in the explorer's worker, by name. */
export async function measureJobs(
  browser: Browser,
  url: string,
  vectors: Float32Array,
  kinds: readonly (readonly ['pca' | 'neighbors' | 'umap' | 'tsne', exact: boolean])[],
): Promise<number[]> {
  const page = await browser.newPage();
  try {
    await page.goto(`${url}jobs`);
    await page.waitForFunction(() => 'benchJobs' in window);
    const base64 = Buffer.from(vectors.buffer).toString('base64');
    await page.evaluate(([text, size]) => window.benchJobs.load(text, size), [base64, DIMENSIONS] as const);
    const times: number[] = [];
    for (const [kind, exact] of kinds) {
      times.push(await page.evaluate(([job, all]) => window.benchJobs.time(job, all), [kind, exact] as const));
    }
    return times;
  } finally {
    await page.close();
  }
}

async function shown(page: Page, axes: string): Promise<void> {
  await page.locator('.axes').filter({ hasText: axes }).waitFor();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

async function project(page: Page, name: string, axes: string): Promise<number> {
  const begun = performance.now();
  await page.getByRole('radio', { name, exact: true }).check();
  await shown(page, axes);
  return performance.now() - begun;
}

/** Frames a second while the view moves with every frame. */
function frames(page: Page, how: 'pan' | 'zoom'): Promise<number> {
  return page.locator('.scatter').evaluate(
    (map, [way, duration]) =>
      new Promise<number>((resolve) => {
        const { left, top, width, height } = map.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        const pointer = (type: string, dx: number) =>
          map.dispatchEvent(new PointerEvent(type, { pointerId: 1, clientX: x + dx, clientY: y, bubbles: true }));
        // A made-up pointer can't be captured.
        map.setPointerCapture = () => undefined;
        if (way === 'pan') pointer('pointerdown', 0);
        const begun = performance.now();
        let count = 0;
        const frame = () => {
          const elapsed = performance.now() - begun;
          if (elapsed > duration) {
            if (way === 'pan') pointer('pointerup', 0);
            return resolve((1000 * count) / elapsed);
          }
          count++;
          if (way === 'pan') pointer('pointermove', 90 * Math.sin(elapsed / 200));
          else
            map.dispatchEvent(
              new WheelEvent('wheel', { deltaY: 60 * Math.sin(elapsed / 300), clientX: x, clientY: y }),
            );
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
    [how, MOVING_MILLISECONDS] as const,
  );
}

/** How many points the last moving frame had. */
async function drawn(page: Page, count: number): Promise<number> {
  const words = (await page.locator('.notice').textContent()) ?? '';
  const fewer = /([\d,]+) points while moving/.exec(words)?.[1];
  return fewer === undefined ? count : Number(fewer.replaceAll(',', ''));
}

/** Time from a pointer's event until the card shows another point, its picture painted. */
async function hovers(page: Page): Promise<readonly [number, number]> {
  const times = await page.locator('.scatter').evaluate(async (map, wanted) => {
    const card = document.querySelector<HTMLElement>('.hover-card')!;
    const { left, top, width, height } = map.getBoundingClientRect();
    const found: number[] = [];
    for (let i = 0; i < 2_000 && found.length < wanted; i++) {
      const [x, y] = [left + width * (0.2 + 0.6 * ((i * 0.618) % 1)), top + height * (0.2 + 0.6 * ((i * 0.382) % 1))];
      const before = card.dataset['index'];
      const begun = performance.now();
      map.dispatchEvent(new PointerEvent('pointermove', { pointerId: 1, clientX: x, clientY: y, bubbles: true }));
      const time = performance.now() - begun;
      if (!card.hidden && card.dataset['index'] !== before && card.querySelector('canvas')!.width > 0) found.push(time);
      if (i % 10 === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return found;
  }, HOVERS);
  // The first one builds the index.
  const sorted = times.slice(1).sort((a, b) => a - b);
  return [sorted[Math.floor(sorted.length / 2)] ?? NaN, sorted[Math.floor(sorted.length * 0.95)] ?? NaN];
}
