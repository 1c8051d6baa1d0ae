/**
 * Signals of a process that outlives its terminal: hanging up means nothing to it, and being asked to end means to end
 * with a checkpoint.
 */
export function listenToSignals(stop: () => void): void {
  process.on('SIGHUP', () => undefined);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
