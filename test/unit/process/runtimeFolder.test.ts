import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runtimeFolder, secretPath, socketPath } from '../../../src/process/runtimeFolder';
import { createSecret, readSecret } from '../../../src/process/secret';

const ID = '0123456789abcdef0123456789abcdef';
let base: string;
let before: string | undefined;

beforeEach(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'runtime-'));
  before = process.env['XDG_RUNTIME_DIR'];
  process.env['XDG_RUNTIME_DIR'] = base;
});
afterEach(async () => {
  if (before === undefined) delete process.env['XDG_RUNTIME_DIR'];
  else process.env['XDG_RUNTIME_DIR'] = before;
  await rm(base, { recursive: true, force: true });
});

describe.skipIf(process.platform === 'win32')('the runtime folder', () => {
  it('is made for its owner alone', async () => {
    const folder = await runtimeFolder();
    expect(folder).toBe(path.join(base, 'latent-studio'));
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('is refused when others can look into it', async () => {
    await mkdir(path.join(base, 'latent-studio'));
    await chmod(path.join(base, 'latent-studio'), 0o755);
    await expect(runtimeFolder()).rejects.toThrow(/open to other users.*chmod 700/);
  });

  it('is refused when it is a link to somewhere else', async () => {
    await mkdir(path.join(base, 'elsewhere'), { mode: 0o700 });
    await symlink(path.join(base, 'elsewhere'), path.join(base, 'latent-studio'));
    await expect(runtimeFolder()).rejects.toThrow(/is not a folder/);
  });

  it('is refused where others could put another folder in its place', async () => {
    await chmod(base, 0o777);
    await expect(runtimeFolder()).rejects.toThrow(/could replace/);
    await chmod(base, 0o1777);
    await runtimeFolder();
  });

  it.skipIf(process.getuid?.() !== 0)('is not made in the session of another user', async () => {
    await chown(base, 12_345, 12_345);
    expect(path.dirname(await runtimeFolder())).toBe(os.tmpdir());
  });

  it('lies in the temporary folder when the session has none or one with too long a name', async () => {
    const fallback = path.join(os.tmpdir(), `latent-studio-${os.userInfo().uid}`);
    process.env['XDG_RUNTIME_DIR'] = path.join(base, 'absent');
    expect(await runtimeFolder()).toBe(fallback);
    const long = path.join(base, 'x'.repeat(100));
    await mkdir(long);
    process.env['XDG_RUNTIME_DIR'] = long;
    expect(await runtimeFolder()).toBe(fallback);
  });

  it('gives short addresses that come from a valid id and nothing else', async () => {
    expect(path.dirname(await socketPath(ID))).toBe(await runtimeFolder());
    for (const id of ['../../etc/passwd', '', ID.toUpperCase(), `${ID}0`, `/tmp/${ID}`]) {
      await expect(socketPath(id)).rejects.toThrow(/32 hexadecimal digits/);
      await expect(secretPath(id)).rejects.toThrow(/32 hexadecimal digits/);
    }
  });
});

describe.skipIf(process.platform === 'win32')('a secret', () => {
  it('is 256 bits in a file private to its owner, new each time', async () => {
    const first = await createSecret(ID);
    const second = await createSecret(ID);
    expect(second.length).toBe(32);
    expect(second.equals(first)).toBe(false);
    expect((await readSecret(ID))!.equals(second)).toBe(true);
    expect((await stat(await secretPath(ID))).mode & 0o777).toBe(0o600);
  });

  it('is not read through a link', async () => {
    await createSecret('f'.repeat(32));
    await symlink(await secretPath('f'.repeat(32)), await secretPath(ID));
    expect(await readSecret(ID)).toBeUndefined();
  });
});
