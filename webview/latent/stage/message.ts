import { element, setHidden, setText } from '../../shared/dom';

const PASSING_MILLISECONDS = 6_000;

/**
 * What has to be said to whoever works the tab, and at times the button for what can be done about it. It lies over what is
 * there, which does not move for it.
 */
export class Message {
  private readonly words = element('span', {});
  private readonly button = element('button', { type: 'button', class: 'small-button', hidden: true });
  private readonly close = element('button', { type: 'button', class: 'close-button', 'aria-label': 'Dismiss' }, '×');
  readonly node = element(
    'p',
    { class: 'message', role: 'alert', hidden: true },
    this.words,
    ' ',
    this.button,
    this.close,
  );
  private leaving: ReturnType<typeof setTimeout> | undefined;
  private action: () => void = () => undefined;

  constructor() {
    this.button.addEventListener('click', () => this.action());
    this.close.addEventListener('click', () => this.hide());
  }

  /** @param passing whether it goes by itself: what nobody has to do anything about */
  say(text: string, passing = false): void {
    clearTimeout(this.leaving);
    if (passing) this.leaving = setTimeout(() => this.hide(), PASSING_MILLISECONDS);
    setText(this.words, text);
    setHidden(this.button, true);
    setHidden(this.node, false);
  }

  /** The same with a button; what is said already stays. */
  offer(text: string, label: string, action: () => void): void {
    clearTimeout(this.leaving);
    if (this.node.hidden) this.say(text);
    setText(this.button, label);
    setHidden(this.button, false);
    this.action = action;
  }

  hide(): void {
    clearTimeout(this.leaving);
    setHidden(this.node, true);
  }
}
