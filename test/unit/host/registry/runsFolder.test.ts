import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveRunsFolder, RunsFolderError } from '../../../../src/host/registry/runsFolder';

describe('the setting for the folder of runs', () => {
  let base: string;
  let workspace: string;
  beforeEach(async () => {
    base = await realpath(await mkdtemp(path.join(tmpdir(), 'latent-host-')));
    workspace = path.join(base, 'workspace');
    await mkdir(path.join(workspace, 'runs'), { recursive: true });
    await mkdir(path.join(base, 'elsewhere'));
  });
  afterEach(() => rm(base, { recursive: true }));

  it('names a folder of the workspace, whether it is there or not', async () => {
    expect(await resolveRunsFolder(workspace, 'runs')).toBe(path.join(workspace, 'runs'));
    expect(await resolveRunsFolder(workspace, 'a/b/../c')).toBe(path.join(workspace, 'a', 'c'));
  });

  it.each(['..', '../elsewhere', 'runs/../..', '/etc', '', '.', ' ', 'C:\\runs', 'a\0b'])(
    'is refused when it names no folder inside the workspace: %j',
    async (setting) => {
      await expect(resolveRunsFolder(workspace, setting)).rejects.toThrow(RunsFolderError);
    },
  );

  it('is refused when a link leads out of the workspace', async () => {
    await symlink(path.join(base, 'elsewhere'), path.join(workspace, 'out'));
    await expect(resolveRunsFolder(workspace, 'out')).rejects.toThrow(/points out/);
    await expect(resolveRunsFolder(workspace, 'out/deeper')).rejects.toThrow(/points out/);
  });

  it('is refused when a link leads nowhere, since it may lead out tomorrow', async () => {
    await symlink(path.join(base, 'missing'), path.join(workspace, 'dangling'));
    await expect(resolveRunsFolder(workspace, 'dangling')).rejects.toThrow(RunsFolderError);
  });

  it('gives the real path, so that a run has one key however the workspace was opened', async () => {
    const alias = path.join(base, 'alias');
    await symlink(workspace, alias);
    expect(await resolveRunsFolder(alias, 'runs/x')).toBe(path.join(workspace, 'runs', 'x'));
  });
});
