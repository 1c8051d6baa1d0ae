import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startTimeOf, withInstallLock } from '../../../src/native/installLock';
import { temporaryFolder } from '../support/temporaryFolder';

const nobody = () => undefined;

async function lockOf(owner: object): Promise<string> {
  const lock = path.join(await temporaryFolder(), 'tensorflow.lock');
  await mkdir(lock);
  await writeFile(path.join(lock, 'owner.json'), JSON.stringify(owner));
  return lock;
}

describe('the lock of a setup', () => {
  it('lets one work at a time, and tells the other whom it waits for', async () => {
    const lock = path.join(await temporaryFolder(), 'tensorflow.lock');
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await delay(100);
      events.push(`${name} ends`);
    };
    const waited: number[] = [];
    const first = withInstallLock(lock, nobody, undefined, work('first'));
    await delay(50);
    const second = withInstallLock(lock, (pid) => waited.push(pid), undefined, work('second'));
    await Promise.all([first, second]);
    expect(events).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
    expect(new Set(waited)).toEqual(new Set([process.pid]));
    expect(await readdir(path.dirname(lock))).toEqual([]);
  });

  it('takes over from a dead process, or one whose number was reused', async () => {
    for (const owner of [
      { pid: 2 ** 30, startTime: '1' },
      { pid: process.pid, startTime: 'another time' },
      { pid: 2 ** 30 },
    ]) {
      const lock = await lockOf(owner);
      expect(await withInstallLock(lock, nobody, undefined, () => Promise.resolve('done'))).toBe('done');
      expect(await readdir(path.dirname(lock))).toEqual([]);
    }
  });

  it('is held by one at a time when many find it stale at once', async () => {
    const lock = await lockOf({ pid: 2 ** 30, startTime: '1' });
    let holders = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++holders);
      await delay(5);
      holders--;
    };
    await Promise.all(Array.from({ length: 4 }, () => withInstallLock(lock, nobody, undefined, work)));
    expect(most).toBe(1);
    expect(await readdir(path.dirname(lock))).toEqual([]);
  });

  it('is taken from an owner whose name was lost with the power', async () => {
    const lock = await lockOf({});
    await writeFile(path.join(lock, 'owner.json'), '');
    expect(await withInstallLock(lock, nobody, undefined, () => Promise.resolve('done'))).toBe('done');
  });

  it('continues where another process died while it removed a stale lock', async () => {
    const lock = await lockOf({ pid: 2 ** 30, startTime: '1' });
    await mkdir(`${lock}.breaking`);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${lock}.breaking`, longAgo, longAgo);
    expect(await withInstallLock(lock, nobody, undefined, () => Promise.resolve('done'))).toBe('done');
    expect(await readdir(path.dirname(lock))).toEqual([]);
  });

  it('stops waiting when it is cancelled, and leaves the other’s lock', async () => {
    const lock = await lockOf({ pid: process.pid, startTime: await startTimeOf(process.pid) });
    const waiting = withInstallLock(lock, nobody, AbortSignal.timeout(100), () => Promise.resolve());
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(path.dirname(lock), { recursive: true })).toEqual([
      'tensorflow.lock',
      'tensorflow.lock/owner.json',
    ]);
  });

  it('is released when the work fails', async () => {
    const lock = path.join(await temporaryFolder(), 'tensorflow.lock');
    const failing = withInstallLock(lock, nobody, undefined, () => Promise.reject(new Error('full')));
    await expect(failing).rejects.toThrow('full');
    expect(await readdir(path.dirname(lock))).toEqual([]);
  });
});
