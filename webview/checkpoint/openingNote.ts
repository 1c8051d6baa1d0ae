import { element, setHidden, setText } from '../shared/dom';

/** What opening a file is about, for one that takes long; only seen where it does, as is the way out. */
export class OpeningNote {
  private readonly words = element('span', { role: 'status' }, 'Reading the header…');
  readonly node: HTMLElement;

  constructor(cancel: () => void) {
    const button = element('button', { type: 'button', class: 'link late' }, 'Cancel');
    button.addEventListener('click', cancel);
    this.node = element('p', { class: 'opening dim' }, this.words, ' ', button);
  }

  show(activity: string): void {
    setText(this.words, `${activity}…`);
    setHidden(this.node, false);
  }

  hide(): void {
    setHidden(this.node, true);
  }
}
