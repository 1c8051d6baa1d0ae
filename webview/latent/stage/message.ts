import { errorMessage } from '../../../src/common/systemError';
import { isCancelled } from '../../../src/protocol/channel';
import { element, setHidden, setText } from '../../shared/dom';

const PASSING_MILLISECONDS = 6_000;

/**
 * A message to the user, with a button if something can be done about it. It overlays the content, which does not move.
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

  /** @param passing whether it disappears by itself, since it needs no action */
  say(text: string, passing = false): void {
    clearTimeout(this.leaving);
    if (passing) this.leaving = setTimeout(() => this.hide(), PASSING_MILLISECONDS);
    setText(this.words, text);
    setHidden(this.button, true);
    setHidden(this.node, false);
  }

  /** Reports an error; a cancellation is not one. */
  report(error: unknown): void {
    if (!isCancelled(error)) this.say(errorMessage(error));
  }

  /** Adds a button; a message that is already shown stays. */
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
