import { Emitter } from '../../common/emitter';
import type { LiveState } from '../../protocol/control';

/** The state that watchers see; told on every change, to be thinned out by who passes it on. */
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

  /** Newest values of what is logged, by tag. What is not a number travels as null: JSON has no word for it. */
  measured(values: Readonly<Record<string, number>>): void {
    const metrics = { ...this.state.metrics };
    for (const [tag, value] of Object.entries(values)) metrics[tag] = Number.isFinite(value) ? value : null;
    this.update({ metrics });
  }

  /** Says what keeps the run waiting while the work is under way. */
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
