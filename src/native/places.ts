import { accessSync, constants, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * The user's own places. A process need not have them: in a container its user may have no entry in the password file and
 * no HOME, and then Node's `os.userInfo()` and `os.homedir()` throw. Nothing here throws; all other folders derive from these.
 */

/** The user's number; undefined on Windows, which has none. It needs no entry in the password file. */
export function userNumber(): number | undefined {
  return process.getuid?.();
}

/** The home folder; undefined where the system knows none. It may not exist. */
export function homeFolder(): string | undefined {
  try {
    const home = os.homedir();
    return path.isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

/** The platform's folder for temporary files that every process has, whatever its environment. */
const SHARED_TEMPORARY = '/tmp';

/**
 * Where temporary files can be made, the preferred place first: what TMPDIR names, then the shared one of the system.
 * Relative paths are ignored: they would depend on the folder of the process.
 */
export function temporaryFolders(): readonly string[] {
  const chosen = os.tmpdir();
  if (process.platform === 'win32') return [chosen];
  return [...new Set([...(path.isAbsolute(chosen) ? [chosen] : []), SHARED_TEMPORARY])];
}

/**
 * The first of {@link temporaryFolders} that can be written to; where there is none, the preferred one, for the error
 * to name.
 */
export function temporaryFolder(): string {
  const folders = temporaryFolders();
  return folders.find(isUsable) ?? folders[0] ?? SHARED_TEMPORARY;
}

/** A folder that exists and that no workspace can influence, for tools to run in: the home folder, else a temporary one. */
export function neutralFolder(): string {
  const home = homeFolder();
  return home !== undefined && isUsable(home, constants.X_OK) ? home : temporaryFolder();
}

/** Whether it is a folder in which this process may act; by default, make files. */
export function isUsable(folder: string, mode = constants.W_OK | constants.X_OK): boolean {
  try {
    if (!statSync(folder).isDirectory()) return false;
    accessSync(folder, mode);
    return true;
  } catch {
    return false;
  }
}
