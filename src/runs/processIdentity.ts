import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from './error';

/**
 * Which process a number means. A pid alone says little: it is used again after its process ended, after a restart of
 * the machine, and in every container. Nothing here ever signals a process.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, exact enough to tell it from a later one of the same number. */
  readonly startTime: string;
  readonly host: string;
  /** Which start of the machine the process belongs to, and which process numbers it sees; Linux only. */
  readonly boot?: string;
  readonly namespace?: string;
}

const run = promisify(execFile);

/** The identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const startTime = await processStartTime(process.pid);
  const base = { pid: process.pid, startTime: startTime ?? 'unknown', host: hostname() };
  if (process.platform !== 'linux') return base;
  return { ...base, boot: await bootId(), namespace: await readlink('/proc/self/ns/pid').catch(() => undefined) };
}

/** Linux' name of the running system, new at every start. */
async function bootId(): Promise<string | undefined> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined))?.trim();
}

/**
 * When the process `pid` of this machine started; undefined when there is none. 'unknown' where the system cannot be
 * asked: the caller must then assume that the process is alive.
 *
 * Linux: field 22 of /proc/<pid>/stat, clock ticks since the machine's start. A zombie has ended, although its number
 * is still taken: without a parent that asks for its exit it can stay for ever. macOS and other Unix: `ps`. Windows:
 * PowerShell (untested).
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') return linuxStartTime(pid);
  if (process.platform === 'win32') return windowsStartTime(pid);
  try {
    const environment = { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)], { env: environment });
    return stdout.trim() || undefined;
  } catch (error) {
    // ps exits with 1 when there is no such process.
    return error instanceof Error && 'code' in error && error.code === 1 ? undefined : 'unknown';
  }
}

async function linuxStartTime(pid: number): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' || code === 'ESRCH' ? undefined : 'unknown';
  }
  // The second field is the program's name in brackets, which may itself hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (state === 'Z' || state === 'X') return undefined;
  return fields[19] ?? 'unknown';
}

async function windowsStartTime(pid: number): Promise<string | undefined> {
  const shell = path.join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32/WindowsPowerShell/v1.0/powershell.exe');
  const script = `$p = Get-Process -Id ${pid} -ErrorAction SilentlyContinue; if ($p) { $p.StartTime.ToFileTimeUtc() }`;
  try {
    const { stdout } = await run(shell, ['-NoProfile', '-NonInteractive', '-Command', script], { windowsHide: true });
    return stdout.trim() || undefined;
  } catch {
    return 'unknown';
  }
}
