import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { HeldFolder } from '../../../src/runs/heldFolder';
import { temporaryFolder } from './support/runs';

/** As the system tells where an open folder is, and as one that does not is asked. */
const WAYS = [
  ['by what the system says', process.platform === 'linux' ? '/proc/self/fd' : undefined],
  ['by its number among its siblings', '/nowhere'],
] as const;

describe.each(WAYS)('a folder that is held, found %s,', (_, descriptors) => {
  it('is found where it is, under another name, and not once it is deleted', async () => {
    const parent = await temporaryFolder();
    const [from, to] = [path.join(parent, 'run (deleted)'), path.join(parent, 'run')];
    await mkdir(from);
    const held = await HeldFolder.open(from, descriptors);
    expect(await held.find()).toBe(from);
    await rename(from, to);
    await mkdir(from); // another one of the old name
    expect(await held.find()).toBe(to);
    await rm(to, { recursive: true });
    expect(await held.find()).toBeUndefined();
    await mkdir(to);
    expect(await held.find()).toBeUndefined();
    await held.close();
  });

  it('is found behind a link in its old place, where it is itself', async () => {
    const [parent, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
    const [from, to] = [path.join(parent, 'run'), path.join(elsewhere, 'run')];
    await mkdir(from);
    const held = await HeldFolder.open(from, descriptors);
    await rename(from, to);
    await symlink(to, from);
    expect(await held.find()).toBe(to);
    await rm(from);
    await symlink(parent, from); // a link to another folder
    expect(await held.find()).toBe(to);
    await held.close();
  });
});
