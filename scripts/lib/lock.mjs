// One setup of a thing at a time, also between checkouts: a lock file that names the process that holds it.
import { link, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** When a process started, in the kernel's own count; with the pid it names a process for good. */
async function startTime(pid) {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces: count the fields after its end.
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    try {
      process.kill(pid, 0);
      return 'unknown';
    } catch {
      return undefined;
    }
  }
}

async function read(file) {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Runs `work` while holding the lock `file`; waits for its holder, and takes it over from a dead process.
 * @template T
 * @param {string} file in a folder that exists
 * @param {(pid: string) => unknown} onWait called once if another process holds it; may throw instead of waiting
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, onWait, work) {
  const mine = `${process.pid} ${await startTime(process.pid)}`;
  const beside = `${file}.${process.pid}`;
  let told = false;
  for (;;) {
    // Written beside and linked: the lock is never seen without its holder's name.
    await writeFile(beside, mine);
    const taken = await link(beside, file).then(
      () => true,
      (error) => {
        if (error.code !== 'EEXIST') throw error;
        return false;
      },
    );
    await unlink(beside);
    if (taken) break;
    const holder = await read(file);
    if (holder === undefined) continue;
    const [pid, started] = holder.split(' ');
    if ((await startTime(Number(pid))) === started) {
      if (!told) await onWait(pid);
      told = true;
      await sleep(500);
      continue;
    }
    // Its holder is dead. If two processes see that at once, the second one's rename must not remove the first one's new lock.
    const gone = `${file}.gone.${process.pid}`;
    await rename(file, gone).catch(() => undefined);
    if ((await read(gone)) !== holder) await link(gone, file).catch(() => undefined);
    await rm(gone, { force: true });
  }
  try {
    return await work();
  } finally {
    if ((await read(file)) === mine) await unlink(file);
  }
}
