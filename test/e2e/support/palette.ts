import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The title within a row; a key binding and "recently used" stand beside it. */
const NAME = '.label-name';

/** Words that no command has. */
const NOTHING = 'qqqzzz';

const SOON = { timeout: 15_000, interval: 20 };

/** The command palette as somebody uses it who types and presses Enter without looking. */
export class Palette {
  private readonly input: Locator;
  private readonly chosen: Locator;

  constructor(private readonly page: Page) {
    this.input = page.locator('.quick-input-widget input[type=text]');
    this.chosen = page.locator('.quick-input-list .monaco-list-row.focused');
  }

  /** Opens it with nothing typed. A palette shows the commands that there were when it was opened. */
  async open(): Promise<void> {
    await this.close();
    await this.page.keyboard.press('F1');
    await this.input.waitFor();
  }

  /** Types into the open palette, and expects Enter to run the command of that title. */
  async expectChoice(typed: string, title: string): Promise<void> {
    const message = `"${typed}" and Enter`;
    // What is chosen afterwards was chosen for these words.
    await this.input.fill(`>${NOTHING}`);
    await expect.poll(() => this.choice(), { ...SOON, message }).toMatch(/^No matching /);
    await this.input.fill(`>${typed}`);
    await expect.poll(() => this.choice(), { ...SOON, message }).not.toMatch(/^(No matching |$)/);
    expect(await this.choice(), message).toBe(title);
  }

  /** Waits until the extension has brought a command, in a palette that is opened again until then. */
  async expectCommand(title: string): Promise<void> {
    const offered = async () => {
      await this.open();
      return (await this.offered(title)).includes(title);
    };
    await expect.poll(offered, { timeout: 60_000, message: `the palette offers "${title}"` }).toBe(true);
  }

  async run(): Promise<void> {
    await this.page.keyboard.press('Enter');
    await this.input.waitFor({ state: 'hidden' });
  }

  async close(): Promise<void> {
    if (!(await this.input.isVisible())) return;
    await this.page.keyboard.press('Escape');
    await this.input.waitFor({ state: 'hidden' });
  }

  /** The commands in sight, of those that begin with these words. */
  async offered(words: string): Promise<string[]> {
    await this.input.fill(`>${NOTHING}`);
    await expect.poll(() => this.choice(), SOON).toMatch(/^No matching /);
    await this.input.fill(`>${words}`);
    await expect.poll(() => this.choice(), SOON).not.toBe('');
    const labels = await this.page.locator(`.quick-input-list .monaco-list-row ${NAME}`).allInnerTexts();
    return labels.filter((label) => label.startsWith(words));
  }

  private async choice(): Promise<string> {
    // Between two lists there is no row.
    return this.chosen
      .locator(NAME)
      .innerText({ timeout: 1_000 })
      .catch(() => '');
  }
}
