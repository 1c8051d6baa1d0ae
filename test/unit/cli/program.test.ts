import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deferred } from '../../../src/common/deferred';
import { decodePng } from '../../../src/formats/png';
import { ControlClient } from '../../../src/process/client';
import { isLive } from '../../../src/protocol/status';
import { createRun, RunDirectory } from '../../../src/runs/directory';
import { bundlePrograms } from '../support/bundles';
import { commandLine, documents, type Latent } from '../support/commandLine';
import { requirePeers, runPeer } from '../support/python';
import { connectTo, outcome, spawnTrainer } from '../support/trainers';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
let programs: Awaited<ReturnType<typeof bundlePrograms>>;
let specification: string;
let latent: Latent;

beforeAll(async () => {
  workspace = await createWorkspace();
  programs = await bundlePrograms();
  latent = commandLine(programs.cli, workspace.folder);
  specification = path.join(workspace.folder, 'tiny.latent.json');
  const { data, ...rest } = tinySpecification(workspace);
  // Relative to the file, as a person would write it.
  await writeFile(specification, JSON.stringify({ ...rest, data: { ...data, path: 'data' } }));
});
afterAll(async () => {
  await workspace.remove();
  await programs.remove();
});

/** A small VAE of points. */
const POINT_MODEL = {
  ...{ family: 'vae', network: { kind: 'mlp', hidden: [8] }, latent: 2 },
  decoder: { likelihood: 'gaussian', sigma: 'shared' },
};

describe('latent train', () => {
  it('trains to the end and exits with 0', async () => {
    const finished = await latent(['train', 'tiny.latent.json', '--name', 'whole', '--set', 'training.epochs=2']);
    expect(finished).toMatchObject({ code: 0, error: '' });
    expect(finished.out).toContain('whole finished at step 12 of 12');
    const record = await (await RunDirectory.open(path.join(workspace.runs, 'whole'))).readRecord();
    expect(record.specification.data.path).toBe(workspace.data);
  });

  it('with --json prints one document a line, from the start to the end', async () => {
    const finished = await latent(['train', 'tiny.latent.json', '--json', '--set', 'training.epochs=2']);
    const events = documents(finished).map(({ event }) => event);
    expect(events[0]).toBe('started');
    expect(events.at(-1)).toBe('ended');
    expect(documents(finished).at(-1)).toMatchObject({ status: 'finished', step: 12, totalSteps: 12 });
  });

  it('exits with 2 for wrong usage and reports it', async () => {
    await mkdir(path.join(workspace.folder, 'empty'));
    const file = path.join(workspace.data, 'train-images-idx3-ubyte');
    const drawn = (...to: string[]) => ['sample', 'a.safetensors', '--out', path.join(workspace.folder, ...to)];
    const wrong: [string[], RegExp][] = [
      [['train', 'absent.json'], /absent\.json cannot be read: it does not exist\./],
      [['train', 'tiny.latent.json', '--name', '../evil'], /“..\/evil” cannot be the name/],
      [['train', 'tiny.latent.json', '--name', 'a b/c'], /“a b\/c” cannot be the name/],
      [['train', 'tiny.latent.json', '--runs', file], /ubyte is not a folder/],
      [['runs', file], /ubyte is not a folder/],
      [['resume', 'empty'], /empty is not a run: there is no run\.json in it/],
      [['eval', 'empty'], /empty is not a run/],
      [drawn('x.jpg'), /x\.jpg: samples go to a picture, --out FILE\.png, or as numbers to --out FILE\.npz/],
      [drawn('missing', 'x.png'), /The folder .*missing does not exist/],
      [drawn('tiny.latent.json', 'x.png'), /tiny\.latent\.json is not a folder/],
      [drawn('empty'), /empty is a folder/],
      [['train', 'tiny.latent.json', '--set', 'training.epoch=1'], /training: .*"epoch"/],
      [['train', 'tiny.latent.json', '--set', 'epochs'], /not path=value/],
      [['train'], /missing required argument/],
      [['frain'], /unknown command 'frain'/],
      [['resume', 'nothing'], /There is no run "nothing"/],
      [['sample', path.join(workspace.folder, 'a.safetensors')], /--out FILE.png/],
      [['eval', 'nothing.safetensors'], /There is no checkpoint/],
      [['eval', 'x', '--importance-samples', 'many'], /whole number/],
      [['encode', 'x'], /--out FILE.npz/],
      [['encode', 'x', '--out', 'x.txt'], /--out FILE.npz/],
      [['encode', 'x', '--out', 'x.csv', '--set', 'all'], /no "all"/],
    ];
    for (const [parameters, words] of wrong) {
      const { code, error } = await latent(parameters);
      expect({ parameters, code }).toEqual({ parameters, code: 2 });
      expect(error).toMatch(words);
      expect(error).not.toMatch(/ENO|EEXIST/);
    }
    const { code, out } = await latent(['train', 'tiny.latent.json', '--json', '--set', 'latent=1']);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      event: 'error',
      issues: [{ message: expect.stringContaining('latent') as string }],
    });
  });

  it('with --json reports wrong usage in JSON', async () => {
    const wrong: [string[], string][] = [
      [['train', '--json'], "missing required argument 'specification'"],
      [['train', 'tiny.latent.json', '--json', '--nmae', 'x'], "unknown option '--nmae'"],
      [['tensorflow', '--json'], "unknown option '--json'"],
    ];
    for (const [parameters, message] of wrong) {
      const finished = await latent(parameters);
      expect({ parameters, code: finished.code }).toEqual({ parameters, code: 2 });
      expect(documents(finished)).toEqual([{ event: 'error', message: expect.stringContaining(message) as string }]);
    }
  });

  it('says what it trains on', async () => {
    const { out } = await latent(['train', 'tiny.latent.json', '--name', 'backend', '--set', 'training.epochs=1']);
    expect(out).toContain('backend trains on WebAssembly SIMD, 1 thread.\n');
  });

  it('recommends native TensorFlow if it is missing', async () => {
    const parameters = ['train', 'tiny.latent.json', '--name', 'slow', '--set', 'training.epochs=1'];
    const { out, code } = await latent([...parameters, '--set', 'engine.backend=auto'], undefined, {
      LATENT_STUDIO_CACHE: path.join(workspace.folder, 'no-cache'),
      LATENT_STUDIO_TENSORFLOW: '',
    });
    expect(code).toBe(0);
    expect(out).toMatch(/Native TensorFlow would be faster, but: not set up\..*latent tensorflow install/);
    const { notes } = await (await RunDirectory.open(path.join(workspace.runs, 'slow'))).readRecord();
    expect(notes).toEqual(['Native TensorFlow: not set up. WebAssembly trains instead, which is slower.']);
  });

  it('exits with 1 when the run fails, with the reason and the remedy', async () => {
    const finished = await latent(['train', 'tiny.latent.json', '--set', 'data.path=/nowhere/at/all']);
    expect(finished.code).toBe(1);
    expect(finished.out + finished.error).toMatch(/\/nowhere\/at\/all does not exist[^]*data\.path/);
  });

  it('exits with 130 when it is interrupted, after the trainer has written its checkpoint', async () => {
    const parameters = ['train', 'tiny.latent.json', '--json', '--name', 'long', '--set', 'training.epochs=100000'];
    const finished = await latent(parameters, (line, interrupt) => {
      const { status, step } = JSON.parse(line) as { status?: string; step?: number };
      if (status === 'running' && step! > 0) interrupt();
    });
    expect(finished.code).toBe(130);
    const run = await RunDirectory.open(path.join(workspace.runs, 'long'));
    const { status, step } = await run.readRecord();
    expect(status).toBe('stopped');
    const file = path.join(run.checkpointsPath, `step-${String(step).padStart(8, '0')}.safetensors`);
    expect((await readFile(file)).length).toBeGreaterThan(1000);
    expect(documents(finished).at(-1)).toMatchObject({ event: 'ended', status: 'stopped', step });
  });
});

describe('latent whose output pipe was closed', () => {
  it('exits silently while the run continues', async () => {
    const parameters = ['train', 'tiny.latent.json', '--json', '--name', 'unread', '--set', 'training.epochs=100000'];
    const child = spawn(process.execPath, [programs.cli, ...parameters], { cwd: workspace.folder });
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, error }).toEqual({ code: 141, error: '' });
    const { id } = await (await RunDirectory.open(path.join(workspace.runs, 'unread'))).readRecord();
    const client = await ControlClient.connect({ id, role: 'controller' });
    expect(isLive(client.state.status)).toBe(true);
    await client.request('stop', {});
  });
});

describe('latent on a run that trains', () => {
  it('pauses, writes a checkpoint, samples, resumes, lists and stops it', async () => {
    const parameters = ['train', 'tiny.latent.json', '--json', '--name', 'steered', '--set', 'training.epochs=100000'];
    const [running, goesOn] = [new Deferred<void>(), new Deferred<void>()];
    const training = latent(parameters, (line) => line.includes('"running"') && running.resolve());
    await running.promise;

    const paused = await latent(['pause', 'steered']);
    expect(paused).toMatchObject({ code: 0, out: expect.stringMatching(/steered is paused at step \d+/) as string });
    const [listing] = documents(await latent(['runs', '--json']));
    expect((listing!['runs'] as object[]).find((run) => 'name' in run && run.name === 'steered')).toMatchObject({
      status: 'paused',
      evidence: expect.stringMatching(/Process \d+ .* holds its lock/) as string,
    });
    const [checkpoint] = documents(await latent(['checkpoint', 'steered', '--json']));
    expect(checkpoint!['file']).toMatch(/^step-\d{8}\.safetensors$/);
    expect((await latent(['sample', 'steered', '--count', '9', '--out', 'nine.png'])).code).toBe(0);
    const png = decodePng(await readFile(path.join(workspace.folder, 'nine.png')), { maximumPixels: 10_000 });
    expect([png.width, png.height]).toEqual([20, 20]);

    const longer = await latent(['resume', 'steered', '--epochs', '3']);
    expect(longer).toMatchObject({
      code: 1,
      error: expect.stringMatching(/steered is paused: .*latent stop .*--epochs 3/) as string,
    });
    const resumed = latent(['resume', 'steered', '--json'], (line) => line.includes('"running"') && goesOn.resolve());
    await goesOn.promise;
    const already = new Deferred<void>();
    const second = latent(
      ['resume', 'steered'],
      (line) => line === 'steered is already training.' && already.resolve(),
    );
    await already.promise;
    expect((await latent(['stop', 'steered'])).code).toBe(0);
    expect((await training).code).toBe(0);
    expect((await resumed).code).toBe(0);
    expect((await second).code).toBe(0);
    const gone = await latent(['pause', 'steered']);
    expect(gone).toMatchObject({ code: 1, error: expect.stringContaining('latent resume') as string });
  });

  it('reports its trainer’s last message when another trainer took the run', async () => {
    const parameters = ['train', 'tiny.latent.json', '--json', '--name', 'taken', '--set', 'training.epochs=100000'];
    const finished = await latent(parameters, (line) => {
      if (line.includes('"running"')) void rm(path.join(workspace.runs, 'taken', 'lock'), { force: true });
    });
    expect(finished.code).toBe(1);
    expect(documents(finished).at(-1)).toMatchObject({
      event: 'ended',
      status: 'failed',
      failure: { message: expect.stringContaining('was removed or taken over') as string },
    });
  });

  it('says at which step the run was deleted', async () => {
    const parameters = ['train', 'tiny.latent.json', '--json', '--name', 'deleted', '--set', 'training.epochs=100000'];
    const folder = path.join(workspace.runs, 'deleted');
    let seen = 0;
    const finished = await latent(parameters, (line) => {
      const { status, step } = JSON.parse(line) as { status?: string; step?: number };
      if (status !== 'running' || step === undefined || step < 1 || seen > 0) return;
      seen = step;
      void rm(folder, { recursive: true, force: true, maxRetries: 10 });
    });
    expect(finished.code).toBe(1);
    const last = documents(finished).at(-1) as { step: number };
    expect(last).toMatchObject({
      event: 'ended',
      status: 'failed',
      failure: { message: expect.stringContaining('was deleted') as string },
    });
    expect(seen).toBeGreaterThan(0);
    expect(last.step).toBeGreaterThanOrEqual(seen);
  });

  it('resumes an ended run, and asks for epochs if it has finished', async () => {
    const started = await latent(['train', 'tiny.latent.json', '--name', 'again', '--set', 'training.epochs=1']);
    expect(started.code).toBe(0);
    const finished = await latent(['resume', 'again']);
    expect(finished).toMatchObject({ code: 1, error: expect.stringContaining('has finished its 1 epoch.') as string });
    expect(finished.error).toContain('To train it longer: latent resume ');
    const extended = await latent(['resume', 'again', '--epochs', '2']);
    expect(extended).toMatchObject({
      code: 0,
      out: expect.stringContaining('again finished at step 18 of 18') as string,
    });
  });

  it('continues without an edit that made it diverge, and ends as if it had not been made', async () => {
    // Plain descent has nothing that would hold such a step back.
    const training = { epochs: 10, batch: 16, optimizer: { kind: 'sgd' } } as const;
    const changes = { training, checkpoints: { every: 12, keepLast: 100 } };
    const undisturbed = await createRun(workspace.runs, tinySpecification(workspace, changes), { name: 'undisturbed' });
    expect((await latent(['resume', 'undisturbed'])).code).toBe(0);

    const run = await createRun(workspace.runs, tinySpecification(workspace, changes), { name: 'diverged' });
    const trainer = spawnTrainer(programs.trainer, run, '--paused');
    const client = await connectTo(run, trainer, 'controller');
    await client.request('pause', {});
    await client.request('step', { count: 26 - client.state.step });
    await client.request('set', { name: 'learningRate', value: 10 });
    client.dispose();
    const failed = await latent(['resume', 'diverged']);
    expect(failed.code).toBe(1);
    const { failure } = await run.readRecord();
    expect(failure).toMatchObject({ kind: 'not-a-number' });
    expect(failure!.remedy).toMatch(/^Learning rate was changed from 0\.01 to 10 at step 27, and a plain resume/);
    expect(failed.error).toContain(failure!.remedy);
    const advice = /^ {2}latent (resume .* --without-last-edit)$/m.exec(failed.error)?.[1];
    expect(advice).toBe(`resume ${run.path} --without-last-edit`);

    expect((await latent(advice!.split(' '))).code).toBe(0);
    const { status, failure: left, changes: kept } = await run.readRecord();
    expect([status, left, kept]).toEqual(['finished', undefined, []]);
    expect([...(await outcome(run)).tensors]).toEqual([...(await outcome(undisturbed)).tensors]);
  });

  it('says after a kill that a plain resume repeats the last edit, and how to continue without it', async () => {
    const changes = { training: { epochs: 100_000, batch: 16 }, checkpoints: { every: 500_000 } };
    const run = await createRun(workspace.runs, tinySpecification(workspace, changes), { name: 'killed' });
    const trainer = spawnTrainer(programs.trainer, run, '--paused');
    const client = await connectTo(run, trainer, 'controller');
    await client.request('pause', {});
    await client.request('step', { count: 24 - client.state.step });
    await client.request('checkpoint', {});
    await client.request('step', { count: 2 });
    await client.request('set', { name: 'beta', value: 5 });
    client.dispose();
    const watching = await latent(['resume', 'killed', '--json'], (line) => {
      // From then on it is watched.
      if (line.includes('"running"')) trainer.kill('SIGKILL');
    });
    expect(watching.code).toBe(1);
    expect(watching.error).toContain(
      'A plain resume continues from step 24 and repeats the last edit, β 1 → 5 at step 27. Without that:\n' +
        `  latent resume ${run.path} --without-last-edit`,
    );
  });

  it('starts a new run from a checkpoint of another one', async () => {
    expect((await latent(['train', 'tiny.latent.json', '--name', 'first', '--set', 'training.epochs=1'])).code).toBe(0);
    const asked = await latent(['resume', '--from', 'runs/first']);
    expect(asked).toMatchObject({ code: 1, error: expect.stringContaining('--from runs/first --epochs 10') as string });
    const branch = await latent(['resume', '--from', 'runs/first', '--epochs', '1', '--name', 'second', '--json']);
    expect(branch.code).toBe(0);
    expect(documents(branch)[0]).toMatchObject({ event: 'started', name: 'second' });
    const record = await (await RunDirectory.open(path.join(workspace.runs, 'second'))).readRecord();
    expect(record).toMatchObject({ status: 'finished', step: 12, parent: { name: 'first', step: 6 } });
    const branched = ['resume', '--from', 'runs/first', '--epochs', '1'];
    for (const set of ['learnigRate=1e-4', 'beta=1e9', 'beta', 'beta=x']) {
      expect(await latent([...branched, '--set', set]), set).toMatchObject({ code: 2 });
    }
    for (const wrong of [['resume'], ['resume', 'first', '--from', 'runs/first'], ['resume', 'first', '--name', 'x']]) {
      expect((await latent(wrong)).code, wrong.join(' ')).toBe(2);
    }
  });
});

describe('latent runs', () => {
  it('names status, epoch, step, best value, dates and backend; the evidence only when asked for', async () => {
    expect((await latent(['train', 'tiny.latent.json', '--name', 'listed', '--set', 'training.epochs=1'])).code).toBe(
      0,
    );
    const { out } = await latent(['runs']);
    expect(out.split('\n')[0]).toMatch(/^NAME +STATUS +EPOCH +STEP +BEST +STARTED +ENDED +BACKEND/);
    expect(out).not.toContain('EVIDENCE');
    const row = out.split('\n').find((line) => line.startsWith('listed '));
    expect(row).toMatch(
      /^listed +finished +1 +6 +−ELBO \d+(\.\d+)? +(just now|\d+ min ago) +(just now|\d+ min ago) +WebAssembly/,
    );
    const [{ runs }] = documents(await latent(['runs', '--json'])) as [{ runs: Record<string, unknown>[] }];
    expect(runs.find(({ name }) => name === 'listed')).toMatchObject({
      status: 'finished',
      epochs: 1,
      best: { tag: 'test/negative_elbo', label: '−ELBO', step: 6, value: expect.any(Number) as number },
      startedAt: expect.any(String) as string,
      endedAt: expect.any(String) as string,
      backend: { name: 'wasm' },
    });
    expect((await latent(['runs', '--verbose'])).out.split('\n')[0]).toMatch(/EVIDENCE$/);
  });
});

describe('latent on a checkpoint', () => {
  it('evaluates it and draws samples from it', async () => {
    await latent(['train', 'tiny.latent.json', '--name', 'source', '--set', 'training.epochs=1']);
    const file = path.join(workspace.runs, 'source', 'checkpoints', 'step-00000006.safetensors');
    // The answer is the last line: progress comes before it where the evaluation takes long enough to report any.
    const evaluated = documents(await latent(['eval', file, '--importance-samples', '10', '--json'])).at(-1);
    expect(evaluated).toMatchObject({ step: 6, count: 32 });
    // The option's earlier name, which scripts may still use.
    expect(documents(await latent(['eval', file, '--samples', '10', '--json'])).at(-1)).toEqual(evaluated);
    const metrics = evaluated!['metrics'] as Record<string, number>;
    expect(metrics['test/negative_elbo']).toBeGreaterThan(0);
    expect(metrics['test/log_likelihood']).toBeLessThan(0);
    const drawn = await latent(['sample', file, '--count', '4', '--seed', '1', '--out', 'four.png']);
    expect(drawn).toMatchObject({ code: 0, error: '' });
    const png = decodePng(await readFile(path.join(workspace.folder, 'four.png')), { maximumPixels: 10_000 });
    expect([png.width, png.height]).toEqual([13, 13]);
  });

  it('calls points what they are, and writes samples of them as a table with the names of the axes', async () => {
    const points = { model: POINT_MODEL, data: { set: 'ring', limit: 64 }, training: { epochs: 1, batch: 32 } };
    await writeFile(path.join(workspace.folder, 'ring.latent.json'), JSON.stringify(points));
    await latent(['train', 'ring.latent.json', '--name', 'ring']);
    const target = path.join('runs', 'ring');
    const { out } = await latent(['eval', target]);
    expect(out).toMatch(/^Step 2, 64 test points:$/m);
    expect(out).toMatch(/^ {2}test\/negative_elbo +-?[\d.]+ {2}nats per point$/m);
    const table = path.join(workspace.folder, 'ring.csv');
    expect(await latent(['sample', target, '--count', '3', '--out', table])).toMatchObject({ code: 0, error: '' });
    const [head, ...rows] = (await readFile(table, 'utf8')).trimEnd().split('\r\n');
    expect([head, rows.length]).toEqual(['x1,x2', 3]);
  });

  it('writes its latents for NumPy and as a table, the same in both', async (context) => {
    const python = requirePeers(context);
    await latent(['train', 'tiny.latent.json', '--name', 'encoded', '--set', 'training.epochs=1']);
    const target = path.join('runs', 'encoded');
    const [npz, csv] = ['latents.npz', 'latents.csv'].map((name) => path.join(workspace.folder, name)) as [
      string,
      string,
    ];
    const written = documents(await latent(['encode', target, '--set', 'train', '--out', npz, '--json'])).at(-1);
    expect(written).toEqual({ step: 6, set: 'train', count: 96, latent: 2, out: npz });
    expect(await latent(['encode', target, '--set', 'train', '--out', csv])).toMatchObject({ code: 0, error: '' });
    const arrays = (await runPeer(python, 'read_npz.py', npz)) as Record<string, [string, number[], number[]]>;
    const { mean, log_variance, label } = arrays as Record<
      'mean' | 'log_variance' | 'label',
      [string, number[], number[]]
    >;
    expect([mean, log_variance, label].map(([type, shape]) => [type, shape])).toEqual([
      ['float32', [96, 2]],
      ['float32', [96, 2]],
      ['uint8', [96]],
    ]);
    const [head, ...rows] = (await readFile(csv, 'utf8')).trimEnd().split('\r\n');
    expect(head).toBe('image,label,z1,z2,log_variance1,log_variance2');
    const numbers = rows.map((row) => row.split(',').map(Number));
    expect(numbers.map(([index]) => index)).toEqual(Array.from({ length: 96 }, (_, i) => i));
    expect(numbers.map((row) => row[1])).toEqual(label[2]);
    expect(numbers.flatMap((row) => row.slice(2, 4).map(Math.fround))).toEqual(mean[2]);
    expect(numbers.flatMap((row) => row.slice(4).map(Math.fround))).toEqual(log_variance[2]);
  });

  it('draws samples from the newest checkpoint of a run that has ended', async () => {
    await latent(['train', 'tiny.latent.json', '--name', 'ended', '--set', 'training.epochs=1']);
    const drawn = documents(await latent(['sample', 'ended', '--count', '4', '--out', 'ended.png', '--json'])).at(-1);
    expect(drawn).toMatchObject({ step: 6, count: 4, out: path.join(workspace.folder, 'ended.png') });
    expect(await latent(['sample', 'ended'])).toMatchObject({
      code: 1,
      error: expect.stringMatching(
        /No trainer is running for ended\. It has finished\.[^]*--epochs[^]*--out FILE\.png/,
      ) as string,
    });
  });

  it('reports why a file is not a checkpoint', async () => {
    const file = path.join(workspace.folder, 'not.safetensors');
    await writeFile(file, 'no');
    const { code, error } = await latent(['eval', file]);
    expect(code).toBe(1);
    expect(error).toMatch(/not\.safetensors cannot be used/);
  });
});
