import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from '../../../scripts/lib/chromium.mjs';
import { serveViews, type Site, type ViewName } from './site';
import { ViewPage, type OpenOptions } from './viewPage';

/**
 * One browser and one server for the tests of a file. Every view that a test opens is closed after it, and must have
 * breached no policy and thrown nothing.
 */
export function viewSuite(): { open(view: ViewName, options?: OpenOptions): Promise<ViewPage> } {
  let browser: Browser;
  let site: Site;
  let opened: ViewPage[] = [];
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
    open: async (name, options) => {
      const view = await ViewPage.open(browser, site, name, options);
      opened.push(view);
      return view;
    },
  };
}

/** A colour of the dark theme's charts, as {@link ChartObject.ink} looks for it. */
export const DARK = {
  blue: [0x59, 0xa4, 0xf9],
  orange: [0xd1, 0x86, 0x16],
  green: [0x89, 0xd1, 0x85],
} as const satisfies Record<string, readonly [number, number, number]>;
