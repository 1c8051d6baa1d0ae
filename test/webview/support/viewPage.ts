import type { Browser, Locator, Page } from 'playwright-core';
import type { RequestMessage, ToHost } from '../../../src/protocol/channel';
import type {
  Inspection,
  InspectionNews,
  RunChoice,
  RunDetail,
  RunIntent,
  RunSummary,
  ViewExchanges,
  ViewToHost,
} from '../../../src/protocol/views';
import { column, wire, type Series } from './runs';
import type { Site, ViewName } from './site';
import type { ThemeName } from './themes';

type Sent = ToHost<ViewExchanges, ViewToHost>;

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly run?: string;
  readonly reducedMotion?: boolean;
  readonly scale?: number;
}

/** Steps at which a tag was logged. */
export interface Steps {
  readonly run: string;
  readonly tag: string;
  readonly steps: readonly number[];
}

type Request<M extends keyof ViewExchanges> = Extract<RequestMessage<ViewExchanges>, { method: M }>;

export interface Update {
  readonly runs?: readonly RunSummary[];
  readonly removed?: readonly string[];
  readonly scalars?: readonly { readonly run: string; readonly series: readonly Series[] }[];
  readonly images?: readonly Steps[];
  readonly histograms?: readonly Steps[];
  readonly tensors?: readonly Steps[];
  readonly marks?: readonly {
    readonly run: string;
    readonly marks: readonly { readonly step: number; readonly text: string }[];
  }[];
  readonly details?: readonly { readonly run: string; readonly detail: RunDetail }[];
  readonly choices?: readonly RunChoice[];
  readonly lookOnly?: string;
  /** Nothing more is to come of what the host knows. */
  readonly complete?: boolean;
}

/** Plays the host to a view in a page, and looks at what the view shows. */
export class ViewPage {
  private sequence = 0;

  constructor(readonly page: Page) {}

  static async open(browser: Browser, site: Site, view: ViewName, options: OpenOptions = {}): Promise<ViewPage> {
    const { width = view === 'charts' ? 340 : 1200, height = 900 } = options;
    const context = await browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: options.scale ?? 1,
      reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
    });
    const page = await context.newPage();
    const view_ = new ViewPage(page);
    await page.goto(site.url(view, options));
    await view_.waitForMessage('ready');
    return view_;
  }

  /** Sends a snapshot and waits until it is on the screen. */
  snapshot(update: Update): Promise<number> {
    return this.send('snapshot', update);
  }

  delta(update: Update): Promise<number> {
    return this.send('delta', update);
  }

  /** Answers the request of an image. */
  async answerImage(
    id: number,
    image: { step: number; bytes: Uint8Array; mime?: string; width: number; height: number } | undefined,
    problem = 'There is no such image.',
  ): Promise<void> {
    if (image === undefined) return void (await this.post({ type: 'failure', id, code: 'absent', message: problem }));
    const value = { mime: 'image/png', ...image, bytes: { u8: Buffer.from(image.bytes).toString('base64') } };
    await this.post({ type: 'answer', id, value });
  }

  /** Says how far an inspection is, and waits until it is shown. */
  async inspection(what: Inspection, news: InspectionNews): Promise<void> {
    const bytes = (image: { bytes: Uint8Array }) => ({ u8: Buffer.from(image.bytes).toString('base64') });
    const wired = news.kind === 'sample' ? { ...news, image: { ...news.image, bytes: bytes(news.image) } } : news;
    await this.acknowledged(await this.post({ type: 'inspection', what, news: wired }));
  }

  /** Says that a hyperparameter was not changed, and waits until that is shown. */
  async notApplied(name: string): Promise<void> {
    await this.acknowledged(await this.post({ type: 'notApplied', name }));
  }

  /** Says that what an intent asked for is over, done or not, and waits until the view knows. */
  async acted(intent: RunIntent): Promise<void> {
    await this.acknowledged(await this.post({ type: 'acted', intent }));
  }

  /** What the view has said so far. */
  async sent<T extends Sent['type']>(type: T): Promise<Extract<Sent, { type: T }>[]> {
    const all = await this.page.evaluate(() => window.latentTest.sent);
    return all.filter((message) => message.type === type) as unknown as Extract<Sent, { type: T }>[];
  }

  /** The images that the view has requested so far. */
  async requestedImages(): Promise<ViewExchanges['image']['request'][]> {
    return (await this.requests('image')).map(({ parameters }) => parameters);
  }

  /** The requests of a method so far. */
  async requests<M extends keyof ViewExchanges>(method: M): Promise<Request<M>[]> {
    return (await this.sent('request')).filter((request): request is Request<M> => request.method === method);
  }

  /** Waits for a request of a method, counted from 1. */
  async waitForRequest<M extends keyof ViewExchanges>(method: M, count = 1): Promise<Request<M>> {
    await this.page.waitForFunction(
      ([wanted, least]) => window.latentTest.sent.filter((message) => message['method'] === wanted).length >= least,
      [method, count] as const,
    );
    return (await this.requests(method))[count - 1]!;
  }

  /** Answers a request, of any method; arrays of numbers as {@link column} and `f32` have them. */
  async answer(id: number, value: unknown): Promise<void> {
    await this.post({ type: 'answer', id, value });
  }

  /** The view's request of an image, counted from 1. */
  waitForImage(count = 1): Promise<Request<'image'>> {
    return this.waitForRequest('image', count);
  }

  async waitForMessage<T extends Sent['type']>(type: T, count = 1): Promise<Extract<Sent, { type: T }>> {
    await this.page.waitForFunction(
      ([wanted, least]) => window.latentTest.sent.filter((message) => message.type === wanted).length >= least,
      [type, count] as const,
    );
    return (await this.sent(type))[count - 1]!;
  }

  /** Breaches of the policy and uncaught errors: must be empty at the end of every test. */
  troubles(): Promise<string[]> {
    return this.page.evaluate(() => window.latentTest.troubles);
  }

  chart(title: string): ChartObject {
    return new ChartObject(
      this.page.locator('section.chart').filter({ has: this.page.locator('h3', { hasText: title }) }),
    );
  }

  axis(label: 'Step' | 'Epoch' | 'Time'): Promise<void> {
    return this.page.getByRole('radio', { name: label, exact: true }).check();
  }

  /** The switch of the logarithmic scale. */
  get logarithmic(): Locator {
    return this.page.locator('.log-toggle');
  }

  get smoothing(): Locator {
    return this.page.getByRole('slider', { name: 'Smoothing' });
  }

  get timeline(): Locator {
    return this.page.getByRole('slider', { name: 'Logged step' });
  }

  async settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  private async send(type: 'snapshot' | 'delta', update: Update): Promise<number> {
    const { runs = [], removed = [], scalars = [], images = [], marks = [], details = [], choices, lookOnly } = update;
    const { complete = true, histograms = [], tensors = [] } = update;
    const located = (all: readonly Steps[]) => all.map(({ run, tag, steps }) => ({ run, tag, steps: column(steps) }));
    const sequence = await this.post({
      type,
      runs,
      removed,
      scalars: scalars.map(({ run, series }) => ({ run, series: series.map(wire) })),
      images: located(images),
      histograms: located(histograms),
      tensors: located(tensors),
      marks,
      details,
      choices,
      lookOnly,
      complete,
    });
    await this.acknowledged(sequence);
    return sequence;
  }

  private async acknowledged(sequence: number): Promise<void> {
    await this.page.waitForFunction(
      (wanted) =>
        window.latentTest.sent.some((message) => message.type === 'acknowledge' && message['sequence'] === wanted),
      sequence,
    );
  }

  private async post(message: object): Promise<number> {
    const sequence = ++this.sequence;
    await this.page.evaluate((wired) => window.latentTest.send(wired), { ...message, sequence });
    return sequence;
  }
}

/** One chart of a view. */
export class ChartObject {
  constructor(readonly node: Locator) {}

  get plot(): Locator {
    return this.node.locator('.plot');
  }

  legend(label: string): Locator {
    return this.node.locator('.legend-item').filter({ hasText: label });
  }

  /** The value that the legend shows for a curve. */
  async value(label: string): Promise<string> {
    return (await this.legend(label).locator('.number').first().textContent()) ?? '';
  }

  /**
   * How many pixels of the canvas have a color close to `color`, and the box around them, in shares of the canvas.
   * @param color as [red, green, blue]
   */
  ink(
    color: readonly [number, number, number],
  ): Promise<{ count: number; left: number; right: number; top: number; bottom: number }> {
    return this.plot.locator('canvas').evaluate((canvas: HTMLCanvasElement, [red, green, blue]) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
      let count = 0;
      let [left, right, top, bottom] = [1, 0, 1, 0];
      for (let i = 0; i < data.length; i += 4) {
        const distance = Math.abs(data[i]! - red) + Math.abs(data[i + 1]! - green) + Math.abs(data[i + 2]! - blue);
        if (data[i + 3]! < 200 || distance > 30) continue;
        const x = ((i / 4) % width) / width;
        const y = Math.floor(i / 4 / width) / height;
        count++;
        [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
      }
      return { count, left, right, top, bottom };
    }, color);
  }

  /** Puts the pointer at a share of the plot's width. */
  async hoverAt(share: number): Promise<void> {
    const box = (await this.plot.boundingBox())!;
    await this.plot.page().mouse.move(box.x + box.width * share, box.y + box.height / 2);
  }

  async clickAt(share: number): Promise<void> {
    const box = (await this.plot.boundingBox())!;
    await this.plot.page().mouse.click(box.x + box.width * share, box.y + box.height / 2);
  }
}
