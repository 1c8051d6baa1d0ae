import { element, setHidden, setText } from '../shared/dom';

/** The activity of opening a file with a button to cancel; shown only if it takes long. */
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
