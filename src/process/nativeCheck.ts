import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TensorFlowLocation } from '../native';
import { runtimeFolder } from './runtimeFolder';

/** Loading the library from a slow disk takes a while; a check that hangs is a check that failed. */
const PATIENCE_MILLISECONDS = 120_000;

export interface SelfTest {
  readonly program: string;
  /** The trainer's bundle. */
  readonly trainer: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Whether a trainer can compute with this TensorFlow here; the reason in words where it can't. It is tried in a process
 * of its own, since a library that was set up on another machine (a home folder on a network) may crash on this one's
 * processor. A success is remembered until the library, the trainer or the machine's session is another.
 */
export async function obstacleOf(location: TensorFlowLocation, selfTest: SelfTest): Promise<string | undefined> {
  const marker = await markerOf(location, selfTest.trainer);
  if (await exists(marker)) return undefined;
  const obstacle = await run(selfTest);
  // Where nothing can be remembered (a full disk), the next start tries again.
  if (obstacle === undefined) await writeFile(marker, '').catch(() => undefined);
  return obstacle;
}

function run({ program, trainer, environment }: SelfTest): Promise<string | undefined> {
  const parameters = [trainer, 'self-test', '--backend', 'tensorflow'];
  const options = { env: environment, timeout: PATIENCE_MILLISECONDS, windowsHide: true };
  return new Promise((resolve) => {
    execFile(program, parameters, options, (error, _output, words) => {
      if (error === null) return resolve(undefined);
      const how = error.signal == null ? `exit code ${error.code}` : error.signal;
      const last = words.trim().split('\n').at(-1) ?? '';
      resolve(`its self-test ended with ${how}${last === '' ? '' : ` (${last})`}`);
    });
  });
}

/** In the runtime folder: it belongs to this machine and ends with its session. */
async function markerOf(location: TensorFlowLocation, trainer: string): Promise<string> {
  const parts: unknown[] = [process.arch, location];
  for (const file of [location.binding, trainer]) {
    const { size, mtimeMs } = await stat(file);
    parts.push(file, size, mtimeMs);
  }
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  return path.join(await runtimeFolder(), `tensorflow-${hash}.works`);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
