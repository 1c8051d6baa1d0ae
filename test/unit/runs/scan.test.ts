import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRun } from '../../../src/runs/directory';
import { MAX_RECORD_BYTES } from '../../../src/runs/record';
import { RunScanner, scanRuns } from '../../../src/runs/scan';
import { temporaryFolder, vae } from './support/runs';

describe('scanRuns', () => {
  it('lists runs and folders of other programs’ event files by name, and nothing else', async () => {
    const runs = await temporaryFolder();
    await createRun(runs, vae({ name: 'b' }));
    await createRun(runs, vae({ name: 'a' }));
    await mkdir(path.join(runs, 'pytorch'));
    await writeFile(path.join(runs, 'pytorch', 'events.out.tfevents.1.host'), '');
    await mkdir(path.join(runs, 'data'));
    await writeFile(path.join(runs, 'data', 'images.bin'), '');
    await writeFile(path.join(runs, 'README.md'), '');
    const found = await scanRuns(runs);
    expect(found.map(({ name, kind }) => [name, kind])).toEqual([
      ['a-001', 'run'],
      ['b-001', 'run'],
      ['pytorch', 'foreign'],
    ]);
  });

  it('finds no runs where there is no folder, and says when it cannot look', async () => {
    const runs = await temporaryFolder();
    expect(await scanRuns(path.join(runs, 'none'))).toEqual([]);
    await writeFile(path.join(runs, 'file'), '');
    await expect(scanRuns(path.join(runs, 'file'))).rejects.toThrow(/cannot be read/);
  });

  it('shows each bad run as a problem beside the good ones', async () => {
    const runs = await temporaryFolder();
    await createRun(runs, vae());
    const bad: Record<string, (record: string) => Promise<unknown>> = {
      '<script>alert(1)<': (record) => writeFile(record, '{}'),
      huge: (record) => writeFile(record, Buffer.alloc(MAX_RECORD_BYTES + 1, 0x20)),
      deep: (record) => writeFile(record, '{"a":'.repeat(100_000)),
      folder: (record) => mkdir(record),
      link: (record) => symlink('/etc/hostname', record),
      pipe: (record) => Promise.resolve(execFileSync('mkfifo', [record])),
      proto: (record) => writeFile(record, '{"__proto__": {"format": 1}}'),
    };
    for (const [name, make] of Object.entries(bad)) {
      await mkdir(path.join(runs, name));
      await make(path.join(runs, name, 'run.json'));
    }
    const found = await scanRuns(runs);
    expect(found.filter(({ kind }) => kind === 'run').map(({ name }) => name)).toEqual(['vae-mnist-001']);
    const problems = found.filter((listing) => listing.kind === 'problem');
    expect(problems.map(({ name }) => name).sort()).toEqual(Object.keys(bad).sort());
    for (const { problem } of problems) expect(problem.length).toBeLessThan(1001);
  });

  it('follows no link, neither of a run nor of its record', async () => {
    const [runs, outside] = [await temporaryFolder(), await temporaryFolder()];
    const secret = await createRun(outside, vae({ name: 'secret' }));
    await symlink(secret.path, path.join(runs, 'linked-run'));
    await mkdir(path.join(runs, 'linked-record'));
    await symlink(secret.recordPath, path.join(runs, 'linked-record', 'run.json'));
    const found = await scanRuns(runs);
    expect(found.map(({ name, kind }) => [name, kind])).toEqual([
      ['linked-record', 'problem'],
      ['linked-run', 'problem'], // named, with nothing of what it leads to but the path in the link itself
    ]);
    expect(found[1]).toMatchObject({ problem: expect.stringContaining('Links are not followed') as string });
    expect(JSON.stringify(found)).not.toContain('"record"');
  });

  it('lists event files in the folders below, links and runs among them left out', async () => {
    const runs = await temporaryFolder();
    for (const below of ['keras/train', 'keras/validation', 'keras/empty', 'sweep/a/b/c', 'sweep/a/b/c/d']) {
      await mkdir(path.join(runs, below), { recursive: true });
      if (below !== 'keras/empty') await writeFile(path.join(runs, below, 'events.out.tfevents.1.host'), '');
    }
    await symlink(runs, path.join(runs, 'keras', 'loop'));
    const scanner = new RunScanner(runs);
    const names = async () => (await scanner.scan()).map(({ name, kind }) => `${kind} ${name}`);
    expect(await names()).toEqual(['foreign keras/train', 'foreign keras/validation', 'foreign sweep/a/b/c']);
    await rm(path.join(runs, 'keras/validation'), { recursive: true });
    expect(await names()).toEqual(['foreign keras/train', 'foreign sweep/a/b/c']);
  });

  it('says of a folder that holds runs that they are not listed, and looks at nothing below a run', async () => {
    const runs = await temporaryFolder();
    const outer = await createRun(runs, vae({ name: 'outer' }));
    await createRun(path.join(outer.path, 'copies'), vae({ name: 'inner' }));
    await mkdir(path.join(outer.path, 'tensorboard'));
    await writeFile(path.join(outer.path, 'tensorboard', 'events.out.tfevents.1.host'), '');
    const deep = await createRun(path.join(runs, 'group', 'more'), vae({ name: 'deep' }));
    await mkdir(path.join(deep.path, 'logs'));
    await writeFile(path.join(deep.path, 'logs', 'events.out.tfevents.1.host'), '');
    const scanner = new RunScanner(runs, () => Date.now() + 60_000);
    expect(await scanner.scan()).toMatchObject([
      {
        name: 'group',
        kind: 'problem',
        problem:
          'This folder is not a run but contains 1 run; only runs directly in the runs folder are listed. ' +
          'Make it the runs folder, or move them up.',
      },
      { name: 'outer-001', kind: 'run' },
    ]);
    await createRun(path.join(runs, 'group'), vae({ name: 'other' }));
    expect((await scanner.scan())[0]).toMatchObject({ problem: expect.stringContaining('contains 2 runs') as string });
    expect(await scanRuns(path.join(runs, 'group'))).toMatchObject([
      { name: 'more' },
      { name: 'other-001', kind: 'run' },
    ]);
  });

  it('names a link that leads nowhere or in a circle, and leaves one to a file out', async () => {
    const runs = await temporaryFolder();
    await writeFile(path.join(runs, 'file'), '');
    await symlink('absent', path.join(runs, 'broken'));
    await symlink('circle', path.join(runs, 'circle'));
    await symlink('file', path.join(runs, 'to-file'));
    const problems = (await scanRuns(runs)).map((listing) => (listing.kind === 'problem' ? listing.problem : ''));
    expect(problems).toEqual([
      expect.stringContaining('it does not exist'),
      expect.stringContaining('its links form a loop'),
    ]);
  });

  it('says of a folder without permission that it cannot be read', async (context) => {
    if (process.getuid?.() === 0) {
      // The superuser may read everything: ask the system for a reason that holds for it too.
      const runs = await temporaryFolder();
      const long = await mkdtemp(path.join(runs, 'gone-'));
      const scan = scanRuns(runs);
      await rm(long, { recursive: true });
      expect(await scan).toEqual([]);
      return;
    }
    const runs = await temporaryFolder();
    await mkdir(path.join(runs, 'closed'));
    await chmod(path.join(runs, 'closed'), 0);
    context.onTestFinished(() => chmod(path.join(runs, 'closed'), 0o700));
    expect(await scanRuns(runs)).toMatchObject([{ kind: 'problem', name: 'closed' }]);
  });

  it('looks at ten thousand folders, and says how many more there are', async () => {
    const runs = await temporaryFolder();
    const { recordPath } = await createRun(runs, vae());
    const names = Array.from({ length: 10_002 }, (_, index) => `x-${String(index).padStart(5, '0')}`);
    for (const name of names) {
      mkdirSync(path.join(runs, name));
      linkSync(recordPath, path.join(runs, name, 'run.json'));
    }
    const found = await scanRuns(runs);
    expect(found.length).toBe(10_001);
    expect(found.at(-1)).toMatchObject({
      kind: 'problem',
      problem: expect.stringMatching(/^3 more folders/) as string,
    });
  });
});

describe('RunScanner', () => {
  const later = () => Date.now() + 60_000;
  const records = async (scanner: RunScanner) =>
    new Map((await scanner.scan()).map((found) => [found.name, found.kind === 'run' ? found.record : found.kind]));

  it('reads only the records that changed, however they were changed', async () => {
    const runs = await temporaryFolder();
    const replaced = await createRun(runs, vae({ name: 'a' }));
    const edited = await createRun(runs, vae({ name: 'b' }));
    await createRun(runs, vae({ name: 'c' }));
    const scanner = new RunScanner(runs, later);
    const first = await records(scanner);
    await replaced.writeRecord({ ...(await replaced.readRecord()), step: 7 });
    // As large as before, and with the time of before.
    const { atime, mtime } = await stat(edited.recordPath);
    const text = await readFile(edited.recordPath, 'utf8');
    await writeFile(edited.recordPath, text.replace('"step": 0', '"step": 8'));
    await utimes(edited.recordPath, atime, mtime);
    const second = await records(scanner);
    expect(second.get('a-001')).toMatchObject({ step: 7 });
    expect(second.get('b-001')).toMatchObject({ step: 8 });
    // Not merely equal: what was not read again is the same object.
    expect(second.get('c-001')).toBe(first.get('c-001'));
  });

  it('notices runs that come and go, and folders that become runs or get better', async () => {
    const runs = await temporaryFolder();
    const scanner = new RunScanner(runs, later);
    const gone = await createRun(runs, vae({ name: 'gone' }));
    await mkdir(path.join(runs, 'foreign'));
    await mkdir(path.join(runs, 'broken'));
    await writeFile(path.join(runs, 'broken', 'run.json'), '{}');
    expect([...(await records(scanner)).keys()]).toEqual(['broken', 'gone-001']);
    await writeFile(path.join(runs, 'foreign', 'events.out.tfevents.1.host'), '');
    await copyFile(gone.recordPath, path.join(runs, 'broken', 'run.json'));
    await rm(gone.path, { recursive: true });
    const found = await records(scanner);
    expect([...found.keys()]).toEqual(['broken', 'foreign']);
    expect(found.get('broken')).toMatchObject({ id: expect.any(String) as string });
  });

  it('does not trust a record that was written a moment ago: the next change may look the same', async () => {
    const runs = await temporaryFolder();
    await createRun(runs, vae({ name: 'a' }));
    const now = Date.now();
    const scanner = new RunScanner(runs, () => now);
    const first = await records(scanner);
    expect((await records(scanner)).get('a-001')).not.toBe(first.get('a-001'));
  });
});
