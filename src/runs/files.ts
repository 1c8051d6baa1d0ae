import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import path from 'node:path';
import { MOST_BYTES_A_CALL } from '../common/fileLimits';
import { errorCode, reasonOf, RunError } from './error';
import { printable } from './printable';

/** File system operations used for writing; tests inject failing ones. */
export interface FileOperations {
  /** Creates the file and opens it for writing; an existing one is an error (EEXIST). */
  create(path: string): Promise<WritableFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes renames and removals in the folder durable. */
  syncFolder(path: string): Promise<void>;
}

export interface WritableFile {
  /** Appends; resolves to the number of bytes taken, which may be fewer than were given. */
  write(bytes: Uint8Array): Promise<number>;
  sync(): Promise<void>;
  /** Truncates to `length` bytes; nothing may be written afterwards. */
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export const nodeFiles: FileOperations = {
  async create(path) {
    const handle = await fs.open(path, 'wx');
    return {
      write: async (bytes) => (await handle.write(bytes)).bytesWritten,
      sync: () => handle.sync(),
      truncate: (length) => handle.truncate(length),
      close: () => handle.close(),
    };
  },
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.unlink(path),
  async syncFolder(folder) {
    // Windows cannot open a folder as a file; NTFS journals its renames.
    if (process.platform === 'win32') return;
    const handle = await fs.open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** Writes all of `bytes`, however few the system takes at a time. */
export async function writeWhole(file: WritableFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const taken = await file.write(bytes.subarray(written, written + MOST_BYTES_A_CALL));
    if (taken <= 0) throw Object.assign(new Error('ENOSPC: the system took no more bytes'), { code: 'ENOSPC' });
    written += taken;
  }
}

const TEMPORARY = /^\.tmp-[0-9a-f]{16}$/;

/** A name in `folder` under which a file may be written before it gets its own. */
function temporaryPath(folder: string): string {
  return path.join(folder, `.tmp-${randomBytes(8).toString('hex')}`);
}

/**
 * Puts a file in place so that, whatever fails and whenever the machine stops, a reader sees the old content or the
 * whole new one. Resolves once the content and its name are on disk; rejects with the system's error (its `code` kept)
 * and leaves nothing behind that could be taken for the file.
 *
 * @param chunks one after the other; each is taken once the one before it is written, and one that fails ends the writing
 */
export async function writeFileAtomically(
  target: string,
  chunks: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
  files: FileOperations = nodeFiles,
): Promise<void> {
  const folder = path.dirname(target);
  const beside = temporaryPath(folder);
  try {
    const file = await files.create(beside);
    try {
      for await (const chunk of chunks) await writeWhole(file, chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(beside, target);
  } catch (error) {
    // The first error is the one to tell; the leftover has a name that the next owner of the run cleans up.
    await files.remove(beside).catch(() => undefined);
    throw writeError(target, error);
  }
  await files.syncFolder(folder).catch((error: unknown) => {
    throw writeError(target, error);
  });
}

function writeError(target: string, error: unknown): Error {
  const code = errorCode(error);
  const advice = code === 'ENOSPC' || code === 'EDQUOT' ? ' Free some space there and try again.' : '';
  const failure = new Error(`${target} could not be written: ${reasonOf(error)}.${advice}`, { cause: error });
  // The system's error of a failed write has no path.
  return Object.assign(failure, { code, path: target });
}

/**
 * Whether a folder exists; false if there is nothing. Throws {@link RunError} for anything else: through a link
 * files would be written, and removed, wherever its author chose.
 */
export async function isOwnFolder(folder: string): Promise<boolean> {
  const found = await fs.lstat(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined || found.isDirectory()) return found !== undefined;
  throw new RunError(`${printable(folder)} is not a folder (links are not followed): move it out of the run’s folder.`);
}

/**
 * Creates a folder and its missing ancestors, one by one: Node's own recursive `mkdir` never returns for an existing folder
 * in which none can be created (`/proc`). Throws {@link RunError} if that fails.
 */
export async function makeFolders(folder: string): Promise<void> {
  const missing: string[] = [];
  try {
    let present = path.resolve(folder);
    for (; !(await isFolder(present)); present = path.dirname(present)) missing.push(present);
    for (const name of missing.reverse()) await makeFolder(name);
    if (!(await isFolder(folder))) throw new RunError('a broken link is in its place');
  } catch (error) {
    throw new RunError(`The folder ${printable(folder)} cannot be created: ${printable(reasonOf(error))}.`, {
      cause: error,
    });
  }
}

/** Whether a folder exists, also behind a link; false if there is nothing. Throws for anything else. */
async function isFolder(location: string): Promise<boolean> {
  const stats = await fs.stat(location).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (stats === undefined || stats.isDirectory()) return stats !== undefined;
  throw new RunError(`${printable(location)} is not a folder`);
}

async function makeFolder(folder: string): Promise<void> {
  await fs.mkdir(folder).catch((error: unknown) => {
    const code = errorCode(error);
    if (code === 'ENOENT') throw new RunError(`nothing can be created in ${printable(path.dirname(folder))}`);
    // Another process may create the same folder at the same time.
    if (code !== 'EEXIST') throw error;
  });
}

/** Removes leftovers of killed writers in `folder`. The caller must hold the run's lock: no other process may be writing. */
export async function removeLeftovers(folder: string): Promise<void> {
  if (!(await isOwnFolder(folder))) return;
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isFile() && TEMPORARY.test(entry.name)) await fs.rm(path.join(folder, entry.name), { force: true });
  }
}
