import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { errorCode } from '../runs/error';
import { secretPath, unusable } from './runtimeFolder';

/** Size of a secret and of a nonce: 256 bits. */
const SECRET_BYTES = 32;

/** The file does not exist, or is a link that we did not make. */
const ABSENT: readonly (string | undefined)[] = ['ENOENT', 'ELOOP'];

/** Creates the secret of a trainer that is about to listen, replacing one left by a killed trainer. */
export async function createSecret(id: string): Promise<Buffer> {
  const secret = randomBytes(SECRET_BYTES);
  const file = await secretPath(id);
  try {
    await rm(file, { force: true });
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(secret);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unusable(file, error);
  }
  return secret;
}

/**
 * The secret of a run's trainer; undefined if there is none, so that no trainer serves the run. Throws if that cannot
 * be determined.
 */
export async function readSecret(id: string): Promise<Buffer | undefined> {
  const file = await secretPath(id);
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(file, flags).catch((error: unknown) => {
    if (ABSENT.includes(errorCode(error))) return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(SECRET_BYTES + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return bytesRead === SECRET_BYTES ? buffer.subarray(0, SECRET_BYTES) : undefined;
  } finally {
    await handle.close();
  }
}

/** Removes a trainer's secret, unless another trainer has replaced it since. */
export async function removeSecret(id: string, secret: Uint8Array): Promise<void> {
  const present = await readSecret(id);
  if (present !== undefined && timingSafeEqual(present, secret)) await rm(await secretPath(id), { force: true });
}

export function createNonce(): string {
  return randomBytes(SECRET_BYTES).toString('hex');
}

/** The prover's role and what both sides have said so far; see src/protocol/control.ts. */
export interface Claim {
  readonly side: 'trainer' | 'client';
  readonly id: string;
  readonly startTime: string;
  readonly clientNonce: string;
  readonly trainerNonce: string;
}

/** HMAC-SHA256 of the claim, 64 hexadecimal digits. */
export function prove(secret: Uint8Array, claim: Claim): string {
  const { side, id, startTime, clientNonce, trainerNonce } = claim;
  return createHmac('sha256', secret).update([side, id, startTime, clientNonce, trainerNonce].join('|')).digest('hex');
}

/** Whether the proof matches the claim; in constant time. */
export function proves(proof: string, secret: Uint8Array, claim: Claim): boolean {
  return timingSafeEqual(Buffer.from(proof, 'hex'), Buffer.from(prove(secret, claim), 'hex'));
}
