import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRun, RunDirectory } from '../../../src/runs/directory';
import { MAX_RECORD_BYTES } from '../../../src/runs/record';
import { temporaryFolder, temporaryRun, vae } from './support/runs';

describe('createRun', () => {
  it('numbers runs after the largest number of the same stem', async () => {
    const runs = await temporaryFolder();
    await mkdir(path.join(runs, 'vae-mnist-007'));
    await mkdir(path.join(runs, 'other-900'));
    expect((await createRun(runs, vae())).name).toBe('vae-mnist-008');
    expect((await createRun(runs, vae({ name: 'mine' }))).name).toBe('mine-001');
  });

  it('gives each of many concurrent callers a different run', async () => {
    const runs = path.join(await temporaryFolder(), 'not', 'yet', 'there');
    const made = await Promise.all(Array.from({ length: 20 }, () => createRun(runs, vae())));
    expect(new Set(made.map((run) => run.path)).size).toBe(20);
    const ids = await Promise.all(made.map(async (run) => (await run.readRecord()).id));
    expect(new Set(ids).size).toBe(20);
  });

  it('writes a record from which the run can be repeated', async () => {
    const specification = vae({ training: { seed: 17 }, model: { family: 'vae', latent: 2 } });
    const parent = { run: 'a'.repeat(32), name: 'vae-mnist-001', step: 7 };
    const run = await createRun(await temporaryFolder(), specification, { parent, gitCommit: 'abc' });
    const record = await run.readRecord();
    expect(record).toMatchObject({ status: 'created', step: 0, parent, gitCommit: 'abc' });
    expect(record.specification).toEqual(specification);
  });

  it.each(['../out', 'a/b', 'a\\b', '..', '.hidden', 'NUL', 'con.txt', 'dot.', '', '<script>', 'x'.repeat(81)])(
    'refuses the name %j',
    async (name) => {
      const folder = await temporaryFolder();
      const made = createRun(path.join(folder, 'runs'), vae(), { name });
      await expect(made).rejects.toThrow(/cannot be the name of a run/);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('says which part of the way to the folder of runs cannot be had', async () => {
    const folder = await temporaryFolder();
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await symlink(path.join(folder, 'nowhere'), path.join(folder, 'link'));
    await expect(createRun(file, vae())).rejects.toThrow(/cannot be created: .*file is not a folder\.$/);
    await expect(createRun(path.join(file, 'runs'), vae())).rejects.toThrow(/part of its path is not a folder\.$/);
    await expect(createRun(path.join(folder, 'link'), vae())).rejects.toThrow(/a broken link is in its place\.$/);
  });

  it.runIf(process.platform === 'linux')('comes to an end where nothing can be made', async () => {
    await expect(createRun('/proc/x/runs', vae())).rejects.toThrow(
      /cannot be created: nothing can be created in \/proc\.$/,
    );
  });

  it('finds a free number also beyond those that it counts', async () => {
    const runs = await temporaryFolder();
    for (const number of ['999999999', '1000000000']) await mkdir(path.join(runs, `vae-mnist-${number}`));
    expect((await createRun(runs, vae())).name).toBe('vae-mnist-1000000001');
  });

  it('refuses a name that is taken and leaves the existing folder alone', async () => {
    const runs = await temporaryFolder();
    await mkdir(path.join(runs, 'taken'));
    await expect(createRun(runs, vae(), { name: 'taken' })).rejects.toThrow(/already a run “taken”/);
    expect(await readdir(path.join(runs, 'taken'))).toEqual([]);
  });
});

describe('RunDirectory', () => {
  it('writes no record that it would not read again', async () => {
    const run = await temporaryRun();
    const record = await run.readRecord();
    expect(() => run.writeRecord({ ...record, notes: ['x'.repeat(MAX_RECORD_BYTES)] })).toThrow(/cannot be written/);
    expect(() => run.writeRecord({ ...record, step: -1 })).toThrow(/cannot be written: step/);
    expect((await run.readRecord()).notes).toEqual([]);
  });

  it('keeps the last of many records that are written at once, and no leftovers', async () => {
    const run = await temporaryRun();
    const record = await run.readRecord();
    await Promise.all(Array.from({ length: 30 }, (_, step) => run.writeRecord({ ...record, step })));
    expect((await run.readRecord()).step).toBe(29);
    expect((await readdir(run.path)).sort()).toEqual(['checkpoints', 'run.json']);
  });

  it('continues writing records after one could not be written', async () => {
    const run = await temporaryRun();
    const record = await run.readRecord();
    const failing = { create: () => Promise.reject(new Error('EIO')) };
    const { nodeFiles } = await import('../../../src/runs/files');
    await expect(run.writeRecord({ ...record, step: 1 }, { ...nodeFiles, ...failing })).rejects.toThrow(/EIO/);
    await run.writeRecord({ ...record, step: 2 });
    expect((await run.readRecord()).step).toBe(2);
  });

  it('says that a folder does not exist or is none', async () => {
    const folder = await temporaryFolder();
    await expect(RunDirectory.open(path.join(folder, 'nothing'))).rejects.toThrow(/no run at/);
    await writeFile(path.join(folder, 'file'), '');
    await expect(RunDirectory.open(path.join(folder, 'file'))).rejects.toThrow(/is not a folder/);
  });

  const hostile: [string, RegExp, (file: string) => Promise<void>][] = [
    ['missing', /There is no/, () => Promise.resolve()],
    ['not JSON', /is not JSON/, (file) => writeFile(file, '{"id": ')],
    ['not UTF-8', /UTF-8/, (file) => writeFile(file, Buffer.from([0x22, 0xff, 0x22]))],
    ['huge', /at most 1048576 are read/, (file) => writeFile(file, Buffer.alloc(MAX_RECORD_BYTES + 1, 0x20))],
    [
      'full of empty objects',
      /more than 10000 objects and lists/,
      (file) => writeFile(file, `{"changes":[${'{},'.repeat(300_000)}{}]}`),
    ],
    ['deep', /nested too deeply/, (file) => writeFile(file, '['.repeat(500_000))],
    ['of another shape', /cannot be used: format/, (file) => writeFile(file, '{"format": 99}')],
    ['a link', /not a regular file/, (file) => symlink('/etc/hostname', file)],
    ['a folder', /not a regular file/, async (file) => void (await mkdir(file))],
    ['a pipe', /not a regular file/, (file) => Promise.resolve(void execFileSync('mkfifo', [file]))],
  ];
  it.each(hostile)('refuses a record that is %s', async (_, message, make) => {
    const run = await RunDirectory.open(await temporaryFolder());
    await make(run.recordPath);
    await expect(run.readRecord()).rejects.toThrow(message);
  });

  it('shows no terminal escape of a record in its message', async () => {
    const run = await temporaryRun();
    const record = JSON.parse(await readFile(run.recordPath, 'utf8')) as { specification: Record<string, unknown> };
    record.specification['\u001b[2J\u202Ekey'] = 1;
    await writeFile(run.recordPath, JSON.stringify(record));
    const message = await run.readRecord().then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).toMatch(/cannot be used/);
    expect(message).not.toMatch(/[\u001b\u202E]/);
  });
});
