import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { cacheFolder, locateTensorFlow } from '../../../src/native';
import { neutralFolder } from '../../../src/native/places';
import { runtimeFolder } from '../../../src/process/runtimeFolder';

/**
 * A user id without an entry in the password file, as containers give it. Where the tests may become such a user they
 * do; Node's functions fail by injection everywhere.
 */
const isRoot = process.getuid?.() === 0;
const NAMELESS = isRoot ? { uid: 54_321, gid: 54_321 } : {};
const CLI = path.resolve('dist/cli.cjs');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'nameless-'));
  await chmod(folder, 0o777);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

it('has a folder for sockets, no cache and no TensorFlow in it where the system knows neither name nor home', async () => {
  const unknown = () => {
    throw Object.assign(new Error('A system error occurred: uv_os_get_passwd returned ENOENT'), { code: 'ENOENT' });
  };
  vi.spyOn(os, 'userInfo').mockImplementation(unknown);
  vi.spyOn(os, 'homedir').mockImplementation(unknown);
  for (const name of [
    'LATENT_STUDIO_CACHE',
    'LATENT_STUDIO_TENSORFLOW',
    'XDG_CACHE_HOME',
    'XDG_RUNTIME_DIR',
    'TMPDIR',
    'LOCALAPPDATA',
  ]) {
    vi.stubEnv(name, undefined);
  }
  expect(path.basename(await runtimeFolder())).toBe(
    process.platform === 'win32' ? 'runtime' : `latent-studio-${process.getuid?.()}`,
  );
  expect(() => cacheFolder()).toThrow(/no home folder/);
  expect(await locateTensorFlow()).toBeUndefined();
  expect(path.isAbsolute(neutralFolder())).toBe(true);
});

it('has a run that reports what is wrong with its data, and the same events each time', async () => {
  const file = path.join(folder, 'v.latent.json');
  const model = { family: 'vae', network: { kind: 'mlp', hidden: [4] }, latent: 2 };
  await writeFile(file, JSON.stringify({ model, data: { set: 'idx', path: 'absent' }, engine: { backend: 'wasm' } }));
  const train = () =>
    spawnSync(process.execPath, [CLI, 'train', file, '--json'], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
      encoding: 'utf8',
      ...NAMELESS,
    });
  for (let again = 0; again < 3; again++) {
    const { status, stdout, stderr } = train();
    expect([status, stderr]).toEqual([1, expect.stringContaining('data.path')]);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event, name }) => [event, name])).toEqual([
      ['started', `vae-idx-00${again + 1}`],
      ['ended', `vae-idx-00${again + 1}`],
    ]);
    expect(events[1]).toMatchObject({
      status: 'failed',
      failure: { message: expect.stringContaining('absent') as string },
    });
    const record = JSON.parse(
      await readFile(path.join(folder, 'runs', `vae-idx-00${again + 1}`, 'run.json'), 'utf8'),
    ) as unknown;
    expect(record).toMatchObject({ status: 'failed', failure: { kind: 'data' } });
  }
}, 60_000);
