import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TensorFlowLocation } from '../../../src/native';
import { obstacleOf } from '../../../src/process/nativeCheck';
import { createWorkspace, type Workspace } from '../support/workspace';

let workspace: Workspace;
let location: TensorFlowLocation;
let trainer: string;

beforeEach(async () => {
  workspace = await createWorkspace();
  const binding = path.join(workspace.folder, 'binding.node');
  await writeFile(binding, 'not used');
  location = { binding, libraryFolder: workspace.folder, version: '2.21.0', device: 'cpu', source: 'wheel' };
  trainer = path.join(workspace.folder, 'trainer.cjs');
});
afterEach(() => workspace.remove());

/** A trainer whose self-test counts its calls and then does this. */
const selfTestIs = (program: string) =>
  writeFile(trainer, `require('node:fs').appendFileSync(process.argv[1] + '.calls', 'x');\n${program}`);
const check = () => obstacleOf(location, { program: process.execPath, trainer, environment: process.env });
const calls = async () => (await readFile(`${trainer}.calls`, 'utf8')).length;

describe('whether native TensorFlow works here', () => {
  it('is tried once and remembered until the trainer changes', async () => {
    await selfTestIs('process.exit(0);');
    expect(await check()).toBeUndefined();
    expect(await check()).toBeUndefined();
    expect(await calls()).toBe(1);
    await selfTestIs('process.exit(0); // another version');
    expect(await check()).toBeUndefined();
    expect(await calls()).toBe(2);
  });

  it('survives a crash, says how it came, and is tried again', async () => {
    await selfTestIs(`process.kill(process.pid, 'SIGILL'); setTimeout(() => {}, 10_000);`);
    expect(await check()).toBe('its self-test ended with SIGILL');
    await selfTestIs(`process.stderr.write('first\\nno AVX\\n'); process.exit(1);`);
    expect(await check()).toBe('its self-test ended with exit code 1 (no AVX)');
    expect(await calls()).toBe(2);
  });
});
