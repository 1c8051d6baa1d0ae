import { hostname } from 'node:os';
import { RunError } from './error';
import { printable } from './printable';

/** As TensorBoard decides it: any file whose name contains this is an event file. */
const MARK = 'tfevents';
const PREFIX = `events.out.${MARK}.`;

export function isEventFileName(name: string): boolean {
  return name.includes(MARK);
}

/**
 * The order in which TensorBoard reads the event files of a run, and so the order in which a later one supersedes an
 * earlier one: by code units, since their names begin with the time.
 */
export function compareEventFileNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A name for a new event file that comes after all `existing` ones, even when the clock was set back since.
 *
 * @param now seconds since 1970
 * @param attempt tells apart the files that one process makes within a second
 */
export function nextEventFileName(existing: readonly string[], now: number, attempt: number): string {
  let seconds = Math.floor(now);
  for (const name of existing) {
    const stamp = name.startsWith(PREFIX) ? /^\d{10}(?=\.)/.exec(name.slice(PREFIX.length))?.[0] : undefined;
    if (stamp !== undefined) seconds = Math.max(seconds, Number(stamp) + 1);
  }
  const host =
    hostname()
      .replace(/[^A-Za-z0-9-]/g, '-')
      .slice(0, 64) || 'host';
  const name = `${PREFIX}${String(seconds).padStart(10, '0')}.${host}.${process.pid}.${attempt}`;
  const later = existing.find((other) => compareEventFileNames(name, other) <= 0);
  if (later === undefined) return name;
  throw new RunError(
    `The run holds an event file “${printable(later, 100)}” whose name sorts after any new one. ` +
      `Rename it or move it out of the run’s folder.`,
  );
}
