import { element } from '../../shared/dom';
import { classColor } from '../points/palette';
import type { Selection } from '../model/selection';

/** More than this are not listed one by one. */
const MOST_CLASSES = 40;

/** The classes: a click hides or shows one, a double click shows it alone, pointing brings it out. */
export class Legend {
  readonly node = element('ul', { class: 'latent-legend', 'aria-label': 'Classes' });
  private dots: HTMLElement[] = [];

  /** @param emphasise brings a class out before the others; undefined none */
  constructor(private readonly emphasise: (label: number | undefined) => void) {
    this.node.addEventListener('pointerleave', () => this.emphasise(undefined));
  }

  show(classes: readonly string[], labels: Uint8Array, selection: Selection, dark: boolean): void {
    const counts = new Uint32Array(256);
    for (const label of labels) counts[label]!++;
    this.dots = [];
    const items = classes.slice(0, MOST_CLASSES).map((name, label) => {
      const dot = element('span', { class: 'dot' });
      this.dots.push(dot);
      const toggle = element(
        'button',
        { type: 'button', 'aria-pressed': String(selection.isShown(label)), title: 'Double click: this one alone' },
        dot,
        name,
        element('span', { class: 'dim number' }, counts[label]!.toLocaleString('en-US')),
      );
      const pressed = () =>
        this.node.querySelectorAll('button').forEach((each, i) => {
          each.setAttribute('aria-pressed', String(selection.isShown(i)));
        });
      toggle.addEventListener('click', (event) => {
        // The second click of two: the first has toggled already.
        if (event.detail === 2) selection.toggleClass(label);
        if (event.detail === 2) selection.isolateClass(label, classes.length);
        else selection.toggleClass(label);
        pressed();
      });
      toggle.addEventListener('pointerenter', () => this.emphasise(label));
      toggle.addEventListener('focus', () => toggle.matches(':focus-visible') && this.emphasise(label));
      toggle.addEventListener('blur', () => this.emphasise(undefined));
      return element('li', {}, toggle);
    });
    this.node.replaceChildren(...items);
    this.setTheme(dark);
  }

  setTheme(dark: boolean): void {
    this.dots.forEach((dot, label) => (dot.style.backgroundColor = classColor(label, dark)));
  }
}
