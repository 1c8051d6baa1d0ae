import type { Browser, Locator, Page } from 'playwright-core';
import type { MethodOf, ToHost } from '../../../src/protocol/channel';
import type { HostToLatent, LatentExchanges, LatentToHost } from '../../../src/protocol/latent';
import { playHost, VAE, type ScriptedModel } from './latentHost';
import type { Site } from './site';
import type { ThemeName } from './themes';

export interface LatentOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** Whether the page finds a graphics device, for which WebGL in software stands in; by default what there is. */
  readonly webgl?: boolean | undefined;
  readonly reducedMotion?: boolean;
}

type Sent = ToHost<LatentExchanges, LatentToHost>;

/** Runs in the page before the view: WebGL in software says that it is a graphics device, or there is no WebGL. */
function offerWebgl(offered: boolean): void {
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...[kind, attributes]: unknown[]) {
    if (kind !== 'webgl2') return Reflect.apply(getContext, this, [kind, attributes]);
    const software = { ...(attributes as object), failIfMajorPerformanceCaveat: false };
    return offered ? Reflect.apply(getContext, this, [kind, software]) : null;
  } as typeof getContext;
  const getParameter = WebGL2RenderingContext.prototype.getParameter;
  const UNMASKED_RENDERER_WEBGL = 0x9246;
  WebGL2RenderingContext.prototype.getParameter = function (name: number): unknown {
    return name === UNMASKED_RENDERER_WEBGL ? 'a device' : Reflect.apply(getParameter, this, [name]);
  };
}

/** The latent explorer in a page, with a scripted host. */
export class LatentPage {
  private constructor(readonly page: Page) {}

  static async open(
    browser: Browser,
    site: Site,
    model: Partial<ScriptedModel> = {},
    { theme = 'dark', width = 1200, height = 800, webgl, reducedMotion = true }: LatentOptions = {},
  ): Promise<LatentPage> {
    const context = await browser.newContext({
      viewport: { width, height },
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    });
    const page = await context.newPage();
    if (webgl !== undefined) await page.addInitScript(offerWebgl, webgl);
    await page.addInitScript(playHost, { ...VAE, ...model });
    await page.goto(site.url('latent', { theme }));
    return new LatentPage(page);
  }

  /** Waits until the points are on the screen, where nothing is on its way any more. */
  async ready(): Promise<this> {
    await this.page.locator('.latent-content').waitFor();
    await this.page.locator('.progress-row').waitFor({ state: 'hidden' });
    await this.page.locator('.axes').filter({ hasText: /\S/ }).waitFor();
    await this.settle();
    return this;
  }

  get map(): Locator {
    return this.page.getByRole('application', { name: 'Latent points' });
  }

  tool(name: string): Locator {
    return this.page.locator(`.tool-${name}`);
  }

  async unfold(name: string): Promise<Locator> {
    const tool = this.tool(name);
    if (!(await tool.evaluate((node) => (node as HTMLDetailsElement).open))) await tool.locator('summary').click();
    return tool;
  }

  projection(name: string): Promise<void> {
    return this.page.getByRole('radio', { name, exact: true }).check();
  }

  async sent<T extends Sent['type']>(type: T): Promise<Extract<Sent, { type: T }>[]> {
    // Bytes would travel here as one property each.
    const all = await this.page.evaluate(() => {
      const without = (_: string, value: unknown) => (value instanceof Uint8Array ? undefined : value);
      return window.latentTest.sent.map((message) => JSON.parse(JSON.stringify(message, without)) as typeof message);
    });
    return all.filter((message) => message.type === type) as unknown as Extract<Sent, { type: T }>[];
  }

  /** Parameters of the requests of a kind, without their bytes. */
  async requested(method: MethodOf<LatentExchanges>): Promise<object[]> {
    return (await this.sent('request')).flatMap((sent) => (sent.method === method ? [sent.parameters] : []));
  }

  /** Says how far the run is; resolves when the page has heard it. */
  train(step: number, paused = false): Promise<void> {
    return this.page.evaluate(
      (training) =>
        new Promise<void>((resolve) => {
          window.addEventListener(
            'message',
            function heard({ data }: MessageEvent<{ readonly data?: Partial<HostToLatent> }>) {
              // As it is packed: the type stands in the part that is plain data.
              if (data.data?.type !== 'training') return;
              window.removeEventListener('message', heard);
              resolve();
            },
          );
          window.latentScript.train(training);
        }),
      { step, paused },
    );
  }

  /** How often the model was asked. */
  asked(method: string): Promise<Record<string, unknown>[]> {
    return this.page.evaluate(
      (wanted) =>
        window.latentScript.asked.filter((each) => each.method === wanted).map(({ parameters }) => parameters),
      method,
    );
  }

  /** Pixels of the points' canvas that are not the background, and whether one is about of a color. */
  ink(color?: readonly [number, number, number]): Promise<number> {
    return this.map.evaluate(async (map, wanted) => {
      const canvas = map.querySelector<HTMLCanvasElement>('canvas.points')!;
      // A frame of WebGL can be read in the turn in which it was drawn.
      const copy = document.createElement('canvas');
      await new Promise<void>((resolve) => {
        map.dispatchEvent(new WheelEvent('wheel', { deltaY: 0, bubbles: true }));
        requestAnimationFrame(() => {
          [copy.width, copy.height] = [canvas.width, canvas.height];
          copy.getContext('2d')!.drawImage(canvas, 0, 0);
          resolve();
        });
      });
      const { data } = copy.getContext('2d')!.getImageData(0, 0, copy.width, copy.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3]! < 100) continue;
        if (!wanted || Math.hypot(data[i]! - wanted[0]!, data[i + 1]! - wanted[1]!, data[i + 2]! - wanted[2]!) < 60)
          count++;
      }
      return count;
    }, color);
  }

  /** Where the brightest pixels of a picture are: the spot that a latent was decoded to, as z₀ and z₁. */
  spot(picture: Locator): Promise<[number, number]> {
    return picture.evaluate((node) => {
      const canvas = node as HTMLCanvasElement;
      const { data, width, height } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let [sum, x, y] = [0, 0, 0];
      for (let i = 0; i < width * height; i++) {
        const value = data[4 * i]!;
        sum += value;
        x += value * ((i % width) - width / 2);
        y -= value * (Math.floor(i / width) - height / 2);
      }
      return [x / sum / 4, y / sum / 4];
    });
  }

  async settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  }

  troubles(): Promise<string[]> {
    return this.page.evaluate(() => window.latentTest.troubles);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
