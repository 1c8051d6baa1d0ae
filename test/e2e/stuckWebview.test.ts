import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoggedRun } from './support/loggedRuns';
import { Studio } from './support/studio';
import { ChartsView } from './support/views';
import type { Workbench } from './support/workbench';

/** How many webviews hang, one after the other. */
const HANGING = 2;

/** What VS Code's page of a webview calls before it loads what is to be shown; never answered, as it is when it hangs. */
function hangFirstViews(count: number): void {
  if (!location.pathname.includes('/webview/') || !location.search.includes('purpose=webviewView')) return;
  const hung = Number(localStorage.getItem('hung'));
  if (hung >= count) return;
  localStorage.setItem('hung', String(hung + 1));
  ServiceWorkerContainer.prototype.register = () => new Promise(() => undefined);
}

describe('a window in whose first webviews the service worker never takes over', () => {
  let studio: Studio;
  let workbench: Workbench;

  beforeAll(async () => {
    studio = await Studio.ofCheckout();
    const folder = path.join(studio.workspace, 'runs');
    await mkdir(folder);
    await LoggedRun.create(folder, 'resting', { points: 100 });
    await studio.page.addInitScript(hangFirstViews, HANGING);
    workbench = await studio.open();
  }, 300_000);

  afterAll(() => studio.close(), 60_000);

  it('shows the charts all the same', { timeout: 120_000 }, async () => {
    await workbench.command('Latent Studio: Show All Runs in Charts');
    const charts = await ChartsView.find(workbench);
    await expect.poll(() => charts.runs(), { timeout: 30_000 }).toEqual(['resting']);
    const hung = await studio.page.evaluate(() => localStorage.getItem('hung'));
    expect(hung, 'views were kept from loading').toBe(String(HANGING));
  });
});
