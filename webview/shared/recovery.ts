import { element, setHidden, setText } from './dom';

/** A failure within this time after an automatic retry is not retried again, since that might never end. */
const PATIENCE_MS = 30_000;

/**
 * Recovers from a message that the page cannot apply: requests a snapshot once, automatically. If that fails as well, it
 * shows an error with a button to retry; content that did arrive stays on the screen.
 */
export class Recovery {
  readonly node: HTMLElement;
  private readonly text = element('span');
  private asked: number | undefined;
  private answered = true;

  /**
   * @param ask requests a snapshot from the host
   * @param now a clock in milliseconds
   */
  constructor(
    private readonly ask: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    const again = element('button', { type: 'button', class: 'link reload' }, 'Reload');
    again.addEventListener('click', () => this.start());
    this.node = element('div', { class: 'trouble', role: 'alert', hidden: true }, this.text, again);
  }

  /** Called if a message could not be applied. @param reason a phrase that follows a colon */
  failed(reason: string): void {
    if (!this.node.hidden) return;
    const lately = this.asked !== undefined && this.now() - this.asked < PATIENCE_MS;
    if (this.answered && !lately) return this.start();
    setText(this.text, `Not everything could be shown: ${reason}. What is missing can be asked for again.`);
    setHidden(this.node, false);
  }

  /** A snapshot has arrived and was applied. */
  succeeded(): void {
    this.answered = true;
    setHidden(this.node, true);
  }

  private start(): void {
    setHidden(this.node, true);
    this.asked = this.now();
    this.answered = false;
    this.ask();
  }
}
