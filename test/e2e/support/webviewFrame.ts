import type { Frame } from 'playwright-core';
import { expect } from 'vitest';

/** The page of one of our views, inside the window. */
export class WebviewFrame {
  constructor(protected readonly frame: Frame) {}

  /** The kind of theme that VS Code has told the view of: "vscode-dark", "vscode-high-contrast", … */
  themeKind(): Promise<string | undefined> {
    return this.frame.evaluate(() => document.body.dataset['vscodeThemeKind']);
  }

  /** Marks the document; resolves with what resolves once it is gone, as it is when the page was loaded again. */
  async mark(): Promise<() => Promise<void>> {
    await this.frame.evaluate(() => (document.body.dataset['marked'] = 'yes'));
    const marked = () => this.frame.evaluate(() => document.body.dataset['marked']).catch(() => undefined);
    return () => expect.poll(marked, { timeout: 30_000, message: 'the page is loaded again' }).toBeUndefined();
  }

  /** Whether something is wider than the view, so that it would have to be scrolled sideways. */
  overflows(): Promise<boolean> {
    return this.frame.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  }
}
