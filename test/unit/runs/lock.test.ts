import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readBounded } from '../../../src/runs/boundedRead';
import type { RunDirectory } from '../../../src/runs/directory';
import { inspectLock, LockedError, RunLock } from '../../../src/runs/lock';
import { temporaryFolder, temporaryRun } from './support/runs';

vi.mock(import('../../../src/runs/boundedRead'), async (original) => {
  const actual = await original();
  return { ...actual, readBounded: vi.fn(actual.readBounded) };
});

const ID = 'a'.repeat(32);
let racer = '';

beforeAll(async () => {
  const result = await build({
    entryPoints: [path.join(import.meta.dirname, 'support/lockRacer.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    write: false,
  });
  racer = result.outputFiles[0]!.text;
});

/** Starts racers, lets them go at the same moment and gives the journal's lines once `until` holds. */
async function race(run: RunDirectory, count: number, mode: 'once' | 'die', until: (lines: string[]) => boolean) {
  const folder = await temporaryFolder();
  const program = path.join(folder, 'racer.mjs');
  const journal = path.join(folder, 'journal');
  await writeFile(program, racer);
  await writeFile(journal, '');
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [program, run.path, journal, mode], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  onTestFinished(() => Promise.all(children.map(end)).then(() => undefined));
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  await writeFile(`${journal}.go`, '');
  for (;;) {
    const lines = (await readFile(journal, 'utf8')).split('\n').filter((line) => line !== '');
    if (until(lines)) return { lines, children };
    await sleep(10);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const count = (lines: string[], word: string): number => lines.filter((line) => line.startsWith(word)).length;

/** Writes a lock as a process left it that is not there any more, or was never on this machine. */
async function writeLock(run: RunDirectory, changes: Record<string, unknown>): Promise<void> {
  const lock = await RunLock.acquire(run, ID);
  const record = JSON.parse(await readFile(run.lockPath, 'utf8')) as Record<string, unknown>;
  await lock.release();
  await writeFile(run.lockPath, JSON.stringify({ ...record, ...changes }));
}

describe('RunLock', () => {
  it('says which run cannot be locked, and why', async () => {
    const run = await temporaryRun();
    await rm(run.path, { recursive: true });
    await expect(RunLock.acquire(run, ID)).rejects.toThrow(
      `The run in ${run.path} cannot be locked: it does not exist. Correct that, then resume the run.`,
    );
  });

  it('is held while its process lives, and free after its release', async () => {
    const run = await temporaryRun();
    expect((await inspectLock(run.path)).state).toBe('free');
    const lock = await RunLock.acquire(run, ID);
    expect(await inspectLock(run.path)).toMatchObject({ state: 'held', holder: { pid: process.pid, id: ID } });
    await expect(RunLock.acquire(run, ID)).rejects.toThrow(LockedError);
    await expect(RunLock.acquire(run, ID, { force: true })).rejects.toThrow(`Process ${process.pid}`);
    await lock.release();
    expect(await inspectLock(run.path)).toMatchObject({ state: 'free' });
    expect((await readdir(run.path)).sort()).toEqual(['checkpoints', 'run.json']);
  });

  it('goes to exactly one of many processes', async () => {
    const { lines } = await race(await temporaryRun(), 12, 'once', (lines) => count(lines, 'done') === 12);
    expect(count(lines, 'enter')).toBe(1);
  });

  it('goes to exactly one of many processes when its owner was killed', async () => {
    const run = await temporaryRun();
    const first = await race(run, 1, 'once', (lines) => count(lines, 'done') === 1);
    await end(first.children[0]!);
    expect((await inspectLock(run.path)).state).toBe('stale');
    const { lines } = await race(run, 12, 'once', (lines) => count(lines, 'done') === 12);
    expect(count(lines, 'enter')).toBe(1);
  });

  it('is never held by two while owner after owner is killed', async () => {
    const run = await temporaryRun();
    const { lines } = await race(run, 16, 'die', (lines) => count(lines, 'leave') === 16);
    for (let index = 0; index < lines.length; index += 2) {
      const owner = lines[index]!.replace('enter ', '');
      expect(lines.slice(index, index + 2)).toEqual([`enter ${owner}`, `leave ${owner}`]);
    }
    const lock = await RunLock.acquire(run, ID);
    const names = await readdir(run.path);
    expect(names.filter((name) => name.startsWith('lock'))).toEqual(['lock']);
    await lock.release();
  });

  it('is not taken from a living process whose heartbeat is old', async () => {
    const run = await temporaryRun();
    await writeLock(run, { heartbeat: '2020-01-01T00:00:00.000Z' });
    await expect(RunLock.acquire(run, ID)).rejects.toThrow(/holds its lock/);
  });

  it('is taken when the number of its process belongs to another one now', async () => {
    const run = await temporaryRun();
    await writeLock(run, { startTime: '1' });
    expect((await inspectLock(run.path)).evidence).toMatch(/now belongs to another process/);
    await (await RunLock.acquire(run, ID)).release();
  });

  it('is taken after a restart of the machine, once no other machine of its name can be behind it', async () => {
    const run = await temporaryRun();
    await writeLock(run, { boot: 'earlier' });
    expect((await inspectLock(run.path)).state).toBe('unknown');
    await writeFile(
      run.lockPath,
      (await readFile(run.lockPath, 'utf8')).replace(/"heartbeat":"20../, '"heartbeat":"2000'),
    );
    await (await RunLock.acquire(run, ID)).release();
  });

  it('is taken from another machine or container by force only', async () => {
    for (const changes of [{ host: 'elsewhere\u001b[2J' }, { namespace: 'pid:[1]' }]) {
      const run = await temporaryRun();
      await writeLock(run, changes);
      const state = await inspectLock(run.path);
      expect(state.state).toBe('unknown');
      expect(state.evidence).not.toContain('\u001b');
      await expect(RunLock.acquire(run, ID)).rejects.toThrow(LockedError);
      await expect(RunLock.acquire(run, ID)).rejects.toThrow(`delete ${run.lockPath}`);
      const lock = await RunLock.acquire(run, ID, { force: true });
      await lock.heartbeat();
      await lock.release();
    }
  });

  it('is not taken while its file cannot be understood; the message names the file', async () => {
    const run = await temporaryRun();
    await writeFile(run.lockPath, '{"pid": 1}');
    await expect(RunLock.acquire(run, ID, { force: true })).rejects.toThrow(run.lockPath);
    expect(await readFile(run.lockPath, 'utf8')).toBe('{"pid": 1}');
  });

  it('is never half written by a heartbeat', async () => {
    const run = await temporaryRun();
    const lock = await RunLock.acquire(run, ID);
    const before = await readFile(run.lockPath, 'utf8');
    await sleep(5);
    await lock.heartbeat();
    const after = await readFile(run.lockPath, 'utf8');
    expect(after).not.toBe(before);
    expect(after.length).toBe(before.length);
    await lock.release();
  });

  it('tells its owner when it was taken away, and is not released by it then', async () => {
    const run = await temporaryRun();
    const lock = await RunLock.acquire(run, ID);
    const other = (await readFile(run.lockPath, 'utf8')).replaceAll(lock.record.nonce, 'b'.repeat(32));
    await writeFile(run.lockPath, other);
    await expect(lock.heartbeat()).rejects.toThrow(/removed or taken over/);
    await lock.release();
    expect(await readFile(run.lockPath, 'utf8')).toBe(other);
  });

  it('follows the folder to another name, and writes nothing under the old one', async () => {
    const run = await temporaryRun();
    const lock = await RunLock.acquire(run, ID);
    const moves: string[][] = [];
    lock.onMove(({ from, to }) => moves.push([from, to]));
    const [before, after] = [run.path, `${run.path}-renamed`];
    await rename(before, after);
    // Somebody else's run has the old name by now.
    await mkdir(before);
    await lock.heartbeat();
    expect(moves).toEqual([[before, after]]);
    expect(run.path).toBe(after);
    await run.inPlace(() => writeFile(path.join(run.path, 'mine'), ''));
    expect(await readdir(before)).toEqual([]);
    expect((await inspectLock(after)).state).toBe('held');
    await lock.release();
    expect((await inspectLock(after)).state).toBe('free');
  });

  it('follows the folder to where a link in its old place, or in that of a folder around it, leads', async () => {
    for (const above of [false, true]) {
      const run = await temporaryRun();
      const lock = await RunLock.acquire(run, ID);
      const moved = above ? path.dirname(run.path) : run.path;
      const after = path.join(`${moved}-moved`, path.relative(moved, run.path));
      await rename(moved, `${moved}-moved`);
      await symlink(`${moved}-moved`, moved);
      onTestFinished(() => rm(`${moved}-moved`, { recursive: true }));
      await lock.heartbeat();
      expect(run.path).toBe(path.resolve(after));
      await lock.release();
    }
  });

  it('lets what was under way when the folder was renamed be done once more in the new place', async () => {
    const run = await temporaryRun();
    const lock = await RunLock.acquire(run, ID);
    const after = `${run.path}-renamed`;
    let tries = 0;
    await run.inPlace(async () => {
      if (++tries === 1) await rename(run.path, after);
      await writeFile(path.join(run.path, 'mine'), 'x');
    });
    expect([tries, await readFile(path.join(after, 'mine'), 'utf8')]).toEqual([2, 'x']);
    await lock.release();
  });

  it('tells its owner that the folder was deleted, which is not made again', async () => {
    const run = await temporaryRun();
    const lock = await RunLock.acquire(run, ID);
    await rm(run.path, { recursive: true });
    await expect(lock.heartbeat()).rejects.toMatchObject({ name: 'LostRunError', how: 'deleted' });
    await expect(run.inPlace(() => Promise.resolve('written'))).rejects.toThrow(/was deleted/);
    await lock.release();
    await expect(readdir(run.path)).rejects.toThrow(/ENOENT/);
  });

  it('takes a folder in the trash for deleted', async () => {
    for (const trash of ['.Trash-1000', '.Trash', path.join('Trash', 'files')]) {
      const run = await temporaryRun();
      const lock = await RunLock.acquire(run, ID);
      const folder = path.join(path.dirname(run.path), trash);
      await mkdir(folder, { recursive: true });
      await rename(run.path, path.join(folder, 'run'));
      await expect(lock.heartbeat()).rejects.toMatchObject({ how: 'deleted' });
      await lock.release();
    }
  });

  it('considers a folder deleted if all its files are, but not if only its lock is', async () => {
    for (const [removed, how] of [
      [['lock', 'run.json'], 'deleted'],
      [['lock'], 'taken'],
    ] as const) {
      const run = await temporaryRun();
      const lock = await RunLock.acquire(run, ID);
      for (const name of removed) await rm(path.join(run.path, name));
      await expect(lock.heartbeat()).rejects.toMatchObject({ how });
      await lock.release();
    }
  });

  it('considers a folder deleted whose other files follow its lock', async () => {
    const run = await temporaryRun();
    const lock = await RunLock.acquire(run, ID);
    await rm(path.join(run.path, 'lock'));
    const beat = expect(lock.heartbeat()).rejects.toMatchObject({ how: 'deleted' });
    await sleep(300);
    await rm(path.join(run.path, 'run.json'));
    await beat;
    await lock.release();
  });

  it('is lost where another process has taken it under the folder’s other name', async () => {
    const run = await temporaryRun();
    const lock = await RunLock.acquire(run, ID);
    const [from, to] = [run.path, `${run.path}-renamed`];
    await rename(from, to);
    const own = await readFile(path.join(to, 'lock'), 'utf8');
    await writeFile(path.join(to, 'lock'), own.replaceAll(lock.record.nonce, 'b'.repeat(32)));
    await expect(lock.heartbeat()).rejects.toMatchObject({ how: 'taken' });
    expect(run.path).toBe(from);
    await lock.release();
  });

  it('follows the folder also where a file has its old name', async () => {
    const run = await temporaryRun();
    const lock = await RunLock.acquire(run, ID);
    const [from, to] = [run.path, `${run.path}-renamed`];
    await rename(from, to);
    await writeFile(from, 'so that there can be no lock in it');
    await lock.heartbeat();
    expect(run.path).toBe(to);
    await lock.release();
    expect((await inspectLock(to)).state).toBe('free');
  });

  it('is not taken for lost while the disk cannot be read', async () => {
    const run = await temporaryRun();
    const lock = await RunLock.acquire(run, ID);
    const unreadable = () =>
      vi.mocked(readBounded).mockRejectedValueOnce(Object.assign(new Error('EIO'), { code: 'EIO' }));
    unreadable();
    await lock.heartbeat();
    await rm(run.path, { recursive: true });
    unreadable();
    await lock.heartbeat();
    await expect(lock.heartbeat()).rejects.toMatchObject({ how: 'deleted' });
    await lock.release();
  });

  it('cleans up what killed writers left, and no file of anybody else', async () => {
    const run = await temporaryRun();
    const old = `.lock-${'c'.repeat(32)}`;
    for (const name of ['.tmp-0123456789abcdef', 'checkpoints/.tmp-0123456789abcdef', old, 'notes.md']) {
      await writeFile(path.join(run.path, name), 'x');
    }
    await utimes(path.join(run.path, old), 0, 0);
    await mkdir(path.join(run.checkpointsPath, 'foreign'));
    const lock = await RunLock.acquire(run, ID);
    expect((await readdir(run.path)).sort()).toEqual(['checkpoints', 'lock', 'notes.md', 'run.json']);
    expect(existsSync(path.join(run.checkpointsPath, 'foreign'))).toBe(true);
    expect(await readdir(run.checkpointsPath)).toEqual(['foreign']);
    await lock.release();
  });
});
