import { element, setHidden, setText } from '../../shared/dom';
import { CLASS_COLORS, classColor } from '../../shared/classColors';
import type { Selection } from '../model/selection';

/** The number of values of a one-byte label. */
const MOST_CLASSES = 256;
/** More classes than this are listed in a column with a search field. */
const MOST_IN_ROWS = 16;

/** The classes: a click toggles one, a double click or Shift+click shows only that one, and hovering highlights it. */
export class Legend {
  private readonly list = element('ul', { class: 'latent-legend', 'aria-label': 'Classes' });
  private readonly count = element('span', {});
  private readonly find = element('input', {
    type: 'search',
    placeholder: 'Find a class',
    'aria-label': 'Find a class in the legend',
  });
  private readonly all = element('button', { type: 'button', class: 'link', 'aria-label': 'All classes' }, 'All');
  private readonly none = element(
    'button',
    { type: 'button', class: 'link', 'aria-label': 'None of the classes' },
    'None',
  );
  private readonly repeats = element('p', { class: 'dim', hidden: true });
  private readonly head = element(
    'div',
    { class: 'legend-head', hidden: true },
    element('p', {}, this.count, this.all, this.none),
    this.find,
    this.repeats,
  );
  readonly node = element('div', { class: 'legend-frame', hidden: true }, this.head, this.list);
  private items: { readonly node: HTMLElement; readonly toggle: HTMLElement; readonly name: string }[] = [];
  private dots: HTMLElement[] = [];
  private shown: Uint8Array | undefined;
  private selection: Selection | undefined;

  /** @param emphasize highlights a class; undefined for none */
  constructor(private readonly emphasize: (label: number | undefined) => void) {
    this.node.addEventListener('pointerleave', () => this.emphasize(undefined));
    this.find.addEventListener('input', () => this.filter());
    this.all.addEventListener('click', () => this.showAll(true));
    this.none.addEventListener('click', () => this.showAll(false));
  }

  show(classes: readonly string[], labels: Uint8Array, selection: Selection, dark: boolean): void {
    // Replacing the buttons for each state of the weights would take the focus from a keyboard user.
    if (labels === this.shown) return;
    [this.shown, this.selection] = [labels, selection];
    const counts = new Uint32Array(MOST_CLASSES);
    for (const label of labels) counts[label]!++;
    const named = classes.slice(0, MOST_CLASSES);
    this.dots = named.map(() => element('span', { class: 'dot' }));
    this.items = named.map((name, label) => {
      const toggle = this.toggle(name, label, counts[label]!, named.length);
      return { node: element('li', {}, toggle), toggle, name: name.toLowerCase() };
    });
    this.list.replaceChildren(...this.items.map(({ node }) => node));
    const many = named.length > MOST_IN_ROWS;
    this.node.classList.toggle('many', many);
    setHidden(this.head, !many);
    setText(this.count, `${named.length} classes`);
    setHidden(this.repeats, named.length <= CLASS_COLORS);
    setText(
      this.repeats,
      `${CLASS_COLORS} colors; further classes use them again. Point at a class to see its points.`,
    );
    setHidden(this.node, named.length === 0);
    this.filter();
    this.press();
    this.setTheme(dark);
  }

  /** Hides the legend, for points without classes. */
  clear(): void {
    this.shown = undefined;
    setHidden(this.node, true);
  }

  setTheme(dark: boolean): void {
    this.dots.forEach((dot, label) => (dot.style.backgroundColor = classColor(label, dark)));
  }

  private toggle(name: string, label: number, count: number, all: number): HTMLElement {
    const node = element(
      'button',
      { type: 'button', title: `${name}: with Shift, or a double click, this one alone` },
      this.dots[label],
      element('span', { class: 'class-name' }, name),
      element('span', { class: 'dim number' }, count.toLocaleString('en-US')),
    );
    node.addEventListener('click', (event) => {
      const { selection } = this;
      // Undo the toggle by the first click of the double click.
      if (event.detail === 2) selection?.toggleClass(label);
      if (event.detail === 2 || event.shiftKey) selection?.isolateClass(label, all);
      else selection?.toggleClass(label);
      this.press();
    });
    node.addEventListener('pointerenter', () => this.emphasize(label));
    node.addEventListener('focus', () => node.matches(':focus-visible') && this.emphasize(label));
    node.addEventListener('blur', () => this.emphasize(undefined));
    return node;
  }

  private showAll(shown: boolean): void {
    this.selection?.showClasses(this.items.length, shown);
    this.press();
  }

  private press(): void {
    this.items.forEach(({ toggle }, label) => {
      toggle.setAttribute('aria-pressed', String(this.selection?.isShown(label) ?? true));
    });
  }

  private filter(): void {
    const wanted = this.find.value.trim().toLowerCase();
    for (const { node, name } of this.items) setHidden(node, !name.includes(wanted));
  }
}
