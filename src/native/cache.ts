import os from 'node:os';
import path from 'node:path';

/**
 * Where things that can be fetched or built again are kept, outside every workspace: `LATENT_STUDIO_CACHE`, else a folder of
 * `XDG_CACHE_HOME`, else of the platform's place for caches. The same rule as in `scripts/lib/cache.mjs`.
 *
 * Relative paths are ignored, as the XDG specification demands: they would depend on the folder of the process.
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
  const home = os.homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'latent-studio');
  if (platform === 'win32') {
    return join(absolute(environment['LOCALAPPDATA']) ?? join(home, 'AppData', 'Local'), 'latent-studio', 'Cache');
  }
  return join(home, '.cache', 'latent-studio');
}
