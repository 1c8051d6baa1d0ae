import { element, setHidden, setText } from '../../shared/dom';

/** The progress of the newest activity, with a button to cancel it. */
export class ProgressBar {
  private readonly bar = element('progress', { max: 1, 'aria-label': 'Progress' });
  private readonly words = element('span', { role: 'status' });
  private readonly cancel = element('button', { type: 'button', class: 'small-button' }, 'Cancel');
  readonly node = element('div', { class: 'progress-row', hidden: true }, this.words, this.bar, this.cancel);
  /** In the order of their start; the last one is shown. */
  private running: Activity[] = [];
  private waiting: string | undefined;

  constructor() {
    this.cancel.addEventListener('click', () => this.running.at(-1)?.controller?.abort());
  }

  /** Sets the activity that the page waits for while none of its own is running; undefined for none. */
  wait(words: string | undefined): void {
    this.waiting = words;
    this.write();
  }

  /**
   * Shows an activity until `work` ends.
   * @param controller aborted by the button; without one there is no button
   */
  async during<T>(
    words: string,
    controller: AbortController | undefined,
    work: (report: (share: number, words?: string) => void) => Promise<T>,
  ): Promise<T> {
    const activity: Activity = { controller, words, share: undefined };
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
    const words = shown?.words ?? this.waiting;
    setHidden(this.node, words === undefined);
    if (words === undefined) return;
    // Without a value the bar is indeterminate.
    if (shown?.share === undefined) this.bar.removeAttribute('value');
    else this.bar.value = shown.share;
    setText(this.words, words);
    setHidden(this.cancel, !shown?.controller);
  }
}

interface Activity {
  readonly controller: AbortController | undefined;
  words: string;
  share: number | undefined;
}
