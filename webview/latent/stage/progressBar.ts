import { element, setHidden, setText } from '../../shared/dom';

/** What takes its time, how far it is, and the way to end it. */
export class ProgressBar {
  private readonly bar = element('progress', { max: 1 });
  private readonly words = element('span', { role: 'status' });
  private readonly cancel = element('button', { type: 'button', class: 'small-button' }, 'Cancel');
  readonly node = element('div', { class: 'progress-row', hidden: true }, this.words, this.bar, this.cancel);
  private current: AbortController | undefined;

  constructor() {
    this.cancel.addEventListener('click', () => this.current?.abort());
  }

  /** Shows what `work` does until it ends; `signal` tells it that it was cancelled. */
  async during<T>(
    activity: string,
    controller: AbortController,
    work: (report: (share: number, activity?: string) => void) => Promise<T>,
  ): Promise<T> {
    this.current = controller;
    this.bar.value = 0;
    setText(this.words, activity);
    setHidden(this.node, false);
    try {
      return await work((share, words) => {
        if (this.current !== controller) return;
        this.bar.value = share;
        if (words !== undefined) setText(this.words, words);
      });
    } finally {
      if (this.current === controller) {
        this.current = undefined;
        setHidden(this.node, true);
      }
    }
  }
}
