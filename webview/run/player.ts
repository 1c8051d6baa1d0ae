import { upperBound } from '../shared/search';
import type { Playhead } from './playhead';

/** Logged steps per second. */
export const SPEEDS = [2, 5, 10, 30] as const;

/** Moves the playhead from one logged step to the next, at a settable speed, up to the last one. */
export class Player {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private milliseconds = 1000 / SPEEDS[1];
  /** Where the last move left the playhead: anything else that moves it ends the playing. */
  private at: number | undefined;

  /** @param changed called when playing begins and when it ends */
  constructor(
    private readonly playhead: Playhead,
    private readonly changed: () => void,
  ) {
    playhead.onChange(() => {
      if (this.playing && playhead.pin !== this.at) this.stop();
    });
  }

  get playing(): boolean {
    return this.timer !== undefined;
  }

  setSpeed(stepsPerSecond: number): void {
    this.milliseconds = 1000 / stepsPerSecond;
  }

  /** Plays from the playhead, or from the first step if it is at the last. */
  play(): void {
    const { stops, pin } = this.playhead;
    if (this.playing || stops.length < 2) return;
    this.timer = setTimeout(() => this.advance(), this.milliseconds);
    const index = pin === undefined ? stops.length : upperBound(stops, pin) - 1;
    this.moveTo(index >= stops.length - 1 ? 0 : Math.max(0, index));
    this.changed();
  }

  stop(): void {
    if (!this.playing) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.changed();
  }

  private advance(): void {
    const { stops } = this.playhead;
    // Not where the playhead is: a pointer over a chart moves that for as long as it stays there.
    const index = upperBound(stops, this.at ?? -Infinity) - 1;
    if (index + 1 >= stops.length - 1) {
      this.stop();
      return this.playhead.pinTo(undefined);
    }
    this.timer = setTimeout(() => this.advance(), this.milliseconds);
    this.moveTo(index + 1);
  }

  private moveTo(index: number): void {
    this.at = this.playhead.stops[index];
    this.playhead.pinTo(this.at);
  }
}
