import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitCommit } from '../../../src/process/gitCommit';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'git-'));
  await mkdir(path.join(folder, '.git', 'refs', 'heads', 'feature'), { recursive: true });
  await mkdir(path.join(folder, 'deep', 'inside'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFile(path.join(folder, '.git', name), text);
const found = () => gitCommit(path.join(folder, 'deep', 'inside'));

describe('the commit that is checked out', () => {
  it('is that of the branch, loose or packed, or of a detached head', async () => {
    await put('HEAD', 'ref: refs/heads/feature/one\n');
    await put('packed-refs', `# pack-refs\n${'f'.repeat(40)} refs/heads/main\n${COMMIT} refs/heads/feature/one\n`);
    expect(await found()).toBe(COMMIT);
    await put('refs/heads/feature/one', `${'e'.repeat(40)}\n`);
    expect(await found()).toBe('e'.repeat(40));
    await put('HEAD', `${COMMIT}\n`);
    expect(await found()).toBe(COMMIT);
  });

  it.skipIf(process.platform === 'win32')('is unknown, and not waited for, where HEAD is a pipe', async () => {
    execFileSync('mkfifo', [path.join(folder, '.git', 'HEAD')]);
    expect(await found()).toBeUndefined();
  });

  it('is unknown where the repository says something else', async () => {
    await put('HEAD', 'ref: refs/../../../secret\n');
    await writeFile(path.join(folder, 'secret'), COMMIT);
    expect(await found()).toBeUndefined();
    await put('HEAD', 'ref: refs/heads/new\n');
    expect(await found()).toBeUndefined();
    await put('refs/heads/new', '<script>');
    expect(await found()).toBeUndefined();
  });

  it('is unknown outside of a repository', async () => {
    await rm(path.join(folder, '.git'), { recursive: true });
    expect(await found()).toBeUndefined();
  });
});
