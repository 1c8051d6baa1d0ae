import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { MOST_BYTES_A_CALL } from '../common/fileLimits';
import { errorCode, RunError } from './error';
import { printable } from './printable';

/** Absent on Windows, where there are no FIFOs and links need a privilege. */
const SAFELY = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const APPENDING = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;

/**
 * Opens a file in a possibly hostile folder: a link is not followed, and a FIFO or device neither blocks nor is
 * read. Throws {@link RunError} for anything but a regular file, or the system's error if the file does not exist.
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  // Looked at before it is opened, since opening a device can already do something.
  if (!(await lstat(path)).isFile()) throw notRegular(path);
  return openSafely(path, constants.O_RDONLY);
}

/**
 * Opens a file to append to it and to read the appended data; creates it, accessible only to its owner, if it does not
 * exist. As careful as {@link openRegularFile}: through a link, the folder's author could choose which file grows.
 */
export async function openForAppending(path: string): Promise<FileHandle> {
  const present = await lstat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (present !== undefined && !present.isFile()) throw notRegular(path);
  return openSafely(path, APPENDING);
}

async function openSafely(path: string, flags: number): Promise<FileHandle> {
  const handle = await open(path, flags | SAFELY, 0o600).catch((error: unknown) => {
    throw errorCode(error) === 'ELOOP' ? notRegular(path) : error;
  });
  try {
    if (!(await handle.stat()).isFile()) throw notRegular(path);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function notRegular(path: string): RunError {
  return new RunError(`${printable(path)} is not a regular file (links, pipes and devices are not used).`);
}

/** Reads a whole regular file of at most `limit` bytes; a larger one is a {@link RunError} before memory is taken. */
export async function readBounded(path: string, limit: number): Promise<Uint8Array> {
  const handle = await openRegularFile(path);
  try {
    const { size } = await handle.stat();
    if (size > limit) throw new RunError(`${printable(path)} has ${size} bytes; at most ${limit} are read.`);
    const bytes = new Uint8Array(size);
    const filled = await readFully(handle, bytes, 0);
    return filled === size ? bytes : bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/**
 * The last lines of a regular file, in at most `limit` bytes, and the number of bytes before them. Invalid UTF-8 becomes
 * "\uFFFD"; of a line that is longer than the limit only its end is given.
 */
export async function readLastLines(path: string, limit: number): Promise<{ text: string; skipped: number }> {
  const handle = await openRegularFile(path);
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - limit);
    const buffer = Buffer.alloc(size - from);
    const bytes = buffer.subarray(0, await readFully(handle, buffer, from));
    const lineEnd = from === 0 ? -1 : bytes.indexOf('\n');
    return { text: bytes.toString('utf8', lineEnd + 1), skipped: from + lineEnd + 1 };
  } finally {
    await handle.close();
  }
}

/** Fills `into` from `position` on; resolves to the number of bytes there were. */
export async function readFully(handle: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < into.length) {
    const length = Math.min(into.length - filled, MOST_BYTES_A_CALL);
    const { bytesRead } = await handle.read(into, filled, length, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
