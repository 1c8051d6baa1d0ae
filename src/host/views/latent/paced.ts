import type { Disposable } from '../../../common/disposable';

/** Tells the newest of many values, no oftener than once in a while; the last one is always told. */
export class Paced<T> implements Disposable {
  private newest: T | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether a value has come while the timer ran. */
  private waits = false;

  constructor(
    private readonly say: (value: T) => void,
    private readonly milliseconds: number,
  ) {}

  /** @param atOnce what cannot wait, as a pause: nothing may come after it for long */
  tell(value: T, atOnce = false): void {
    this.newest = value;
    if (this.timer !== undefined && !atOnce) {
      this.waits = true;
      return;
    }
    this.dispose();
    this.say(value);
    this.timer = setTimeout(() => this.next(), this.milliseconds);
    this.timer.unref?.();
  }

  /** Tells the newest once more, to who has forgotten it. */
  repeat(): void {
    if (this.newest !== undefined) this.tell(this.newest, true);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waits = false;
  }

  private next(): void {
    const { waits, newest } = this;
    this.dispose();
    if (waits && newest !== undefined) this.tell(newest);
  }
}
