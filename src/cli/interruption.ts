import { EXIT } from './exit';

/**
 * Ctrl-C, from the moment a run is begun: the first one is a wish, carried out as soon as there is somebody to
 * tell; the second one leaves at once.
 */
export class Interruption {
  /** Whether a wish of this process is not carried out yet. */
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

  /** What to do about it; done at once when it has been wished already. */
  answerWith(act: () => void): void {
    this.act = act;
    if (this.wished) act();
  }
}
