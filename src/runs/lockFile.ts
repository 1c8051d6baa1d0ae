import * as z from 'zod';
import { readBounded } from './boundedRead';
import { errorCode, errorMessage } from './error';
import { printable } from './printable';
import { runIdSchema } from '../protocol/run';

const MAX_LOCK_BYTES = 16 * 1024;
const short = z.string().max(256);

/**
 * The owner recorded in `lock`. It may come from an untrusted repository: the pid is compared, never signaled, and
 * nothing in it is used as an address.
 */
const lockRecordSchema = z.object({
  id: runIdSchema,
  /** Random, new with every acquisition. */
  nonce: runIdSchema,
  pid: z.int().min(1),
  startTime: short,
  host: short,
  boot: short.optional(),
  namespace: short.optional(),
  acquiredAt: z.iso.datetime(),
  heartbeat: z.iso.datetime(),
});
export type LockRecord = z.output<typeof lockRecordSchema>;

/** JSON of a length that does not depend on the heartbeat, which is overwritten in place. */
export function encodeLock(record: LockRecord): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(record, undefined, 2)}\n`);
}

export type LockFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'lock'; readonly record: LockRecord }
  /** `unreadable`: the system denied access; `unusable`: the file is not a lock. */
  | { readonly kind: 'unreadable' | 'unusable'; readonly problem: string };

export async function readLockFile(path: string): Promise<LockFile> {
  let reason: string;
  let kind: 'unreadable' | 'unusable' = 'unusable';
  try {
    const bytes = await readBounded(path, MAX_LOCK_BYTES);
    const result = lockRecordSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (result.success) return { kind: 'lock', record: result.data };
    reason = 'it is not a lock of Latent Studio';
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { kind: 'absent' };
    if (errorCode(error) !== undefined) kind = 'unreadable';
    reason = error instanceof SyntaxError ? 'it is not JSON' : errorMessage(error);
  }
  return {
    kind,
    problem: `The lock file ${printable(path)} cannot be used (${printable(reason)}). Delete it if no trainer writes to this run.`,
  };
}
