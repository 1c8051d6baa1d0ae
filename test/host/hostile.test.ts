import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../src/protocol/views';
import { command, plantRun, runsFolder, studio, until } from './support/studio';

const HTML = '<img src=x onerror=alert(1)>';
const claim = (name: string) => ({
  format: 1,
  id: 'f'.repeat(32),
  name,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  status: 'running',
  specification: { model: { family: 'vae' } },
  step: 7,
  epoch: 0.1,
  totalSteps: 100,
  stepsPerEpoch: 10,
});

suite('A hostile runs folder', () => {
  let outside: string;

  suiteSetup(async () => {
    outside = await mkdtemp(path.join(tmpdir(), 'latent-outside-'));
    await mkdir(path.join(outside, 'run'));
    await writeFile(path.join(outside, 'run', 'run.json'), JSON.stringify(claim('outside')));
    await writeFile(path.join(outside, 'secret'), 'secret');
    await plantRun(HTML, claim(HTML));
    await plantRun('not-json', '{"format": 1,');
    await plantRun('wrong-keys', '{ "format": 1, "__proto__": { "status": "running" } }');
    await plantRun('deep', '['.repeat(100_000));
    const linked = await plantRun('linked-log', claim('linked-log'));
    await symlink(path.join(outside, 'secret'), path.join(linked, 'trainer.log'));
    await writeFile(
      path.join(linked, 'lock'),
      JSON.stringify({ id: 'f'.repeat(32), pid: process.pid, startTime: '1' }),
    );
    await symlink(path.join(outside, 'run'), path.join(runsFolder(), 'linked-run'));
    await (await studio()).registry.refresh();
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(outside, { recursive: true });
    for (const name of [HTML, 'not-json', 'wrong-keys', 'deep', 'linked-log', 'linked-run']) {
      await rm(path.join(runsFolder(), name), { recursive: true });
    }
  });

  const named = async (name: string): Promise<RunSummary> => {
    const run = (await studio()).registry.runs().find((candidate) => candidate.name === name);
    assert.ok(run, `${name} is not listed`);
    return run;
  };

  test('that claims a running trainer is shown as interrupted: there is none', async () => {
    const run = await named(HTML);
    assert.equal(run.status, 'interrupted');
    assert.equal((await (await studio()).tree.getTreeItem(run.key)).label, HTML);
  });

  test('with broken records is shown with the problem, and without actions', async () => {
    for (const name of ['not-json', 'wrong-keys', 'deep']) {
      const run = await named(name);
      assert.equal(run.status, 'foreign', name);
      assert.deepEqual(run.intents, [], name);
      assert.match(run.failure!.message, /cannot be used/, name);
    }
  });

  test('that names one of our processes in its lock affects no process, and no trainer is started', async () => {
    const run = await named('linked-log');
    assert.deepEqual(
      run.intents.filter((intent) => intent !== 'continue'),
      [],
    );
    assert.doesNotMatch(run.evidence, /Attached/);
  });

  test('that links out of the workspace is not followed', async () => {
    const { registry } = await studio();
    const linked = registry.runs().filter(({ name }) => name === 'linked-run' || name === 'outside');
    for (const run of linked) {
      assert.match(run.evidence, /link/);
      assert.equal(registry.pathOf(run.key), undefined);
      assert.deepEqual([run.intents, run.inspections, run.step], [[], [], 0]);
    }
    await command('showTrainerLog', (await named('linked-log')).key);
    assert.ok(!vscode.workspace.textDocuments.some((document) => document.getText() === 'secret'));
  });

  test('can be opened: its name is the title of a tab, and text', async () => {
    await command('openRun', (await named(HTML)).key);
    await until('the tab is open', () =>
      vscode.window.tabGroups.all.some((group) => group.tabs.some((tab) => tab.label === HTML)),
    );
  });

  test('is not reached by commands that are given a path instead of a run', async () => {
    const { registry } = await studio();
    assert.equal(registry.run(path.join(outside, 'run')), undefined);
    const before = vscode.window.tabGroups.all.flatMap((group) => group.tabs).length;
    const opened = command('openRun', path.join(outside, 'run'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await opened;
    assert.equal(vscode.window.tabGroups.all.flatMap((group) => group.tabs).length, before);
  });
});
