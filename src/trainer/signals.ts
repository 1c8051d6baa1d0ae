/**
 * Handles the signals of a process that outlives its terminal: SIGHUP is ignored, SIGTERM and SIGINT call `stop`, which
 * ends a run with a checkpoint.
 */
export function listenToSignals(stop: () => void): void {
  process.on('SIGHUP', () => undefined);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
