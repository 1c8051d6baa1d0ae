import path from 'node:path';
import { TrainerError } from '../errors/failure';

/**
 * Windows signs in at any machine whose path (`\\machine\share\…`) is merely looked at, and sends it a proof of the
 * user's password. So data on another machine are read only for a run or a checkpoint on the same share: a file from a
 * stranger must not choose the machine. Throws {@link TrainerError}.
 *
 * @param own the run's folder or the checkpoint that names the data
 */
export function refuseOtherMachine(data: string | undefined, own: string): void {
  if (data === undefined || !/^[\\/]{2}/.test(data)) return;
  if (shareOf(data) === shareOf(own)) return;
  throw new TrainerError({
    kind: 'data',
    message: `data.path points to another machine (${data}). Latent Studio does not contact hosts that a file names.`,
    remedy: 'Give the share a drive letter and set data.path to a folder there.',
  });
}

function shareOf(location: string): string {
  return path.win32.parse(path.win32.normalize(location)).root.toLowerCase();
}
