import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../src/protocol/views';
import { checkpoints, command, readJson, runsFolder, runWith, stopAll, studio, train, until } from './support/studio';

suite('Training a specification', () => {
  const NAME = 'steered-001';
  let run: RunSummary;

  suiteSetup(async () => {
    run = await train('steered');
  });
  suiteTeardown(stopAll);

  const step = async () => (await studio()).registry.run(run.key)!.step;

  test('creates a run directory that describes what is trained', async () => {
    const record = await readJson(path.join(runsFolder(), NAME, 'run.json'));
    assert.equal(record['name'], NAME);
    assert.match(run.evidence, /Attached to process \d+/);
    assert.equal(run.backend?.name, 'wasm');
  });

  test('opens a tab that is named after the run', async () => {
    await until('the tab is open', () =>
      vscode.window.tabGroups.all.some((group) => group.tabs.some((tab) => tab.label === NAME)),
    );
  });

  test('shows the run in the tree, with its step and with the buttons that make sense', async () => {
    const { tree } = await studio();
    const keys = (await tree.getChildren()) ?? [];
    assert.deepEqual(keys, [run.key]);
    const item = await until('a step is shown', async () => {
      const shown = await tree.getTreeItem(run.key);
      return /\bstep [\d,]+$/.test(String(shown.description)) && shown;
    });
    assert.equal(item.label, NAME);
    assert.match(item.contextValue!, /;pause;.*stop;/);
  });

  test('has a ticked box in the tree and the color of its curves, and is unticked by a command', async () => {
    const { tree } = await studio();
    const item = async () =>
      (await tree.getTreeItem(run.key)) as vscode.TreeItem & { checkboxState: { state: number } };
    const shown = await item();
    assert.equal(shown.checkboxState.state, vscode.TreeItemCheckboxState.Checked);
    assert.match((shown.iconPath as vscode.ThemeIcon).color!.id, /^latentStudio\.run\d+$/);
    await command('hideRun', run.key, [run.key]);
    const hidden = await item();
    assert.equal(hidden.checkboxState.state, vscode.TreeItemCheckboxState.Unchecked);
    assert.match(hidden.contextValue!, /;hidden;/);
    await command('showOnlyRun', run.key);
    assert.equal((await item()).checkboxState.state, vscode.TreeItemCheckboxState.Checked);
  });

  test('moves on step by step, with a headline once it was evaluated', async () => {
    const before = await step();
    await until('steps are taken', async () => (await step()) > before);
    const { registry } = await studio();
    const value = await until('a headline', () => registry.run(run.key)?.headline?.value ?? undefined);
    assert.ok(value > 0 && value < 1000, `−ELBO is ${value}`);
  });

  test('Pause stands still, Resume continues', async () => {
    await command('pause');
    const paused = await runWith(NAME, 'paused');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(await step(), paused.step);
    assert.match((await (await studio()).tree.getTreeItem(run.key)).contextValue!, /;resume;/);
    await command('resume');
    await runWith(NAME, 'running');
    await until('it continues', async () => (await step()) > paused.step);
  });

  test('Checkpoint Now writes a checkpoint between two that are due', async () => {
    const before = await checkpoints(NAME);
    await command('checkpoint', run.key);
    const written = (await checkpoints(NAME)).filter((file) => !before.includes(file));
    assert.equal(written.length, 1);
    assert.match(written[0]!, /^step-\d{8}\.safetensors$/);
  });

  test('Sample Now is answered while it trains', async () => {
    await command('sample', run.key);
    await runWith(NAME, 'running');
  });

  test('Stop writes a checkpoint, and Resume continues from it in a new process', async () => {
    await command('stop');
    const stopped = await runWith(NAME, 'stopped');
    assert.match((await checkpoints(NAME)).at(-1)!, new RegExp(`^step-0*${stopped.step}\\.`));
    await command('resume');
    await runWith(NAME, 'running', 60);
    await until('it continues', async () => (await step()) > stopped.step);
  });

  test('commands of the palette apply to the run of the active tab', async () => {
    await stopAll();
    const [first, second] = [await train('front'), await train('behind')];
    await command('openRun', first.key);
    await until('its tab is in front', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === first.name);
    await command('pause');
    await runWith(first.name, 'paused');
    assert.equal((await studio()).registry.run(second.key)!.status, 'running');
  });
});
