import { accessSync, constants, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * The user's own folders. A process need not have any: in a container its user may have no entry in the password file
 * and no HOME, and then Node's `os.userInfo()` and `os.homedir()` throw. Nothing here throws; all other folders derive
 * from these.
 */

/** The user's id; undefined on Windows, which has none. Needs no entry in the password file. */
export function userNumber(): number | undefined {
  return process.getuid?.();
}

/** The home folder; undefined if the system knows none. It may not exist. */
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
 * Candidates for temporary files, the preferred one first: the folder that TMPDIR names, then the system's shared one.
 * Relative paths are ignored: they would depend on the folder of the process.
 */
export function temporaryFolders(): readonly string[] {
  const chosen = os.tmpdir();
  if (process.platform === 'win32') return [chosen];
  return [...new Set([...(path.isAbsolute(chosen) ? [chosen] : []), SHARED_TEMPORARY])];
}

/**
 * The first of {@link temporaryFolders} that is writable; if there is none, the preferred one, for the error message.
 */
export function temporaryFolder(): string {
  const folders = temporaryFolders();
  return folders.find(isUsable) ?? folders[0] ?? SHARED_TEMPORARY;
}

/**
 * An existing folder that no workspace can influence, as working directory of tools: the home folder, else a temporary
 * one.
 */
export function neutralFolder(): string {
  const home = homeFolder();
  return home !== undefined && isUsable(home, constants.X_OK) ? home : temporaryFolder();
}

/** Whether it is a folder in which this process may act; by default, create files. */
export function isUsable(folder: string, mode = constants.W_OK | constants.X_OK): boolean {
  try {
    if (!statSync(folder).isDirectory()) return false;
    accessSync(folder, mode);
    return true;
  } catch {
    return false;
  }
}
