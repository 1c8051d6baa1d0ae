import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findProgram, runCommand } from '../../../src/native/command';
import { startTimeOf } from '../../../src/native/installLock';
import { temporaryFolder } from '../support/temporaryFolder';

describe('runCommand', () => {
  it('gives status and output, and runs away from the current folder', async () => {
    const result = await runCommand('/bin/sh', ['-c', 'pwd; echo wrong >&2; exit 3']);
    expect(result).toEqual({ code: 3, signal: null, stdout: `${os.homedir()}\n`, stderr: 'wrong\n' });
  });

  it('ends children of the program, too, when it is cancelled', async () => {
    const file = path.join(await temporaryFolder(), 'pid');
    const abort = new AbortController();
    const running = runCommand('/bin/sh', ['-c', `sleep 60 & echo $! > ${file}; wait`], { signal: abort.signal });
    const outcome = running.catch((error: unknown) => error);
    const pid = await untilWritten(file);
    expect(await startTimeOf(pid)).toBeDefined();
    abort.abort();
    expect(await outcome).toMatchObject({ name: 'TensorFlowSetupError', code: 'cancelled' });
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('does not start anything once cancelled', async () => {
    await expect(runCommand('/bin/true', [], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('ends a program that takes too long', async () => {
    const result = await runCommand('/bin/sleep', ['60'], { timeoutMilliseconds: 50 });
    expect(result.signal).toBe('SIGTERM');
  });

  it('reports a program that is not there', async () => {
    await expect(runCommand('/nothing/here', [])).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('findProgram', () => {
  async function program(folder: string): Promise<string> {
    await mkdir(folder, { recursive: true });
    const file = path.join(folder, 'tool');
    await writeFile(file, '#!/bin/sh\n');
    await chmod(file, 0o755);
    return file;
  }

  it('takes the first in absolute folders, and never one of an activated virtual environment', async () => {
    const root = await temporaryFolder();
    const [virtual, plain] = [path.join(root, 'venv'), path.join(root, 'usr')];
    await program(path.join(virtual, 'bin'));
    const expected = await program(plain);
    await program(path.join(root, 'later'));
    const PATH = ['.', 'bin', '', path.join(virtual, 'bin'), plain, path.join(root, 'later')].join(':');
    expect(await findProgram(['other', 'tool'], { PATH, VIRTUAL_ENV: virtual })).toBe(expected);
  });

  it('takes no folder and no file that cannot be run', async () => {
    const root = await temporaryFolder();
    await mkdir(path.join(root, 'a', 'tool'), { recursive: true });
    await mkdir(path.join(root, 'b'));
    await writeFile(path.join(root, 'b', 'tool'), 'text');
    expect(await findProgram(['tool'], { PATH: `${root}/a:${root}/b` })).toBeUndefined();
  });
});

async function untilWritten(file: string): Promise<number> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('\n')) return Number(text);
    await delay(20);
  }
}

/** A zombie that nobody has collected yet is not running. */
async function isRunning(pid: number): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return line !== undefined && !line.slice(line.lastIndexOf(')')).startsWith(') Z');
}
