import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../../scripts/lib/chromium.mjs';
import { installExtension, linkExtension, startServed } from '../../../scripts/lib/served.mjs';
import { Workbench } from './workbench';

const checkout = path.join(import.meta.dirname, '..', '..', '..');

type Served = Awaited<ReturnType<typeof startServed>>;

/**
 * A machine as a user has it: VS Code with the packed extension installed and nothing else, an empty folder to work in,
 * and a browser that shows it. Everything but the trainers ends with {@link close}.
 */
export class Studio {
  private constructor(
    private readonly scratch: string,
    private readonly served: Served,
    private readonly browser: Browser,
    readonly page: Page,
    /** The folder that is open. */
    readonly workspace: string,
  ) {}

  /** @param vsix the packed extension */
  static start(vsix: string): Promise<Studio> {
    return Studio.with((data) => installExtension(data, vsix), false);
  }

  /** The extension as this checkout was built, in a folder that is trusted. */
  static ofCheckout(): Promise<Studio> {
    return Studio.with((data) => linkExtension(data, checkout), true);
  }

  private static async with(install: (data: string) => Promise<void>, trust: boolean): Promise<Studio> {
    const scratch = await mkdtemp(path.join(os.tmpdir(), 'latent-e2e-'));
    const workspace = path.join(scratch, 'my experiments');
    const data = path.join(scratch, 'server');
    await mkdir(workspace);
    await install(data);
    const served = await startServed({ workspace, data, trust });
    const browser = await launchChromium();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    return new Studio(scratch, served, browser, page, workspace);
  }

  /** Opens the window; its folder is not trusted yet. */
  async open(): Promise<Workbench> {
    await this.page.goto(this.served.url);
    const workbench = new Workbench(this.page);
    await workbench.ready();
    return workbench;
  }

  /** Loads the window anew, as *Developer: Reload Window* and a lost connection do. */
  async reload(): Promise<Workbench> {
    await this.page.reload();
    const workbench = new Workbench(this.page);
    await workbench.ready();
    return workbench;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.served.stop();
    await rm(this.scratch, { recursive: true, force: true });
  }
}
