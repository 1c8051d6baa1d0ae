import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseInterpreter } from '../../../src/process/interpreter';

let folder: string;
let before: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'node-'));
  before = process.env['PATH'];
});
afterEach(async () => {
  process.env['PATH'] = before;
  await rm(folder, { recursive: true, force: true });
});

/** A program named `node` that says that it is of this version. */
async function fakeNode(name: string, version: string): Promise<string> {
  const program = path.join(folder, name, 'node');
  await mkdir(path.dirname(program));
  await writeFile(program, `#!/bin/sh\necho ${version}\n`);
  await chmod(program, 0o755);
  return program;
}

describe.skipIf(process.platform === 'win32')('the program that runs a trainer', () => {
  it('is the first node on the path that is new enough', async () => {
    const old = await fakeNode('old', '18.20.4');
    const almost = await fakeNode('almost', '20.18.3');
    const fit = await fakeNode('fit', '22.3.0');
    process.env['PATH'] = [old, almost, fit].map((program) => path.dirname(program)).join(path.delimiter);
    expect(await chooseInterpreter()).toEqual({ program: fit, version: '22.3.0', environment: {} });
  });

  it('is this very program as Node.js where the path has none', async () => {
    process.env['PATH'] = folder;
    const chosen = await chooseInterpreter();
    expect(chosen).toMatchObject({ program: process.execPath, environment: { ELECTRON_RUN_AS_NODE: '1' } });
  });

  it('is never looked up in the current folder', async () => {
    await fakeNode('bin', '24.0.0');
    process.env['PATH'] = ['', '.', path.relative(process.cwd(), path.join(folder, 'bin'))].join(path.delimiter);
    expect((await chooseInterpreter()).program).toBe(process.execPath);
  });

  it('is the one that was asked for, or an error that says why that one does not do', async () => {
    const fit = await fakeNode('fit', '20.19.0');
    expect(await chooseInterpreter(fit)).toMatchObject({ program: fit, version: '20.19.0' });
    await expect(chooseInterpreter(await fakeNode('old', '16.0.0'))).rejects.toThrow(
      /is Node.js 16.0.0.*20.19 or newer/,
    );
    await expect(chooseInterpreter(path.join(folder, 'absent'))).rejects.toThrow(/does not run as Node.js/);
    await expect(chooseInterpreter('node')).rejects.toThrow(/not an absolute path/);
  });
});
