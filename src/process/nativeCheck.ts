import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TensorFlowLocation } from '../native';
import { runtimeFolder } from './runtimeFolder';

/** Allows for loading the library from a slow disk; a check that hangs has failed. */
const PATIENCE_MILLISECONDS = 120_000;

export interface SelfTest {
  readonly program: string;
  /** The trainer's bundle. */
  readonly trainer: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Whether a trainer can use this TensorFlow here; the reason if it cannot. This is tried in a separate process, since a
 * library that was set up on another machine (a home folder on a network) may crash on this processor. Success is
 * cached until the library, the trainer or the machine's session changes.
 */
export async function obstacleOf(location: TensorFlowLocation, selfTest: SelfTest): Promise<string | undefined> {
  const marker = await markerOf(location, selfTest.trainer);
  if (await exists(marker)) return undefined;
  const obstacle = await run(selfTest);
  // If the result cannot be cached (a full disk), the next start tries again.
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

/** In the runtime folder, which is specific to this machine and session. */
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
