import type { Page } from 'playwright-core';

/** What of a page has another font than the editor's, in shadow roots, too; icons and code have their own. */
export function foreignFonts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const expected = getComputedStyle(document.body).fontFamily;
    const visit = (root: Document | ShadowRoot) => {
      for (const node of root.querySelectorAll('body *, :host *, *')) {
        const { fontFamily } = getComputedStyle(node);
        const icon = node.classList.contains('codicon') || node.localName === 'vscode-icon';
        if (fontFamily !== expected && !icon && !/codicon|monospace/.test(fontFamily))
          found.add(`${node.localName}: ${fontFamily}`);
        if (node.shadowRoot) visit(node.shadowRoot);
      }
    };
    visit(document);
    return [...found].filter((each) => !/^(html|head|meta|title|script|link|style)/.test(each));
  });
}
