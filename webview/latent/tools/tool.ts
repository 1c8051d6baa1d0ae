import { element, setText, type Child } from '../../shared/dom';
import type { Pixels } from '../model/pixels';
import type { Explored } from '../model/state';

/** What may change of {@link Explored}; `encoding` stands for all of it, and `images` have only come. */
export type Change = 'encoding' | 'picked' | 'selection' | 'label' | 'images';

/** What some tools ask of the map beyond what all may. */
export interface MapActions {
  /** A latent was decoded. @param original where the tool shows it */
  decoded(pixels: Pixels, original: Element): void;
  /** Where that lies when it is encoded again. */
  reencoded(latent: readonly number[] | undefined): void;
  chooseDimension(dimension: number): void;
  positions(): Float32Array;
}

/** A panel beside the points. It works only while it is unfolded. */
export abstract class Tool {
  readonly node: HTMLDetailsElement;
  protected readonly body = element('div', { class: 'tool-body' });
  private readonly heading: HTMLElement;
  private stale = true;
  private explored: Explored | undefined;

  /**
   * @param name by which it is remembered whether it is unfolded
   * @param icon of the editor's, without its prefix
   * @param minds the changes after which it has to show something else
   * @param hint what it is good for, which is said while it is folded
   */
  constructor(
    readonly name: string,
    title: string,
    icon: string,
    private readonly minds: readonly Change[],
    hint: string,
  ) {
    this.heading = element('h2', {}, title);
    this.node = element(
      'details',
      { class: `card tool tool-${name}` },
      element(
        'summary',
        {},
        element('i', { class: `codicon codicon-${icon}`, 'aria-hidden': 'true' }),
        element('span', { class: 'tool-title' }, this.heading, element('span', { class: 'tool-hint dim' }, hint)),
      ),
      this.body,
    );
    this.node.addEventListener('toggle', () => this.refresh());
  }

  /** Takes in what is explored now, and shows it as soon as the panel is unfolded. */
  update(explored: Explored, change: Change): void {
    this.explored = explored;
    const title = this.titleFor(explored);
    if (title !== undefined) setText(this.heading, title);
    this.stale ||= this.concerns(change);
    this.refresh();
  }

  /** Unfolds it and brings it into sight in its column, without the focus. @returns false where there is no such column */
  reveal(): boolean {
    this.node.open = true;
    // At once, and not when the page hears that it was unfolded: before that its height is not known.
    this.refresh();
    const column = this.node.parentElement;
    // Below the map instead of beside it, it would take the map out of sight.
    if (!column || getComputedStyle(column).overflowY === 'visible') return false;
    this.node.scrollIntoView({ block: 'nearest' });
    return true;
  }

  /** What is explored now. */
  protected get current(): Explored | undefined {
    return this.explored;
  }

  /** Whether something else has to be shown after a change. */
  protected concerns(change: Change): boolean {
    return this.minds.includes(change);
  }

  /** Where the title depends on the model. */
  protected titleFor(_explored: Explored): string | undefined {
    return undefined;
  }

  protected abstract show(explored: Explored): void;

  private refresh(): void {
    if (!this.node.open || !this.stale || !this.explored) return;
    this.stale = false;
    this.show(this.explored);
  }
}

/** A picture with words below it. */
export function pictured(canvas: HTMLElement, ...words: Child[]): HTMLElement {
  return element('figure', {}, canvas, element('figcaption', { class: 'dim' }, ...words));
}

/** A small button of the editor's kind. */
export function button(label: string, action: () => void, title?: string): HTMLButtonElement {
  const node = element('button', { type: 'button', class: 'small-button', title }, label);
  node.addEventListener('click', action);
  return node;
}

/** Some of which one is chosen. */
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

export function toolRow(...children: Child[]): HTMLElement {
  return element('div', { class: 'tool-row' }, ...children);
}
