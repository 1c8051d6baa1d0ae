import { RunError } from './error';
import { printable } from './printable';
import type { Specification } from '../protocol/specification';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;
/** Windows gives these to devices, whatever extension follows. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** The stem of a run's name: what the specification says, else "vae-mnist". */
export function runStem(specification: Specification): string {
  return specification.name ?? `${specification.model.family}-${specification.data.set}`;
}

/** `stem` with the number after the largest that is taken; case does not tell names apart on every file system. */
export function nextRunName(stem: string, taken: Iterable<string>): string {
  const prefix = `${stem}-`.toLowerCase();
  const present = new Set<string>();
  let largest = 0;
  for (const name of taken) {
    present.add(name.toLowerCase());
    if (!name.toLowerCase().startsWith(prefix)) continue;
    const digits = name.slice(prefix.length);
    // Nine digits stay far from where adding one is no longer exact.
    if (/^\d{1,9}$/.test(digits)) largest = Math.max(largest, Number(digits));
  }
  // Beyond nine digits a number may be taken that was not counted.
  for (let number = largest + 1; ; number++) {
    const name = `${stem}-${String(number).padStart(3, '0')}`;
    if (!present.has(name.toLowerCase())) return name;
  }
}

/** Throws {@link RunError} for a name that is not a plain folder name on every system. */
export function checkRunName(name: string): void {
  if (NAME.test(name) && !DEVICE.test(name) && !name.endsWith('.')) return;
  throw new RunError(
    `“${printable(name, 100)}” cannot be the name of a run: use letters, digits, dots, dashes and underscores ` +
      `(at most 80, a letter or digit first, no dot at the end, and none of Windows’ device names).`,
  );
}
