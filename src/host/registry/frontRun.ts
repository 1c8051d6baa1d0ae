/** The run whose tab is the active editor: a command of the palette means it before it asks which run is meant. */
export class FrontRun {
  private run: string | undefined;

  get key(): string | undefined {
    return this.run;
  }

  /** Its tab has become the active editor, or is that no more. */
  turn(run: string, active: boolean): void {
    if (active) this.run = run;
    else if (this.run === run) this.run = undefined;
  }
}
