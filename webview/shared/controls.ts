import { element, type Child } from './dom';

/** An image with its caption. */
export function pictured(image: HTMLElement, ...caption: Child[]): HTMLElement {
  return element('figure', {}, image, element('figcaption', { class: 'dim' }, ...caption));
}

/** A small button in the editor's style. */
export function button(label: string, action: () => void, title?: string): HTMLButtonElement {
  const node = element('button', { type: 'button', class: 'small-button', title }, label);
  node.addEventListener('click', action);
  return node;
}

/** Radio buttons in one row. @param label also names their group in the page */
export function segmented<V extends string>(
  label: string,
  choices: readonly (readonly [value: V, label: string])[],
  chosen: V,
  choose: (value: V) => void,
): HTMLElement {
  const name = `segmented-${label.toLowerCase().replaceAll(' ', '-')}`;
  const options = choices.map(([value, text]) => {
    const input = element('input', { type: 'radio', name, value, checked: value === chosen });
    input.addEventListener('change', () => choose(value));
    return element('label', {}, input, element('span', {}, text));
  });
  return element('div', { class: 'segmented', role: 'radiogroup', 'aria-label': label }, ...options);
}

/** Controls in one row. */
export function toolRow(...children: Child[]): HTMLElement {
  return element('div', { class: 'tool-row' }, ...children);
}
