import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { createLauncher } from '../../src/host/launcher';
import { LatentTab } from '../../src/host/views/latent/tab';
import type { Reply, ToPage } from '../../src/protocol/channel';
import type { HostToLatent, LatentExchanges, LatentMethod } from '../../src/protocol/latent';
import type { RunSummary } from '../../src/protocol/views';
import { checkpoints, command, extensionFolder, runsFolder, runWith, stopAll, train, until } from './support/studio';

type ModelExchanges = Pick<LatentExchanges, LatentMethod>;
type Answer = Extract<Reply<ModelExchanges>, { type: 'answer' }>['value'];

/** Processes of ours that hold a checkpoint of the run, by their command lines. */
async function inspectors(run: string): Promise<string[]> {
  const folder = path.join(runsFolder(), run);
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(numbers.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes('inspect') && line.includes(folder));
}

/** The bytes may lie anywhere in a larger buffer: a message to a page is packed as it is sent. */
const floats = (body: Uint8Array) => new Float32Array(new Uint8Array(body).buffer);

const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
const explorer = (run: string) => tabs().find(({ label }) => label === `Latent Explorer: ${run}`);

/** The host's side of a tab whose page is this test. */
function page(run: RunSummary) {
  const told: ToPage<LatentExchanges, HostToLatent>[] = [];
  const tab = new LatentTab({
    launcher: createLauncher(path.join(extensionFolder(), 'dist')),
    key: run.key,
    name: () => run.name,
    subject: () => ({ kind: 'run', key: run.key, folder: path.join(runsFolder(), run.name) }),
    trusted: () => true,
    post: (message) => told.push(message),
    intend: () => undefined,
    saving: { save: () => ({}), saveImages: () => ({}) },
    warn: (message) => assert.fail(message),
  });
  let asked = 0;
  const source = () => told.flatMap((message) => (message.type === 'source' ? [message.source] : [])).at(-1);
  return {
    tab,
    told,
    source,
    ready: (live: boolean) =>
      until(`the source is ready, live: ${live}`, () => {
        const state = source()?.state;
        return state?.kind === 'ready' && state.live === live;
      }),
    async ask(method: LatentMethod, parameters: object): Promise<Answer> {
      const id = (asked += 1);
      await tab.receive({ type: 'request', id, method, parameters });
      const answer = await until(`${method} is answered`, () =>
        told.find((message) => (message.type === 'answer' || message.type === 'failure') && message.id === id),
      );
      if (answer.type !== 'answer') assert.fail(JSON.stringify(answer));
      return answer.value as Answer;
    },
  };
}

suite('The latent explorer', () => {
  let run: RunSummary;

  suiteSetup(async () => {
    run = await train('explored');
  });
  suiteTeardown(stopAll);

  test('asks the run itself while it lives, follows it, and turns to its checkpoint when it ends', async () => {
    const { tab, told, source, ready, ask } = page(run);
    try {
      await tab.receive({ type: 'ready' });
      tab.connect();
      await ready(true);
      const described = await ask('describe', {});
      assert.deepEqual((described.value as { capabilities: unknown }).capabilities, {
        data: { kind: 'image', shape: [28, 28, 1] },
        ...{ sampling: 'once', likelihood: 'importance', classes: 0 },
        latent: { size: 2, prior: 'normal', encodes: 'gaussian', decodes: true },
      });
      const encoded = await ask('encode', { set: 'test', from: 0, count: 100 });
      assert.equal(floats(encoded.body).length, 2 * 100 * 2);
      await tab.receive({ type: 'follow', count: 50, every: 10 });
      const latents = await until('latents are sent', () => told.find((message) => message.type === 'latents'));
      assert.equal(floats(latents.body).length, 2 * 50 * 2);
      const steps = () => told.flatMap((message) => (message.type === 'training' ? [message.step] : []));
      await until('it is told how far the run is', () => new Set(steps()).size > 1);
      assert.deepEqual(await inspectors(run.name), []);
      await command('stop', run.key);
      await runWith(run.name, 'stopped');
      await ready(false);
      assert.ok(source()!.checkpoints.length > 0);
      const body = new Uint8Array(Float32Array.of(0, 0).buffer);
      const images = await ask('decode', { count: 1, body });
      assert.equal(images.body.length, 28 * 28);
    } finally {
      tab.dispose();
    }
    await until('its process has ended', async () => (await inspectors(run.name)).length === 0);
  });

  test('opens as a tab, one a run and one a checkpoint, with a process that ends with the tab', async () => {
    await command('openLatentExplorer', run.key);
    const tab = await until('the tab is open', () => explorer(run.name));
    await until('its process is there', async () => (await inspectors(run.name)).length === 1);
    await command('openLatentExplorer', run.key);
    assert.equal(tabs().filter(({ label }) => label === tab.label).length, 1);
    const file = (await checkpoints(run.name)).at(-1)!;
    await command('openLatentExplorer', vscode.Uri.file(path.join(runsFolder(), run.name, 'checkpoints', file)));
    const other = await until('the tab of the checkpoint is open', () => explorer(file));
    await until('its process is there, too', async () => (await inspectors(run.name)).length === 2);
    await vscode.window.tabGroups.close([explorer(run.name)!, other]);
    await until('both have ended', async () => (await inspectors(run.name)).length === 0);
  });
});
