import { chmod, rm } from 'node:fs/promises';
import { AddressBusyError, guardAddress } from '../../process/addressGuard';
import { ConnectError, ControlClient } from '../../process/client';
import { socketPath } from '../../process/runtimeFolder';
import { createSecret, removeSecret } from '../../process/secret';
import { TrainerError } from '../errors/failure';

/**
 * Makes a secret for a run's address and has `listen` listen there. Throws {@link TrainerError} when a living trainer has the
 * address. Copies of one run that start at the same instant claim it one after another, so later ones find the first listening.
 */
export async function claimAddress<T>(id: string, listen: (address: string, secret: Buffer) => Promise<T>): Promise<T> {
  const claim = async () => {
    await refuseLivingTwin(id);
    const address = await socketPath(id);
    const secret = await createSecret(id);
    const isFile = process.platform !== 'win32';
    if (isFile) await rm(address, { force: true }); // left by a killed trainer
    const listening = await listen(address, secret);
    if (isFile) await chmod(address, 0o600);
    return listening;
  };
  return guardAddress(id, claim).catch((error: unknown) => {
    if (!(error instanceof AddressBusyError)) throw error;
    throw twin(`a process that is only starting or ending (${error.message})`);
  });
}

/** Releases an address: `close` removes the socket. */
export async function leaveAddress({ id, secret }: { id: string; secret: Uint8Array }, close: () => void) {
  const left = guardAddress(id, async () => {
    await removeSecret(id, secret);
    close();
  });
  // If this fails, a stale secret file remains; nothing listens on its address.
  await left.catch(close);
}

/** The lock guards the run directory; a copy of the directory elsewhere has the same id and so the same address. */
async function refuseLivingTwin(id: string): Promise<void> {
  let who: string;
  try {
    const twin = await ControlClient.connect({ id, role: 'watcher' });
    twin.dispose();
    who = `process ${twin.pid}`;
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    if (error.reason === 'absent') return;
    who = `a process that does not identify itself (${error.message})`;
  }
  throw twin(who);
}

function twin(who: string): TrainerError {
  return new TrainerError({
    kind: 'internal',
    message: `A run with the same id is training already, in ${who}: one folder is a copy of the other.`,
    remedy: 'Stop that run first, or train a new run from the specification.',
  });
}
