import { element, setHidden, setText } from '../../shared/dom';

/** What takes its time, how far it is, and the way to end it. */
export class ProgressBar {
  private readonly bar = element('progress', { max: 1, 'aria-label': 'Progress' });
  private readonly words = element('span', { role: 'status' });
  private readonly cancel = element('button', { type: 'button', class: 'small-button' }, 'Cancel');
  readonly node = element('div', { class: 'progress-row', hidden: true }, this.words, this.bar, this.cancel);
  /** What is on its way, the last one begun last; that one is shown. */
  private running: Activity[] = [];

  constructor() {
    this.cancel.addEventListener('click', () => this.running.at(-1)?.controller.abort());
  }

  /** Shows what `work` does until it ends; `signal` tells it that it was cancelled. */
  async during<T>(
    words: string,
    controller: AbortController,
    work: (report: (share: number, words?: string) => void) => Promise<T>,
  ): Promise<T> {
    const activity: Activity = { controller, words, share: 0 };
    this.running.push(activity);
    this.write();
    try {
      return await work((share, now) => {
        [activity.share, activity.words] = [share, now ?? activity.words];
        this.write();
      });
    } finally {
      this.running = this.running.filter((each) => each !== activity);
      this.write();
    }
  }

  private write(): void {
    const shown = this.running.at(-1);
    setHidden(this.node, !shown);
    if (!shown) return;
    this.bar.value = shown.share;
    setText(this.words, shown.words);
  }
}

interface Activity {
  readonly controller: AbortController;
  words: string;
  share: number;
}
