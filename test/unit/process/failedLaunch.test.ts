import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTraining } from '../../../src/process/training';
import { RunDirectory } from '../../../src/runs/directory';
import { RunLock } from '../../../src/runs/lock';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace();
});
afterEach(() => workspace.remove());

/** Starts a run whose trainer is this program. */
async function start(program: string, node = process.execPath) {
  const trainer = path.join(workspace.folder, 'trainer.cjs');
  await writeFile(trainer, `const run = process.argv[process.argv.indexOf('--run') + 1];\n${program}`);
  const specification = tinySpecification(workspace);
  return startTraining({ runsFolder: workspace.runs, specification, programs: { node, trainer }, name: 'new' });
}

async function newRun(): Promise<RunDirectory> {
  const names = () => readdir(path.join(workspace.runs, 'new')).catch((): string[] => []);
  while (!(await names()).includes('run.json')) await sleep(5);
  return RunDirectory.open(path.join(workspace.runs, 'new'));
}

it('a new run whose trainer cannot be started says so in its record, with what next', async () => {
  const node = path.join(workspace.folder, 'no-node');
  await expect(start('', node)).rejects.toThrow('does not run as Node.js');
  expect(await (await newRun()).readRecord()).toMatchObject({
    status: 'failed',
    failure: {
      kind: 'internal',
      message: expect.stringContaining(node) as string,
      remedy: 'Correct that, then resume the run.',
    },
  });
});

it('a new run whose trainer ends before it answers has that trainer’s words in its record', async () => {
  await expect(start(`process.stderr.write('the words\\n'); process.exit(7);`)).rejects.toThrow('the words');
  expect(await (await newRun()).readRecord()).toMatchObject({ status: 'failed', failure: { message: 'the words' } });
});

it('a run that a trainer has had keeps what that one wrote', async () => {
  const program = `
    const fs = require('node:fs');
    const file = run + '/run.json';
    fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), status: 'stopped', step: 3 }));
    process.exit(7);`;
  await expect(start(program)).rejects.toThrow('exit code 7');
  const record = await (await newRun()).readRecord();
  expect(record).toMatchObject({ status: 'stopped', step: 3 });
  expect(record.failure).toBeUndefined();
});

it('a run that another trainer has by then is left to it', async () => {
  const program = `
    const fs = require('node:fs');
    setInterval(() => fs.existsSync(run + '/go') && process.exit(7), 5);`;
  const starting = start(program).catch((error: unknown) => error);
  const run = await newRun();
  const lock = await RunLock.acquire(run, (await run.readRecord()).id);
  try {
    await writeFile(path.join(run.path, 'go'), '');
    expect(await starting).toBeInstanceOf(Error);
    const record = await run.readRecord();
    expect(record.status).toBe('created');
    expect(record.failure).toBeUndefined();
  } finally {
    await lock.release();
  }
});
