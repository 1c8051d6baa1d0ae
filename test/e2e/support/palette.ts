import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The title within a row; a key binding and "recently used" stand beside it. */
const NAME = '.label-name';

/** The command palette as somebody uses it who types and presses Enter without looking. */
export class Palette {
  private readonly input: Locator;
  private readonly chosen: Locator;

  constructor(private readonly page: Page) {
    this.input = page.locator('.quick-input-widget input[type=text]');
    this.chosen = page.locator('.quick-input-list .monaco-list-row.focused');
  }

  /** Types into a palette that was just opened, and expects Enter to run the command of that title. */
  async expectChoice(typed: string, title: string): Promise<void> {
    const choice = async () => {
      await this.type(typed);
      // A list that still changes is not what the user who waits for it would take.
      await this.page.waitForTimeout(150);
      return this.choice();
    };
    const message = `"${typed}" and Enter`;
    await expect.poll(choice, { timeout: 8_000, interval: 50, message }).toBe(title);
  }

  async run(): Promise<void> {
    await this.page.keyboard.press('Enter');
    await this.input.waitFor({ state: 'hidden' });
  }

  async close(): Promise<void> {
    if (await this.input.isVisible()) await this.page.keyboard.press('Escape');
  }

  /** All commands that the palette offers now which begin with the category. */
  async offered(category: string): Promise<string[]> {
    await this.type(`${category}: `);
    const names = this.page.locator(`.quick-input-list .monaco-list-row ${NAME}`);
    const labels = async () => (await names.allInnerTexts()).filter((label) => label.startsWith(`${category}: `));
    await expect.poll(async () => (await labels()).length, { timeout: 20_000 }).toBeGreaterThan(0);
    return labels();
  }

  private async type(text: string): Promise<void> {
    await this.close();
    await this.page.keyboard.press('F1');
    await this.input.waitFor();
    await this.input.fill(`>${text}`);
  }

  private async choice(): Promise<string> {
    // Between two lists there is no row.
    return this.chosen
      .locator(NAME)
      .innerText({ timeout: 1_000 })
      .catch(() => '');
  }
}
