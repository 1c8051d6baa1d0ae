import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createLauncher } from '../../src/host/launcher';
import { RunRegistry } from '../../src/host/registry/registry';
import { parseSpecification } from '../../src/protocol/specification';
import { inspectLock } from '../../src/runs/lock';
import { LogService } from '../../src/runs/logService';
import { scanRuns } from '../../src/runs/scan';
import {
  command,
  extensionFolder,
  readJson,
  runsFolder,
  runWith,
  stopAll,
  studio,
  train,
  until,
  writeSpecification,
} from './support/studio';

suite('A run outlives its observers', () => {
  suiteTeardown(stopAll);

  test('another window finds the living trainer, attaches to it and reads the whole log', async () => {
    const run = await train('reattached');
    const dist = path.join(extensionFolder(), 'dist');
    const logs = new LogService(path.join(dist, 'logWorker.cjs'));
    const scan = async () =>
      Promise.all(
        (await scanRuns(runsFolder())).map(async (found) => ({ ...found, lock: await inspectLock(found.path) })),
      );
    const other = new RunRegistry({ logs, trainers: createLauncher(dist), scan, trusted: () => true });
    try {
      await other.refresh();
      const key = other.keyOf(path.join(runsFolder(), run.name));
      const seen = await until('the other registry is attached', () => {
        const summary = other.run(key);
        return summary?.evidence.startsWith('Attached') && summary;
      });
      assert.equal(seen.status, 'running');
      const lease = other.openLog(key);
      const loss = await until('points of the loss', async () =>
        (await other.snapshot(key))?.scalars.find(
          ({ tag, values }) => tag === 'train/negative_elbo' && values.length > 3,
        ),
      );
      assert.ok(loss.steps[0]! <= 5, `the log begins at step ${loss.steps[0]}`);
      lease.dispose();
      await other.perform(key, 'pause');
      await runWith(run.name, 'paused');
    } finally {
      other.dispose();
      logs.dispose();
    }
    await command('resume', run.key);
    await runWith(run.name, 'running');
  });

  test('a trainer that was started elsewhere appears automatically', async () => {
    const file = await writeSpecification('elsewhere');
    const launcher = createLauncher(path.join(extensionFolder(), 'dist'));
    const specification = parseSpecification(await readJson(file.fsPath));
    await launcher.start({ runsFolder: runsFolder(), specification, base: path.dirname(file.fsPath) });
    const run = await runWith('elsewhere-001', 'running');
    assert.ok(run.intents.includes('pause'));
  });

  test('a trainer that was killed leaves a run that says so, and that can be resumed', async () => {
    const run = await train('killed');
    await command('checkpoint', run.key);
    // The number is the trainer's own, which proved itself when the registry attached to it.
    process.kill(Number(/process (\d+)/.exec(run.evidence)![1]), 'SIGKILL');
    const dead = await runWith(run.name, 'interrupted');
    assert.match(dead.evidence, /has ended/);
    await command('resume', run.key);
    await runWith(run.name, 'running', 60);
  });

  test('a run whose folder is removed goes from the list', async () => {
    await stopAll();
    const { registry } = await studio();
    const gone = registry.runs()[0]!;
    await rm(registry.pathOf(gone.key)!, { recursive: true });
    await until('it is gone', () => registry.run(gone.key) === undefined);
  });
});
