import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, reasonOf } from '../common/systemError';
import { TensorFlowSetupError } from './error';

/**
 * Creates a folder and its missing ancestors one by one: Node's recursive `mkdir` reports a read-only disk as "ENOENT",
 * as if something were missing. Throws the system's own error.
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  if (await isFolder(folder)) return;
  if (path.dirname(folder) !== folder) await makeFolder(path.dirname(folder));
  await mkdir(folder, mode).catch(async (error: unknown) => {
    // Another process may create it at the same time.
    if (errorCode(error) !== 'EEXIST' || !(await isFolder(folder))) throw error;
  });
}

/** {@link makeFolder} in the cache. Throws TensorFlowSetupError "disk" with the true reason. */
export async function makeCacheFolder(folder: string): Promise<void> {
  await makeFolder(folder).catch((error: unknown) => {
    throw new TensorFlowSetupError(
      'disk',
      `TensorFlow cannot be kept in ${folder}: ${reasonOf(error)}.`,
      'Set the environment variable LATENT_STUDIO_CACHE to a folder that you may write to, then start again.',
      { cause: error },
    );
  });
}

async function isFolder(location: string): Promise<boolean> {
  return stat(location).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
}
