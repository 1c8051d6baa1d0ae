import { element, setHidden, setText } from '../../shared/dom';

/** What has to be said to whoever works the tab, and at times the button for what can be done about it. */
export class Message {
  private readonly words = element('span', {});
  private readonly button = element('button', { type: 'button', class: 'small-button', hidden: true });
  readonly node = element('p', { class: 'message', role: 'alert', hidden: true }, this.words, ' ', this.button);
  private action: () => void = () => undefined;

  constructor() {
    this.button.addEventListener('click', () => this.action());
  }

  say(text: string): void {
    setText(this.words, text);
    setHidden(this.button, true);
    setHidden(this.node, false);
  }

  /** The same with a button; what is said already stays. */
  offer(text: string, label: string, action: () => void): void {
    if (this.node.hidden) this.say(text);
    setText(this.button, label);
    setHidden(this.button, false);
    this.action = action;
  }

  hide(): void {
    setHidden(this.node, true);
  }
}
