import { Emitter } from '../../common/emitter';

/** The run whose tab is the active editor: a command of the palette applies to it before it asks for a run. */
export class FrontRun {
  private readonly changes = new Emitter<string | undefined>();
  private run: string | undefined;

  readonly onChange = this.changes.event;

  get key(): string | undefined {
    return this.run;
  }

  /** Its tab has become, or is no longer, the active editor. */
  turn(run: string, active: boolean): void {
    const before = this.run;
    if (active) this.run = run;
    else if (this.run === run) this.run = undefined;
    if (this.run !== before) this.changes.fire(this.run);
  }
}
