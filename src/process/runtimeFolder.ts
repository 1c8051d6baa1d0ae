import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, reasonOf } from '../common/systemError';
import { isUsable, makeFolder, temporaryFolder, temporaryFolders, userNumber } from '../native';
import { runIdSchema } from '../protocol/run';
import { printable } from '../runs/printable';
import { shellCommand } from '../runs/shellCommand';

/**
 * The folder of control sockets and their secrets: private to this user and outside every workspace. Addresses derive
 * from a run's id and nothing else, so nothing found in a run folder is ever used as an address.
 */

/** Unix sockets: sizeof(sun_path) is 104 on macOS and 108 on Linux, including the terminating zero. */
const LONGEST_SOCKET_PATH = 103;

/** Sockets and secrets cannot be stored; the message says where, why and what to do. */
export class RuntimeFolderError extends Error {
  override name = 'RuntimeFolderError';
}

const REMEDY = 'Set XDG_RUNTIME_DIR to a folder of your own (chmod 700) that has room.';

/**
 * The folder, created if missing. Throws {@link RuntimeFolderError} if that is impossible, or if others could read or
 * replace it.
 */
export async function runtimeFolder(): Promise<string> {
  const folder = await chooseFolder();
  try {
    await makeFolder(folder, 0o700);
    await checkOwnership(folder);
  } catch (error) {
    throw unusable(folder, error);
  }
  return folder;
}

/**
 * Wraps a system error of a file in this folder: otherwise it would be attributed to the run's folder, which is on
 * another disk.
 */
export function unusable(location: string, error: unknown): unknown {
  if (error instanceof RuntimeFolderError || errorCode(error) === undefined) return error;
  return new RuntimeFolderError(
    `The trainer’s control socket needs ${location}, which cannot be used: ${reasonOf(error)}. ${REMEDY}`,
    { cause: error },
  );
}

/**
 * The session's own folder, else one of the user's in the temporary folder. A candidate that does not exist, is not
 * writable or is too long for a socket's path is skipped, by the same rule in every process of the user.
 */
async function chooseFolder(): Promise<string> {
  if (process.platform === 'win32') {
    return path.join(process.env['LOCALAPPDATA'] ?? temporaryFolder(), 'latent-studio', 'runtime');
  }
  const candidates = temporaryFolders().map((folder) => path.join(folder, `latent-studio-${userNumber()}`));
  const session = process.env['XDG_RUNTIME_DIR'];
  if (session !== undefined && path.isAbsolute(session) && (await isOwn(session))) {
    candidates.unshift(path.join(session, 'latent-studio'));
  }
  const fitting = candidates.filter(fits);
  const chosen = fitting.find((folder) => isUsable(path.dirname(folder))) ?? fitting[0];
  if (chosen !== undefined) return chosen;
  throw new RuntimeFolderError(
    `The folder for control sockets, ${candidates[0]}, is too long for a Unix socket. Set XDG_RUNTIME_DIR or TMPDIR to a shorter path.`,
  );
}

function fits(folder: string): boolean {
  return Buffer.byteLength(path.join(folder, `${'0'.repeat(16)}.sock`)) <= LONGEST_SOCKET_PATH;
}

/** After `su` and `sudo` the variable may still name the folder of the previous user. */
async function isOwn(candidate: string): Promise<boolean> {
  return lstat(candidate).then(
    (stats) => stats.isDirectory() && stats.uid === userNumber(),
    () => false,
  );
}

/** In a shared /tmp another user may have created the folder first: then it is not used. */
async function checkOwnership(folder: string): Promise<void> {
  const stats = await lstat(folder);
  if (!stats.isDirectory()) {
    throw new RuntimeFolderError(`${folder} is not a folder. Remove it, then try again.`);
  }
  if (process.platform === 'win32') return; // %LOCALAPPDATA% is private to the user by its access list.
  if (stats.uid !== userNumber()) {
    throw new RuntimeFolderError(`${folder} belongs to another user. Set XDG_RUNTIME_DIR to a folder of your own.`);
  }
  if ((stats.mode & 0o077) !== 0) {
    const command = shellCommand(['chmod', '700', folder]);
    throw new RuntimeFolderError(`${printable(folder)} is open to other users. Close it with: ${command}`);
  }
  const parent = await stat(path.dirname(folder));
  const [sticky, open] = [(parent.mode & 0o1000) !== 0, (parent.mode & 0o022) !== 0];
  // A user who may rename the folder could replace it, whatever its own permissions are.
  if ((parent.uid === 0 || parent.uid === userNumber()) && (sticky || !open)) return;
  throw new RuntimeFolderError(
    `Other users could replace ${folder}, since the folder around it is theirs to change. ` +
      'Set XDG_RUNTIME_DIR to a folder of your own (chmod 700).',
  );
}

/** The address of a run's trainer. Throws for an invalid id. */
export async function socketPath(id: string): Promise<string> {
  const name = stem(id);
  const folder = await runtimeFolder();
  return process.platform === 'win32' ? `\\\\.\\pipe\\latent-studio-${id}` : path.join(folder, `${name}.sock`);
}

/** The file with the secret of a run's trainer. Throws for an invalid id. */
export async function secretPath(id: string): Promise<string> {
  const name = stem(id);
  return path.join(await runtimeFolder(), `${name}.secret`);
}

/** The lock that guards changes of a run's address. Throws for an invalid id. */
export async function addressLockPath(id: string): Promise<string> {
  const name = stem(id);
  return path.join(await runtimeFolder(), `${name}.lock`);
}

/** Half of the id (64 bits): all of it would not fit on macOS, whose temporary folders have long names. */
function stem(id: string): string {
  if (!runIdSchema.safeParse(id).success) throw new RuntimeFolderError('A run’s id is 32 hexadecimal digits.');
  return id.slice(0, 16);
}
