import { VscodeToolbarButton } from '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { setReason } from './disabling';
import { setAttributes } from './dom';

/**
 * Registers the toolbar button with the page's font. Browsers give buttons a font of their own, which the component,
 * whose button is in a shadow root, does not override. Import this instead of the component.
 */
const inherited = new CSSStyleSheet();
inherited.replaceSync(
  'button { font: inherit; } :host([disabled]) button { opacity: 0.5; cursor: default; background: none; }',
);
VscodeToolbarButton.elementStyles.push(inherited);

const disabled = new WeakSet<VscodeToolbarButton>();
const guarded = new WeakSet<VscodeToolbarButton>();

/**
 * Disables a toolbar button and states why; the component has no such state. The button stays focusable, so that screen
 * readers announce the reason and the focus stays in the toolbar.
 * @param why undefined enables the button
 */
export function setToolbarButtonDisabled(button: VscodeToolbarButton, why: string | undefined): void {
  if (why === undefined) disabled.delete(button);
  else disabled.add(button);
  if (!guarded.has(button)) {
    guarded.add(button);
    button.addEventListener('click', (event) => disabled.has(button) && event.stopImmediatePropagation(), true);
  }
  setReason(button, why);
  button.toggleAttribute('disabled', why !== undefined);
  // The inner button exists only after the first render.
  void button.updateComplete.then(() => {
    const own = button.shadowRoot?.querySelector('button');
    const reason = disabled.has(button) ? button.title : undefined;
    if (own) setAttributes(own, { 'aria-disabled': reason !== undefined && 'true', 'aria-description': reason });
  });
}

export { VscodeToolbarButton };
