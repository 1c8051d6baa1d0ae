import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { Deferred } from '../../src/common/deferred';
import { encodeNpy, encodeNpz } from '../../src/formats/npy';
import { encodeSafetensors } from '../../src/formats/safetensors';
import { CheckpointDocument } from '../../src/host/editors/checkpoint/document';
import { CheckpointPage } from '../../src/host/editors/checkpoint/page';
import { OwnCheckpointFiles } from '../../src/host/editors/checkpoint/ownFiles';
import type { Studio } from '../../src/host/studio';
import type { HostToCheckpoint } from '../../src/protocol/checkpointView';
import { unpack } from '../../src/protocol/packing';
import { TensorService, type AskOptions } from '../../src/tensors/service';
import { MemoryFiles } from './support/memoryFiles';
import {
  checkpoints,
  command,
  extensionFolder,
  readJson,
  runsFolder,
  runWith,
  studio,
  train,
  until,
  workspaceFolder,
} from './support/studio';

/** What no other editor could show. */
const BY_ITSELF = [
  ...['model.safetensors', '[odd] {name}.safetensors', 'broken.safetensors', 'a.npz', 'A.NPY', 'keras.weights.h5'],
  ...['b.hdf5', 'model.keras'],
];

suite('Checkpoints and other files of tensors', () => {
  const folder = () => path.join(workspaceFolder(), 'tensors');
  const at = (name: string) => vscode.Uri.file(path.join(folder(), name));
  const active = () => vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const shows = (uri: vscode.Uri, viewType: string) =>
    until(`${uri.path} is open in ${viewType}`, () => {
      const input = active();
      return input instanceof vscode.TabInputCustom && input.viewType === viewType && input.uri.path === uri.path;
    });

  suiteSetup(async () => {
    await mkdir(folder(), { recursive: true });
    const values = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    const tensors = new Map([['layer.weight', { dtype: 'F32' as const, shape: [2, 2], data: values }]]);
    const bytes = Buffer.concat(encodeSafetensors(tensors, { format: 'pt' }));
    await writeFile(at('model.safetensors').fsPath, bytes);
    await writeFile(at('[odd] {name}.safetensors').fsPath, bytes);
    await writeFile(at('broken.safetensors').fsPath, bytes.subarray(0, 20));
    await writeFile(
      at('a.npz').fsPath,
      Buffer.concat(encodeNpz(new Map([['w', { shape: [1], data: Float32Array.of(1) }]]))),
    );
  });
  suiteSetup(async () => {
    const fixtures = path.join(extensionFolder(), 'test', 'fixtures', 'hdf5');
    await writeFile(at('A.NPY').fsPath, encodeNpy({ shape: [1], data: Float32Array.of(1) }));
    await writeFile(at('model.json').fsPath, JSON.stringify({ weightsManifest: [] }));
    for (const [from, to] of [
      ['keras.weights.h5', 'keras.weights.h5'],
      ['types.h5', 'b.hdf5'],
      ['model.keras', 'model.keras'],
    ] as const) {
      await copyFile(path.join(fixtures, from), at(to).fsPath);
    }
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder(), { recursive: true });
  });

  for (const name of BY_ITSELF) {
    test(`${name} opens in the tensor editor by default`, async () => {
      await vscode.commands.executeCommand('vscode.open', at(name));
      await shows(at(name), 'latentStudio.checkpoint');
    });
  }

  test('JSON opens there on request, and two files can be compared', async () => {
    await vscode.commands.executeCommand('vscode.open', at('model.json'));
    await until('it is text', () => vscode.window.activeTextEditor?.document.uri.path === at('model.json').path);
    await command('openAsTensors', at('model.json'));
    await shows(at('model.json'), 'latentStudio.tensors');
    await command('compareTensors', at('model.safetensors'), [at('model.safetensors'), at('[odd] {name}.safetensors')]);
    await shows(at('model.safetensors'), 'latentStudio.checkpoint');
  });

  test('a virtual file opens, and is reopened when it changes; a large one is not fetched', async () => {
    const memory = new MemoryFiles('latent-memory');
    const registration = vscode.workspace.registerFileSystemProvider('latent-memory', memory, { isReadonly: true });
    const tensors = new TensorService(path.join(extensionFolder(), 'dist', 'tensorWorker.cjs'));
    const documents: CheckpointDocument[] = [];
    const opened = (uri: vscode.Uri) => {
      documents.push(new CheckpointDocument(uri, uri.path, tensors));
      return documents.at(-1)!;
    };
    try {
      const file = memory.put('/model.safetensors', await readFile(at('model.safetensors').fsPath));
      await vscode.commands.executeCommand('vscode.open', file);
      await shows(file, 'latentStudio.checkpoint');
      await until('its page has had it read', () => memory.reads.includes('/model.safetensors'));
      const document = opened(file);
      const summary = await document.load();
      assert.deepEqual([summary.format, summary.tensors, summary.metadata], ['safetensors', 1, { format: 'pt' }]);
      assert.equal(document.file, undefined);
      let changes = 0;
      document.onChange(() => changes++);
      memory.put('/model.safetensors', await readFile(at('broken.safetensors').fsPath));
      await until('the change is heard of', () => changes > 0);
      await assert.rejects(document.load(), /truncated/);
      const large = memory.put('/large.safetensors', new Uint8Array(8), 300 * 2 ** 20);
      await assert.rejects(opened(large).load(), /has 300 MB: at most 256 MB are fetched/);
      assert.ok(!memory.reads.includes('/large.safetensors'));
      const index = memory.put('/m.safetensors.index.json', Buffer.from('{"weight_map":{}}'));
      await assert.rejects(opened(index).load(), /only be opened from a disk/);
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      for (const document of documents) document.dispose();
      tensors.dispose();
      registration.dispose();
    }
  });

  test('closing a file cancels opening it; so does the user, until it is reopened', async () => {
    const calls: { signal: AbortSignal; answer: Deferred<unknown> }[] = [];
    const tensors = {
      onEnd: () => ({ dispose: () => undefined }),
      close: () => undefined,
      ask: (_: unknown, { signal, onProgress }: Required<AskOptions>) => {
        const answer = new Deferred<unknown>();
        signal.addEventListener('abort', () => answer.reject(signal.reason));
        calls.push({ signal, answer });
        onProgress(0, 'Reading the header');
        return answer.promise;
      },
    } as unknown as TensorService;
    const document = new CheckpointDocument(at('model.safetensors'), 'k', tensors);
    const heard: string[] = [];
    document.onActivity((activity) => heard.push(activity));
    const cancelled = document.load();
    assert.deepEqual(heard, ['Reading the header']);
    document.cancel();
    await assert.rejects(cancelled, /Opening was cancelled/);
    await assert.rejects(document.load(), /Opening was cancelled/);
    document.reload();
    const again = document.load();
    calls[1]!.answer.resolve({ tensors: 1 });
    assert.deepEqual(await again, { tensors: 1 });
    document.cancel();
    assert.equal(calls[1]!.signal.aborted, false);
    document.reload();
    const closed = document.load();
    document.dispose();
    await assert.rejects(closed, /editor was closed/);
    assert.deepEqual(
      calls.map(({ signal }) => signal.aborted),
      [true, true, true],
    );
  });

  test('a restored page receives no comparison or evaluation of earlier contents', async () => {
    const answers: Record<string, unknown> = {
      open: { tensors: 1, metadata: {} },
      compare: { others: new Uint8Array(0) },
    };
    const tensors = {
      onEnd: () => ({ dispose: () => undefined }),
      close: () => undefined,
      ask: ({ type }: { type: string }) => Promise.resolve({ ...(answers[type] as object) }),
    } as unknown as TensorService;
    const launcher = {
      inspectCheckpoint: () => ({
        onActivity: () => undefined,
        evaluate: () => Promise.resolve({ step: 1, count: 2, metrics: {} }),
        dispose: () => undefined,
      }),
    };
    const { registry } = await studio();
    const said = new vscode.EventEmitter<unknown>();
    const told: HostToCheckpoint[] = [];
    const panel = {
      visible: true,
      onDidChangeViewState: () => ({ dispose: () => undefined }),
      webview: {
        onDidReceiveMessage: said.event,
        postMessage: (packed: unknown) => Promise.resolve(told.push(unpack(packed) as HostToCheckpoint)),
      },
    } as unknown as vscode.WebviewPanel;
    const document = new CheckpointDocument(at('model.safetensors'), 'k', tensors);
    const page = new CheckpointPage({ registry, launcher } as unknown as Studio, tensors, document, panel);
    const come = async () => {
      told.length = 0;
      said.fire({ type: 'ready' });
      await until('the file is told', () => told.find(({ type }) => type === 'file'));
      await new Promise((resolve) => setImmediate(resolve));
      return told.map((message) => (message.type === 'comparison' ? message.news.kind : message.type));
    };
    try {
      await come();
      page.order({ type: 'compare', other: 'other.safetensors' });
      said.fire({ type: 'inspect', what: 'evaluate', samples: 0 });
      await until('both are told', () =>
        ['metrics', 'result'].every((kind) => told.some((message) => 'news' in message && message.news.kind === kind)),
      );
      assert.deepEqual(await come(), ['file', 'result', 'inspection']);
      told.length = 0;
      document.reload();
      const file = await until('it is told anew', () => told.find((message) => message.type === 'file'));
      assert.equal(file.again, false);
      assert.deepEqual(told[0], { type: 'comparison', news: { kind: 'none' } });
      assert.deepEqual(await come(), ['file']);
    } finally {
      page.dispose();
      document.dispose();
      said.dispose();
    }
  });

  test('an open file reports when it is removed and restored; shards refer to their index', async () => {
    const tensors = new TensorService(path.join(extensionFolder(), 'dist', 'tensorWorker.cjs'));
    const bytes = await readFile(at('model.safetensors').fsPath);
    await writeFile(at('shard.safetensors').fsPath, bytes);
    const map = { weight_map: { 'layer.weight': 'shard.safetensors' } };
    await writeFile(at('m.safetensors.index.json').fsPath, JSON.stringify(map));
    const document = new CheckpointDocument(at('m.safetensors.index.json'), 'sharded', tensors);
    const problem = async () => {
      const { table } = await document.load();
      return (JSON.parse(new TextDecoder().decode(table)) as { problem?: string }[])[0]?.problem;
    };
    try {
      assert.equal(await problem(), undefined);
      await rm(at('shard.safetensors').fsPath);
      await until('the shard is missed', async () => (await problem())?.includes('is missing'));
      await writeFile(at('shard.safetensors').fsPath, bytes);
      await until('the shard is back', async () => (await problem()) === undefined);
      await rm(at('m.safetensors.index.json').fsPath);
      await until('the index is missed', () =>
        document.load().then(
          () => false,
          (error: Error) => error.message.includes('does not exist'),
        ),
      );
    } finally {
      document.dispose();
      tensors.dispose();
    }
  });

  test('the best and the latest checkpoint of a run are marked, and a new run begins with one', async () => {
    const run = await train('branched');
    await until('a checkpoint is written', async () => {
      await command('checkpoint', run.key);
      return (await checkpoints(run.name)).length > 0;
    });
    await command('stop', run.key);
    const stopped = await runWith(run.name, 'stopped');
    const uris = (await checkpoints(run.name)).map((file) =>
      vscode.Uri.file(path.join(runsFolder(), run.name, 'checkpoints', file)),
    );
    const { registry } = await studio();
    const files = new OwnCheckpointFiles({ registry, log: { error: assert.fail } } as unknown as Studio);
    try {
      const badges = () => uris.map((uri) => files.provideFileDecoration(uri)?.badge ?? '');
      await until('the latest is marked', () => badges().at(-1)?.includes('L'));
      assert.equal(files.provideFileDecoration(at('model.safetensors')), undefined);
    } finally {
      files.dispose();
    }
    const last = uris.at(-1)!;
    await command('resumeFromCheckpoint', last);
    const branch = await runWith('branched-002', 'running', 60);
    const record = await readJson(path.join(runsFolder(), branch.name, 'run.json'));
    const parent = await readJson(path.join(runsFolder(), run.name, 'run.json'));
    assert.deepEqual(record['parent'], { run: parent['id'], name: run.name, step: stopped.step });
    assert.ok(Number(record['step']) >= stopped.step);
    await command('stop', branch.key);
    await runWith(branch.name, 'stopped');
    assert.ok((await readdir(path.join(runsFolder(), run.name, 'checkpoints'))).includes(path.basename(last.fsPath)));
  });
});
