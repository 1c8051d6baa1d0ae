import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lastLines, runCommand } from './command';
import { noRoom, saysFull, TensorFlowSetupError } from './error';
import { makeCacheFolder } from './makeFolder';
import type { Python } from './python';
import { TENSORFLOW_VERSION, type Wheel } from './wheels';

export interface Progress {
  /** skipped: something that was found is not used, with the reason; worth reporting even if progress is throttled. */
  readonly stage: 'search' | 'skipped' | 'wait' | 'download' | 'unpack' | 'binding' | 'self-test';
  /** Of the stage, 0 to 1; absent if the total is unknown. */
  readonly fraction?: number;
  readonly message: string;
}
export type ProgressListener = (progress: Progress) => void;

const WATCH_MILLISECONDS = 500;

/**
 * Downloads the wheel into `folder` and checks its hash. A wheel left there by an interrupted setup is reused after the
 * same check. The download is done by pip, so the user's proxies, mirrors and certificates apply.
 */
export async function fetchWheel(
  wheel: Wheel,
  python: Python,
  folder: string,
  onProgress: ProgressListener,
  signal?: AbortSignal,
): Promise<string> {
  const target = path.join(folder, wheel.file);
  if (await hasHash(target, wheel)) return target;

  const scratch = path.join(folder, 'unfinished');
  await rm(folder, { recursive: true, force: true });
  await makeCacheFolder(scratch);
  await checkSpace(folder, wheel.size + wheel.unpackedSize);
  const requirements = path.join(scratch, 'requirements.txt');
  await writeFile(requirements, `${wheel.project}==${TENSORFLOW_VERSION} --hash=sha256:${wheel.sha256}\n`);

  const megabytes = Math.round(wheel.size / 1e6);
  const watch = setInterval(() => {
    void bytesIn(scratch).then((bytes) => {
      const fraction = Math.min(bytes / wheel.size, 1);
      const message = `Fetching TensorFlow ${TENSORFLOW_VERSION}: ${Math.round(fraction * megabytes)} of ${megabytes} MB`;
      onProgress({ stage: 'download', fraction, message });
    });
  }, WATCH_MILLISECONDS);
  try {
    onProgress({
      stage: 'download',
      fraction: 0,
      message: `Fetching TensorFlow ${TENSORFLOW_VERSION} (${megabytes} MB)`,
    });
    const result = await runCommand(python.program, pipParameters(wheel, requirements, scratch), {
      signal,
      // pip first downloads into its temporary folder: its growth there shows the progress, and it is cleaned up.
      environment: { ...process.env, TMPDIR: scratch, TEMP: scratch, TMP: scratch },
    });
    if (result.code !== 0) {
      throw saysFull(result.stderr) ? noRoom(folder) : downloadFailed(python, wheel, result.stderr);
    }
    await rename(path.join(scratch, wheel.file), target);
  } finally {
    clearInterval(watch);
    await rm(scratch, { recursive: true, force: true });
  }
  if (!(await hasHash(target, wheel))) throw downloadFailed(python, wheel, 'The file differs from the expected one.');
  return target;
}

function pipParameters(wheel: Wheel, requirements: string, folder: string): string[] {
  const tags = ['--platform', wheel.tag, '--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'];
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-cache-dir', '--progress-bar', 'off'];
  const exact = ['--no-deps', '--only-binary=:all:', '--require-hashes', '-r', requirements];
  return ['-I', '-m', 'pip', 'download', ...quiet, ...exact, ...tags, '-d', folder];
}

function downloadFailed(python: Python, wheel: Wheel, output: string): TensorFlowSetupError {
  return new TensorFlowSetupError(
    'download',
    `pip could not fetch ${wheel.project} ${TENSORFLOW_VERSION}:\n${lastLines(output)}`,
    `Check the network and pip’s settings (${python.program} -m pip config list), then start the setup again.`,
  );
}

async function hasHash(file: string, wheel: Wheel): Promise<boolean> {
  try {
    if ((await stat(file)).size !== wheel.size) return false;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
    return hash.digest('hex') === wheel.sha256;
  } catch {
    return false;
  }
}

/** Throws TensorFlowSetupError "disk" if the disk of `folder` has fewer free bytes than `needed`. */
export async function checkSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw noRoom(
    folder,
    `TensorFlow needs ${megabytes(needed)} in ${folder} while it is set up, and ${megabytes(free)} are free.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1e6).toLocaleString('en-US')} MB`;
}

/** Total size of the files in a folder that another process writes to and deletes from. */
async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesIn(name);
    else
      bytes += await stat(name).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}
