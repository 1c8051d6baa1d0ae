import { EXIT } from './exit';

/**
 * Ctrl-C once a run has been started: the first one is remembered, and carried out as soon as the trainer can be
 * reached; the second one exits at once.
 */
export class Interruption {
  /** Whether an interruption of this process has not been carried out yet. */
  static pending = false;
  private wished = false;
  private act: (() => void) | undefined;
  private readonly onSignal = () => {
    if (this.wished) process.exit(EXIT.interrupted);
    this.wished = true;
    Interruption.pending = true;
    this.act?.();
  };

  constructor() {
    process.on('SIGINT', this.onSignal);
    process.on('SIGTERM', this.onSignal);
  }

  get requested(): boolean {
    return this.wished;
  }

  /** Sets the reaction; it runs at once if an interruption is already pending. */
  answerWith(act: () => void): void {
    this.act = act;
    if (this.wished) act();
  }
}
