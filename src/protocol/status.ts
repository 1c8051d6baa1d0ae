import type { RunStatus } from './run';

/** Statuses that only a living trainer may claim; a record that says so without one was cut off ("interrupted"). */
const LIVE_STATUSES: readonly RunStatus[] = ['starting', 'running', 'paused', 'stopping'];

/** Whether a status, of a record or of a view's summary, is one of a living trainer. */
export function isLive(status: string): boolean {
  return (LIVE_STATUSES as readonly string[]).includes(status);
}
