import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { command, plantRun, runsFolder, studio, until, writeSpecification } from './support/studio';

const resting = {
  format: 1,
  id: 'e'.repeat(32),
  name: 'planted',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  status: 'stopped',
  specification: { model: { family: 'vae' } },
  step: 7,
  epoch: 0.7,
  totalSteps: 100,
  stepsPerEpoch: 10,
};

suite('Restricted Mode', () => {
  const runs = async () => (await readdir(runsFolder())).sort();

  suiteSetup(async () => {
    await plantRun('planted', resting);
    await (await studio()).registry.refresh();
  });

  test('is active in this window', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  test('lists and opens runs, without actions', async () => {
    const { registry, tree } = await studio();
    const run = await until('the run is listed', () => registry.runs().find(({ name }) => name === 'planted'));
    assert.equal(run.status, 'stopped');
    assert.deepEqual(run.intents, []);
    assert.doesNotMatch((await tree.getTreeItem(run.key)).contextValue ?? '', /resume|continue|stop|pause/);
    await command('openRun', run.key);
    await until('its tab is open', () =>
      vscode.window.tabGroups.all.some((group) => group.tabs.some((tab) => tab.label === 'planted')),
    );
  });

  test('starts no trainer by any command, and each of them returns', async () => {
    const before = await runs();
    const file = await writeSpecification('restricted');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
    for (const name of ['trainVae', 'trainAe']) await command(name);
    await command('trainSpecification', file);
    await command('trainOnImages', vscode.Uri.file(runsFolder()));
    await command('setUpTensorFlow');
    assert.deepEqual(await runs(), before);
  });

  test('neither resumes nor steers a run, though it is named', async () => {
    const { registry } = await studio();
    const run = registry.runs().find(({ name }) => name === 'planted')!;
    for (const name of ['resume', 'trainLonger', 'pause', 'stop', 'checkpoint', 'sample']) await command(name, run.key);
    await registry.refresh();
    assert.equal(registry.run(run.key)?.status, 'stopped');
    assert.deepEqual((await readdir(`${runsFolder()}/planted`)).sort(), ['run.json']);
  });
});
