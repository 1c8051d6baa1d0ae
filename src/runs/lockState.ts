import type { LockRecord } from './lockFile';
import { printable } from './printable';
import { ownIdentity, processStartTime } from './processIdentity';

export type LockState =
  | { readonly state: 'free'; readonly evidence: string }
  /** The process lives; `stale`: it has ended, so the lock may be taken. */
  | { readonly state: 'held' | 'stale'; readonly holder: LockRecord; readonly evidence: string }
  /** The owner cannot be checked from here; such a lock is only taken by force. */
  | { readonly state: 'unknown'; readonly holder?: LockRecord; readonly evidence: string };

/** A machine that was restarted and one that has the same name look alike; the other one's heartbeat is young. */
const HEARTBEAT_PATIENCE_SECONDS = 120;

/** Whether the process that a lock names is alive. Its number alone proves nothing: it must have the same start time. */
export async function judgeHolder(holder: LockRecord): Promise<LockState> {
  const here = await ownIdentity();
  const silence = Math.max(0, (Date.now() - Date.parse(holder.heartbeat)) / 1000);
  const who = describeHolder(holder);
  const unknown = (why: string): LockState => ({
    state: 'unknown',
    holder,
    evidence: `${who} took its lock, ${why}; its last heartbeat was ${duration(silence)} ago.`,
  });
  if (holder.host !== here.host) return unknown('which cannot be checked from this machine');
  if (holder.boot !== here.boot) {
    return silence < HEARTBEAT_PATIENCE_SECONDS
      ? unknown('and either this machine was restarted since, or another one has the same name')
      : { state: 'stale', holder, evidence: `${who} held its lock; this machine was restarted since.` };
  }
  if (holder.namespace !== here.namespace) return unknown('which runs in another container');
  const startTime = await processStartTime(holder.pid);
  if (startTime === undefined) return { state: 'stale', holder, evidence: `${who} held its lock and has ended.` };
  if (startTime === 'unknown') return unknown('and this system cannot tell whether it is alive');
  if (startTime === holder.startTime) return { state: 'held', holder, evidence: `${who} holds its lock.` };
  const evidence = `${who} held its lock and has ended; its number now belongs to another process.`;
  return { state: 'stale', holder, evidence };
}

function describeHolder(holder: LockRecord): string {
  return `Process ${holder.pid} on ${printable(holder.host, 80)}`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
