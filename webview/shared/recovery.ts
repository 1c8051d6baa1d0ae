import { element, setHidden, setText } from './dom';

/** A page that fails again within this time of having asked for everything would ask for ever. */
const PATIENCE_MS = 30_000;

/**
 * What a page does when it gets something that it cannot apply: it asks the host for everything once, by itself. When that
 * fails as well it says so, beside a button that asks again; what did arrive stays on the screen.
 */
export class Recovery {
  readonly node: HTMLElement;
  private readonly text = element('span');
  private asked: number | undefined;
  private answered = true;

  /**
   * @param ask asks the host for everything
   * @param now milliseconds, from any moment on
   */
  constructor(
    private readonly ask: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    const again = element('button', { type: 'button', class: 'link reload' }, 'Reload');
    again.addEventListener('click', () => this.start());
    this.node = element('div', { class: 'trouble', role: 'alert', hidden: true }, this.text, again);
  }

  /** Something could not be applied. @param reason a phrase that follows a colon */
  failed(reason: string): void {
    if (!this.node.hidden) return;
    const lately = this.asked !== undefined && this.now() - this.asked < PATIENCE_MS;
    if (this.answered && !lately) return this.start();
    setText(this.text, `Not everything could be shown: ${reason}. What is missing can be asked for again.`);
    setHidden(this.node, false);
  }

  /** Everything has come, and was applied. */
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
