import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { cancelled } from './error';
import { neutralFolder } from './places';

export interface CommandResult {
  /** Exit status; null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly signal?: AbortSignal;
  readonly environment?: NodeJS.ProcessEnv;
  readonly timeoutMilliseconds?: number;
  /** Working directory; by default the user's home, or another folder outside any workspace if there is none. */
  readonly folder?: string;
}

/** Maximum output kept per stream; the beginning, which is least informative, is dropped first. */
const OUTPUT_LIMIT = 1 << 20;
const KILL_GRACE_MILLISECONDS = 3000;

/**
 * Runs a program to its end, outside the current folder: a workspace must not influence a tool (`.python-version`,
 * `pip.conf`, `setup.cfg`). Throws "cancelled" if the signal is aborted, after telling the whole process group to end.
 */
export function runCommand(
  program: string,
  parameters: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: options.folder ?? neutralFolder(),
      env: options.environment ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const end = (how: NodeJS.Signals) => {
      try {
        if (child.pid === undefined) return;
        if (process.platform === 'win32') child.kill(how);
        else process.kill(-child.pid, how);
      } catch {
        // The group has already ended.
      }
    };
    let force: NodeJS.Timeout | undefined;
    const stop = () => {
      end('SIGTERM');
      force = setTimeout(() => end('SIGKILL'), KILL_GRACE_MILLISECONDS);
    };
    signal?.addEventListener('abort', stop, { once: true });
    const limit = options.timeoutMilliseconds === undefined ? undefined : setTimeout(stop, options.timeoutMilliseconds);
    const settle = (action: () => void) => {
      signal?.removeEventListener('abort', stop);
      clearTimeout(force);
      clearTimeout(limit);
      action();
    };

    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-OUTPUT_LIMIT)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-OUTPUT_LIMIT)));
    child.on('error', (error) => settle(() => reject(error)));
    child.on('close', (code, killedBy) =>
      settle(() => (signal?.aborted ? reject(cancelled()) : resolve({ code, signal: killedBy, stdout, stderr }))),
    );
  });
}

/**
 * The full path of a program, looked up on the PATH as the shell does, but only in absolute folders (a relative entry
 * would depend on the current folder) and not in an activated virtual environment, which may belong to a workspace.
 */
export async function findProgram(names: readonly string[], environment = process.env): Promise<string | undefined> {
  const virtual = environment['VIRTUAL_ENV'];
  const extensions = process.platform === 'win32' ? ['.exe'] : [''];
  const folders = (environment['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder) && !(virtual && isInside(folder, virtual)));
  for (const name of names) {
    for (const folder of folders) {
      for (const extension of extensions) {
        const candidate = path.join(folder, name + extension);
        if (await isExecutable(candidate)) return candidate;
      }
    }
  }
  return undefined;
}

function isInside(folder: string, root: string): boolean {
  const relative = path.relative(root, folder);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** The last lines of an output, for an error message. */
export function lastLines(output: string, count = 4): string {
  return output.trim().split('\n').slice(-count).join('\n');
}
