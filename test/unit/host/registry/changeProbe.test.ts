import { appendFile, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeProbe } from '../../../../src/host/registry/changeProbe';

describe('looking for changes without a watcher', () => {
  let runs: string;
  let probe: ChangeProbe;
  const recordOf = (name: string) => path.join(runs, name, 'run.json');

  beforeEach(async () => {
    runs = await mkdtemp(path.join(tmpdir(), 'latent-probe-'));
    await mkdir(path.join(runs, 'a'));
    await writeFile(recordOf('a'), '{}');
    probe = new ChangeProbe();
    expect(await probe.changed([runs])).toBe(false);
  });
  afterEach(() => rm(runs, { recursive: true, force: true }));

  it('finds nothing where nothing changed', async () => {
    expect(await probe.changed([runs])).toBe(false);
  });

  it('finds a record that was written, came or went', async () => {
    await utimes(recordOf('a'), 1, 1);
    expect(await probe.changed([runs])).toBe(true);
    await mkdir(path.join(runs, 'b'));
    expect(await probe.changed([runs])).toBe(true);
    await writeFile(recordOf('b'), '{}');
    expect(await probe.changed([runs])).toBe(true);
    await rm(path.join(runs, 'a'), { recursive: true });
    expect(await probe.changed([runs])).toBe(true);
    expect(await probe.changed([runs])).toBe(false);
  });

  it('finds a log that another program began, however deep, and does not mind that it grows', async () => {
    const train = path.join(runs, 'keras', 'fit', 'train');
    await mkdir(train, { recursive: true });
    const began = new Date(Date.now() - 60_000);
    await utimes(train, began, began);
    await probe.changed([runs]);
    const log = path.join(train, 'events.out.tfevents.1.host');
    await writeFile(log, 'a');
    expect(await probe.changed([runs])).toBe(true);
    await appendFile(log, 'b');
    expect(await probe.changed([runs])).toBe(false);
    await rm(path.join(runs, 'keras', 'fit'), { recursive: true });
    expect(await probe.changed([runs])).toBe(true);
  });

  it('takes a folder that is not there as an empty one', async () => {
    await rm(runs, { recursive: true });
    expect(await probe.changed([runs])).toBe(true);
    expect(await probe.changed([runs])).toBe(false);
  });
});
