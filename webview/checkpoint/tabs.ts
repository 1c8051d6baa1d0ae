import { element, setAttributes, setHidden } from '../shared/dom';

export interface TabPart<K extends string> {
  readonly key: K;
  readonly label: string;
  readonly content: HTMLElement;
}

let made = 0;

/** Tabs as in the WAI-ARIA pattern: arrow keys move between them, and the chosen one is shown. */
export class Tabs<K extends string> {
  private readonly list: HTMLElement;
  readonly node: HTMLElement;
  private readonly buttons = new Map<K, HTMLButtonElement>();
  private chosen: K | undefined;

  constructor(
    label: string,
    private readonly parts: readonly TabPart<K>[],
    private readonly onChoose: (key: K) => void,
  ) {
    const prefix = `tab-${++made}`;
    this.list = element('div', { class: 'tabs', role: 'tablist', 'aria-label': label });
    for (const { key, label: title, content } of parts) {
      const [id, panel] = [`${prefix}-${key}`, `${prefix}-${key}-panel`];
      const button = element(
        'button',
        { type: 'button', role: 'tab', id, 'aria-controls': panel, tabindex: -1 },
        title,
      );
      button.addEventListener('click', () => this.onChoose(key));
      setAttributes(content, { role: 'tabpanel', id: panel, 'aria-labelledby': id, hidden: true });
      this.buttons.set(key, button);
      this.list.append(button);
    }
    this.list.addEventListener('keydown', (event) => this.onKey(event));
    this.node = element('div', { class: 'tabbed' }, this.list, ...parts.map(({ content }) => content));
  }

  choose(key: K): void {
    this.chosen = key;
    for (const part of this.parts) {
      const on = part.key === key;
      setHidden(part.content, !on);
      setAttributes(this.buttons.get(part.key)!, { 'aria-selected': on ? 'true' : 'false', tabindex: on ? 0 : -1 });
    }
  }

  offer(key: K, offered: boolean): void {
    setHidden(this.buttons.get(key)!, !offered);
  }

  focus(): void {
    if (this.chosen !== undefined) this.buttons.get(this.chosen)?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    const offered = this.parts.filter(({ key }) => !this.buttons.get(key)!.hidden);
    const at = offered.findIndex(({ key }) => key === this.chosen);
    const next = offered[(at + by + offered.length) % offered.length];
    if (next === undefined) return;
    this.onChoose(next.key);
    this.focus();
    event.preventDefault();
  }
}
