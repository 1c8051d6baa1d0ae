import type { RunStatus } from './run';
import type { RunSummary } from './views';

/** Statuses that only a living trainer may claim; a record that says so without one was cut off ("interrupted"). */
const LIVE_STATUSES: readonly RunStatus[] = ['starting', 'running', 'paused', 'stopping'];

/** Whether a status, of a record or of a view's summary, is one of a living trainer. */
export function isLive(status: string): boolean {
  return (LIVE_STATUSES as readonly string[]).includes(status);
}

/** Whether a run has a model to look into: it trains, or has come to where it may have a checkpoint. */
export function hasModel({ status, step }: Pick<RunSummary, 'status' | 'step'>): boolean {
  return status !== 'foreign' && (isLive(status) || step > 0);
}
