import { Emitter } from '../../common/emitter';
import type { LiveState } from '../../protocol/control';

/** The state that clients see. Every change fires an event; limiting their rate is the publisher's concern. */
export class LiveStatus {
  private readonly emitter = new Emitter<LiveState>();
  readonly onChange = this.emitter.event;

  constructor(private state: LiveState) {}

  get current(): LiveState {
    return this.state;
  }

  update(patch: Partial<LiveState>): void {
    this.state = { ...this.state, ...patch };
    this.emitter.fire(this.state);
  }

  /** Sets the newest logged values, by tag. NaN and infinities become null, since JSON cannot express them. */
  measured(values: Readonly<Record<string, number>>): void {
    const metrics = { ...this.state.metrics };
    for (const [tag, value] of Object.entries(values)) metrics[tag] = Number.isFinite(value) ? value : null;
    this.update({ metrics });
  }

  /** Shows an activity, for which training waits, while the work is in progress. */
  async during<T>(activity: string, work: () => Promise<T>): Promise<T> {
    const before = this.state.activity;
    this.update({ activity });
    try {
      return await work();
    } finally {
      this.update({ activity: before });
    }
  }
}
