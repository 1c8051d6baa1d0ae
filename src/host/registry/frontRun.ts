import { Emitter } from '../../common/emitter';

/** The run whose tab is the active editor: a command of the palette means it before it asks which run is meant. */
export class FrontRun {
  private readonly changes = new Emitter<string | undefined>();
  private run: string | undefined;

  readonly onChange = this.changes.event;

  get key(): string | undefined {
    return this.run;
  }

  /** Its tab has become the active editor, or is that no more. */
  turn(run: string, active: boolean): void {
    const before = this.run;
    if (active) this.run = run;
    else if (this.run === run) this.run = undefined;
    if (this.run !== before) this.changes.fire(this.run);
  }
}
