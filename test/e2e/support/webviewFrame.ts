import type { Frame } from 'playwright-core';

/** The page of one of our views, inside the window. */
export class WebviewFrame {
  constructor(protected readonly frame: Frame) {}

  /** The kind of theme that VS Code has told the view of: "vscode-dark", "vscode-high-contrast", … */
  themeKind(): Promise<string | undefined> {
    return this.frame.evaluate(() => document.body.dataset['vscodeThemeKind']);
  }

  /** Whether something is wider than the view, so that it would have to be scrolled sideways. */
  overflows(): Promise<boolean> {
    return this.frame.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  }
}
