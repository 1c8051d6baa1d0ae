import type { Disposable } from '../../common/disposable';

/**
 * Calls `work` soon after it is requested, at most once per interval in milliseconds; the last request is never lost.
 */
export class Throttle implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private last = -Infinity;

  constructor(
    private readonly milliseconds: number,
    private readonly work: () => void,
  ) {}

  ask(): void {
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        this.last = performance.now();
        this.work();
      },
      Math.max(0, this.last + this.milliseconds - performance.now()),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
  }
}
