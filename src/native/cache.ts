import path from 'node:path';
import { TensorFlowSetupError } from './error';
import { homeFolder } from './places';

/**
 * Folder for files that can be downloaded or built again, outside every workspace: `LATENT_STUDIO_CACHE`, else a folder
 * in `XDG_CACHE_HOME`, else in the platform's cache folder. The same rule as in `scripts/lib/cache.mjs`.
 *
 * Relative paths are ignored, as the XDG specification demands: they would depend on the folder of the process. Throws
 * TensorFlowSetupError "disk" for a user without a home who names no folder: a shared one is no place for code that is
 * loaded.
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const { isAbsolute, join } = platform === 'win32' ? path.win32 : path.posix;
  const absolute = (value: string | undefined) => (value && isAbsolute(value) ? value : undefined);
  const chosen = absolute(environment['LATENT_STUDIO_CACHE']);
  if (chosen) return chosen;
  const xdg = absolute(environment['XDG_CACHE_HOME']);
  if (xdg) return join(xdg, 'latent-studio');
  const local = platform === 'win32' ? absolute(environment['LOCALAPPDATA']) : undefined;
  if (local) return join(local, 'latent-studio', 'Cache');
  const home = homeFolder();
  if (home === undefined) {
    throw new TensorFlowSetupError(
      'disk',
      'This user has no home folder, so there is no place for cached files.',
      'Set the environment variable HOME or LATENT_STUDIO_CACHE to a folder that you may write to.',
    );
  }
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'latent-studio');
  if (platform === 'win32') return join(home, 'AppData', 'Local', 'latent-studio', 'Cache');
  return join(home, '.cache', 'latent-studio');
}
