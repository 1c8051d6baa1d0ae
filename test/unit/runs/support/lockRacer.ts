import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunDirectory } from '../../../../src/runs/directory';
import { LockedError, RunLock } from '../../../../src/runs/lock';

/**
 * A process that competes for a lock; started by lock.test.ts as `racer RUN JOURNAL MODE`. Once the file JOURNAL.go is
 * there it tries for the lock: `once` says who got it and keeps it, `die` tries until it has it and is killed with it.
 */
const [runPath, journal, mode] = process.argv.slice(2) as [string, string, 'once' | 'die'];
const run = await RunDirectory.open(runPath);
const say = (what: string): void => appendFileSync(journal, `${what} ${process.pid}\n`);

process.stdout.write('ready\n');
while (!existsSync(`${journal}.go`)) await sleep(1);
for (;;) {
  try {
    await RunLock.acquire(run, '0'.repeat(32));
    say('enter');
    if (mode === 'once') break;
    await sleep(2);
    say('leave');
    process.kill(process.pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    if (mode === 'once') break;
    await sleep(Math.random() * 5);
  }
}
say('done');
// The winner lives until everybody has tried: its parent kills it.
setInterval(() => undefined, 1000);
