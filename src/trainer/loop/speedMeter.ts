/** Steps per second, smoothed over the last seconds. Time that passes while paused does not count. */
export class SpeedMeter {
  private last: number | undefined;
  private steps = 0;
  private seconds = 0;

  /**
   * @param window Seconds after which a step's weight has fallen to 1/e.
   * @param now Clock in milliseconds.
   */
  constructor(
    private readonly window = 5,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** One step has finished. */
  tick(): void {
    const time = this.now();
    if (this.last !== undefined) {
      const elapsed = (time - this.last) / 1000;
      const decay = Math.exp(-elapsed / this.window);
      this.steps = this.steps * decay + 1;
      this.seconds = this.seconds * decay + elapsed;
    }
    this.last = time;
  }

  /** Excludes the time until the next step. */
  interrupt(): void {
    this.last = undefined;
  }

  /** 0 until two steps have finished. */
  get stepsPerSecond(): number {
    return this.seconds > 0 ? this.steps / this.seconds : 0;
  }

  /** Seconds that `steps` steps will take; null while unknown. */
  secondsFor(steps: number): number | null {
    return this.seconds > 0 ? steps / this.stepsPerSecond : null;
  }
}
