import type { Frame, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The window of VS Code: what a user reaches with keys and sees around the views. */
export class Workbench {
  constructor(readonly page: Page) {}

  /** The window is drawn and its extension host runs: the status bar shows where it is connected to. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await this.page.locator('.explorer-folders-view, .pane-body').first().waitFor({ timeout: 60_000 });
  }

  /** Trusts the open folder: new ones open in Restricted Mode. */
  async trustFolder(): Promise<void> {
    await this.command('Workspaces: Manage Workspace Trust');
    await this.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await this.status('Restricted Mode').waitFor({ state: 'hidden' });
    await this.command('View: Close Editor');
  }

  /** Runs a command from the palette, by keyboard. */
  async command(title: string): Promise<void> {
    // The palette shows the commands that there were when it was opened, and extensions bring theirs when they are ready.
    const offered = async () => {
      // Only a palette that is open: elsewhere Escape means something (in a tree it clears the selection).
      if (await this.input.isVisible()) await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      return this.offers(`>${title}`, title);
    };
    await expect.poll(offered, { timeout: 60_000, message: `the palette offers "${title}"` }).toBe(true);
    await this.choose(title);
  }

  /** Opens a file by its name, as *Go to File* finds it. */
  async openFile(name: string): Promise<void> {
    // Its label goes on with the folder, and with where it was found.
    const row = this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: name });
    // Keys get lost while the focus is on its way, and an editor that takes it when it has loaded closes the list.
    const found = async () => {
      if (!(await this.input.isVisible())) await this.page.keyboard.press('Control+P');
      return this.input
        .fill(name, { timeout: 2_000 })
        .then(() => row.waitFor({ timeout: 5_000 }))
        .then(
          () => true,
          () => false,
        );
    };
    await expect.poll(found, { timeout: 60_000, message: `Go to File finds ${name}` }).toBe(true);
    await this.page.keyboard.press('Enter');
    await row.waitFor({ state: 'hidden' });
  }

  /** Chooses a color theme, by its name in the list. */
  async useTheme(name: string): Promise<void> {
    await this.command('Preferences: Color Theme');
    expect(await this.offers(name, name)).toBe(true);
    await this.choose(name);
  }

  private get input(): Locator {
    return this.page.locator('.quick-input-widget input[type=text]');
  }

  private row(label: string): Locator {
    return this.page
      .locator('.quick-input-list .monaco-list-row')
      .and(this.page.locator(`[aria-label="${label}"], [aria-label^="${label},"]`));
  }

  /** Types into the open quick input; whether a row of that name is offered soon. */
  private async offers(text: string, label: string): Promise<boolean> {
    await this.input.fill(text);
    return this.row(label)
      .waitFor({ timeout: 2_000 })
      .then(
        () => true,
        () => false,
      );
  }

  /** Goes down to the row of that name and takes it. */
  private async choose(label: string): Promise<void> {
    const row = this.row(label);
    const rows = Number(await row.getAttribute('aria-setsize'));
    for (let presses = 0; presses < rows && !(await isFocused(row)); presses += 1) {
      await this.page.keyboard.press('ArrowDown');
    }
    await this.page.keyboard.press('Enter');
    await row.waitFor({ state: 'hidden' });
  }

  /** Clicks an entry of the context menu that a file has in the Explorer. The file is opened on the way there. */
  async fileMenu(file: string, entry: string): Promise<void> {
    await this.openFile(file);
    // VS Code gives the keyboard to the page of a custom editor once that has loaded, and closes the palette with that.
    const revealed = async () => {
      await this.command('File: Reveal Active File in Explorer View');
      return this.treeItem(file)
        .waitFor({ timeout: 3_000 })
        .then(
          () => true,
          () => false,
        );
    };
    await expect.poll(revealed, { timeout: 60_000, message: `the Explorer shows ${file}` }).toBe(true);
    await this.treeItem(file).click({ button: 'right' });
    const item = this.page.getByRole('menuitem', { name: entry, exact: true });
    await item.waitFor();
    // A menu takes no click in its first moment: the one that opened it could be meant.
    const chosen = async () => {
      if (await item.isVisible()) await item.click();
      return !(await item.isVisible());
    };
    await expect.poll(chosen, { timeout: 20_000, message: `"${entry}" is chosen` }).toBe(true);
  }

  /** What an open list offers, by the end of its label. */
  choice(label: string | RegExp): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label });
  }

  /** A tab of the editor area, by its title. */
  tab(title: string | RegExp): Locator {
    return this.page.locator('.tabs-container .tab').filter({ hasText: title });
  }

  /** An entry of the status bar. */
  status(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** A message in the corner of the window. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item').filter({ hasText: text });
  }

  /** A row of the side bar's trees, by the name that it begins with. */
  treeItem(name: string): Locator {
    return this.page.locator(`.part.sidebar [role=treeitem][aria-label^="${name}"]`);
  }

  /**
   * The document inside a webview: the one that says which of our views it is.
   * @param heading where there may be several, the text of its first heading
   */
  async viewFrame(
    view: 'gallery' | 'run' | 'charts' | 'checkpoint' | 'draw' | 'latent',
    heading?: string,
  ): Promise<Frame> {
    const find = async (): Promise<Frame | undefined> => {
      for (const frame of this.page.frames()) {
        // A frame may go away while it is asked.
        const found = await frame
          .evaluate(() => [document.body.dataset['view'], document.querySelector('h1')?.textContent])
          .catch(() => []);
        if (found[0] === view && (heading === undefined || found[1] === heading)) return frame;
      }
      return undefined;
    };
    await expect.poll(find, { timeout: 60_000, message: `the ${view} view is shown` }).toBeDefined();
    return (await find())!;
  }

  /** Takes a picture of the whole window, or of its side bar. */
  async screenshot(file: string, part?: 'sidebar'): Promise<void> {
    if (part === undefined) await this.page.screenshot({ path: file });
    else await this.page.locator(`.part.${part}`).screenshot({ path: file });
  }
}

function isFocused(row: Locator): Promise<boolean> {
  return row.evaluate((element) => element.classList.contains('focused'));
}
