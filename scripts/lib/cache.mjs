// Where our scripts keep what is set up once a machine and used by every checkout.
import os from 'node:os';
import path from 'node:path';

/**
 * The cache folder, by the same rule as `src/native/cache.ts`, which a script cannot import before it is built:
 * LATENT_STUDIO_CACHE, else a folder of XDG_CACHE_HOME, else of the platform's place for caches; relative paths are ignored.
 * @param {NodeJS.ProcessEnv} environment
 * @param {NodeJS.Platform} platform
 * @returns {string} an absolute path; the folder itself may not exist yet
 */
export function cacheFolder(environment = process.env, platform = process.platform) {
  const { isAbsolute, join } = platform === 'win32' ? path.win32 : path.posix;
  const absolute = (value) => (value && isAbsolute(value) ? value : undefined);
  const chosen = absolute(environment.LATENT_STUDIO_CACHE);
  if (chosen) return chosen;
  const xdg = absolute(environment.XDG_CACHE_HOME);
  if (xdg) return join(xdg, 'latent-studio');
  const home = os.homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'latent-studio');
  if (platform === 'win32') {
    return join(absolute(environment.LOCALAPPDATA) ?? join(home, 'AppData', 'Local'), 'latent-studio', 'Cache');
  }
  return join(home, '.cache', 'latent-studio');
}
