import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from '../../../scripts/lib/chromium.mjs';
import type { ScriptedModel } from './latentHost';
import { LatentPage, type LatentOptions } from './latentPage';
import { serveViews, type Site, type ViewName } from './site';
import { ViewPage, type OpenOptions } from './viewPage';

/** A view in a page of its own. */
export interface OpenedView {
  /** Breaches of the policy, and errors that nobody caught. */
  troubles(): Promise<string[]>;
  close(): Promise<void>;
}

/**
 * One browser and one server for the tests of a file. Every view that a test opens is closed after it, and must have
 * breached no policy and thrown nothing.
 * @param openView opens a view as a page of the browser
 */
export function suiteOf<V extends OpenedView, A extends readonly unknown[]>(
  openView: (browser: Browser, site: Site, ...how: A) => Promise<V>,
): { open(...how: A): Promise<V> } {
  let browser: Browser;
  let site: Site;
  let opened: V[] = [];
  beforeAll(async () => {
    [browser, site] = await Promise.all([launchChromium(), serveViews()]);
  });
  afterEach(async () => {
    const views = opened;
    opened = [];
    for (const view of views) {
      const troubles = await view.troubles();
      await view.close();
      expect(troubles).toEqual([]);
    }
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });
  return {
    open: async (...how) => {
      const view = await openView(browser, site, ...how);
      opened.push(view);
      return view;
    },
  };
}

/** Of the views whose host the test plays. */
export function viewSuite(): { open(view: ViewName, options?: OpenOptions): Promise<ViewPage> } {
  return suiteOf((browser, site, view: ViewName, options?: OpenOptions) => ViewPage.open(browser, site, view, options));
}

/** Of the latent explorer with a scripted host; `explore` waits until its points are on the screen. */
export function latentSuite(): Record<
  'open' | 'explore',
  (model?: Partial<ScriptedModel>, options?: LatentOptions) => Promise<LatentPage>
> {
  const { open } = suiteOf((browser, site, model?: Partial<ScriptedModel>, options?: LatentOptions) =>
    LatentPage.open(browser, site, model, options),
  );
  return { open, explore: async (model, options) => (await open(model, options)).ready() };
}

/** The colors of the first runs in the dark theme, as {@link ChartObject.ink} looks for them. */
export const RUNS = {
  blue: [0x3b, 0x9c, 0xf6],
  yellow: [0xed, 0xee, 0x31],
  pink: [0xff, 0x71, 0xbb],
} as const satisfies Record<string, readonly [number, number, number]>;

/** Colors of the dark theme's charts. */
export const DARK = {
  blue: [0x59, 0xa4, 0xf9],
  orange: [0xd1, 0x86, 0x16],
} as const satisfies Record<string, readonly [number, number, number]>;
