import { VscodeToolbarButton } from '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';

/**
 * Registers the toolbar button with the page's font. Browsers give buttons a font of their own, and the component, whose button
 * is in a shadow root, leaves it at that. Import this in place of the component.
 */
const inherited = new CSSStyleSheet();
inherited.replaceSync('button { font: inherit; }');
VscodeToolbarButton.elementStyles.push(inherited);

export { VscodeToolbarButton };
