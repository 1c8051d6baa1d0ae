import { element } from '../../shared/dom';
import { classColor } from '../points/palette';
import type { Selection } from '../model/selection';

/** As many as a label of one byte can name. */
const MOST_CLASSES = 256;

/** The classes: a click hides or shows one, a double click or one with Shift shows it alone, pointing brings it out. */
export class Legend {
  readonly node = element('ul', { class: 'latent-legend', 'aria-label': 'Classes' });
  private dots: HTMLElement[] = [];
  private shown: Uint8Array | undefined;

  /** @param emphasise brings a class out before the others; undefined none */
  constructor(private readonly emphasise: (label: number | undefined) => void) {
    this.node.addEventListener('pointerleave', () => this.emphasise(undefined));
  }

  show(classes: readonly string[], labels: Uint8Array, selection: Selection, dark: boolean): void {
    // Whoever works the buttons by keys would lose them with each new state of the weights.
    if (labels === this.shown) return;
    this.shown = labels;
    const counts = new Uint32Array(MOST_CLASSES);
    for (const label of labels) counts[label]!++;
    this.dots = [];
    const items = classes.slice(0, MOST_CLASSES).map((name, label) => {
      const dot = element('span', { class: 'dot' });
      this.dots.push(dot);
      const toggle = element(
        'button',
        {
          type: 'button',
          'aria-pressed': String(selection.isShown(label)),
          title: 'With Shift, or a double click: this one alone',
        },
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
        if (event.detail === 2 || event.shiftKey) selection.isolateClass(label, classes.length);
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
