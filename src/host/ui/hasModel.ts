import { isLive } from '../../protocol/status';
import type { RunSummary } from '../../protocol/views';

/** Whether there is something to look into: the run trains, or has come to where it may have a checkpoint. */
export function hasModel({ status, step }: RunSummary): boolean {
  return status !== 'foreign' && (isLive(status) || step > 0);
}
