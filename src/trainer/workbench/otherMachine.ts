import path from 'node:path';
import { TrainerError } from '../errors/failure';

/**
 * Windows signs in at any machine whose path (`\\machine\share\…`) is merely looked at, and tells it a proof of the
 * user's password. So data on another machine are read only for a run or a checkpoint that lies on the same share: a
 * stranger's file must not choose the machine. Throws {@link TrainerError}.
 *
 * @param own the run's folder or the checkpoint that names the data
 */
export function refuseOtherMachine(data: string | undefined, own: string): void {
  if (data === undefined || !/^[\\/]{2}/.test(data)) return;
  if (shareOf(data) === shareOf(own)) return;
  throw new TrainerError({
    kind: 'data',
    message: `The data are said to be on another machine (${data}), which is not asked because a file says so.`,
    remedy: 'Give the share a drive letter and set data.path to a folder there.',
  });
}

function shareOf(location: string): string {
  return path.win32.parse(path.win32.normalize(location)).root.toLowerCase();
}
