// The cache of our scripts: set up once per machine and shared by all checkouts.
import os from 'node:os';
import path from 'node:path';
import { Problem } from './problem.mjs';

/**
 * The cache folder, by the same rule as `src/native/cache.ts`, which a script cannot import before it is built:
 * LATENT_STUDIO_CACHE, else a folder of XDG_CACHE_HOME, else of the platform's place for caches; relative paths are ignored.
 * @param {NodeJS.ProcessEnv} environment
 * @param {NodeJS.Platform} platform
 * @returns {string} an absolute path; the folder itself may not exist yet
 * @throws {Problem} for a user without a home folder, if none is configured
 */
export function cacheFolder(environment = process.env, platform = process.platform) {
  const { isAbsolute, join } = platform === 'win32' ? path.win32 : path.posix;
  const absolute = (value) => (value && isAbsolute(value) ? value : undefined);
  const chosen = absolute(environment.LATENT_STUDIO_CACHE);
  if (chosen) return chosen;
  const xdg = absolute(environment.XDG_CACHE_HOME);
  if (xdg) return join(xdg, 'latent-studio');
  const local = platform === 'win32' ? absolute(environment.LOCALAPPDATA) : undefined;
  if (local) return join(local, 'latent-studio', 'Cache');
  const home = homeFolder();
  if (home === undefined) {
    throw new Problem('This user has no home folder, so there is no place for cached files.', {
      next: 'Set the environment variable HOME or LATENT_STUDIO_CACHE to a folder that you may write to.',
    });
  }
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'latent-studio');
  if (platform === 'win32') return join(home, 'AppData', 'Local', 'latent-studio', 'Cache');
  return join(home, '.cache', 'latent-studio');
}

/** Undefined where the system knows none: for a user without HOME and without an entry in the password file Node throws. */
function homeFolder() {
  try {
    const home = os.homedir();
    return path.isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}
