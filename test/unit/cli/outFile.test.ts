import { execFileSync } from 'node:child_process';
import { lstat, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeOut } from '../../../src/cli/outFile';
import { checkOut } from '../../../src/cli/targets';
import { temporaryFolder } from '../support/temporaryFolder';

it('a file that is written holds bytes and texts in order, however long', async () => {
  const file = path.join(await temporaryFolder(), 'out');
  const long = 'x'.repeat(3 << 20);
  await writeOut(file, ['a,', 'b\n', new Uint8Array([0x63]), long, 'end']);
  expect(await readFile(file, 'utf8')).toBe(`a,b\nc${long}end`);
});

it('an existing file stays intact if the new one cannot be written', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'out.csv');
  await writeFile(file, 'old');
  const cutOff = function* () {
    yield new Uint8Array([0x6e]);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  };
  await expect(writeOut(file, cutOff())).rejects.toThrow(
    `${file} cannot be written: the disk is full. Correct that, or choose another place with --out.`,
  );
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['out.csv']);
});

it('a link is kept, and its target is written', async () => {
  const folder = await temporaryFolder();
  const [target, link] = [path.join(folder, 'target'), path.join(folder, 'link')];
  await writeFile(target, 'old');
  await symlink('target', link);
  await writeOut(link, ['new']);
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readFile(target, 'utf8')).toBe('new');
});

it('a pipe is written into and stays a pipe', async () => {
  const pipe = path.join(await temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  await checkOut(pipe);
  const [, received] = await Promise.all([writeOut(pipe, ['through', ' it']), readFile(pipe, 'utf8')]);
  expect(received).toBe('through it');
  expect((await lstat(pipe)).isFIFO()).toBe(true);
});
