import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deferred } from '../../../src/common/deferred';
import { bundlePrograms } from '../support/bundles';
import { commandLine, documents, type Latent } from '../support/commandLine';
import { requirePeers, runPeer } from '../support/python';
import { createWorkspace, tinySpecification, type Workspace } from '../support/workspace';

let workspace: Workspace;
let programs: Awaited<ReturnType<typeof bundlePrograms>>;
let latent: Latent;

const mlp = { kind: 'mlp', hidden: [8] };
const MODELS = {
  images: { family: 'vae', network: mlp, latent: 2 },
  classes: { family: 'cgan', generator: mlp, discriminator: mlp, latent: 3 },
};

beforeAll(async () => {
  workspace = await createWorkspace();
  programs = await bundlePrograms();
  latent = commandLine(programs.cli, workspace.folder);
  for (const [name, model] of Object.entries(MODELS)) {
    const specification = { ...tinySpecification(workspace), model, checkpoints: undefined };
    await writeFile(path.join(workspace.folder, `${name}.latent.json`), JSON.stringify(specification));
    await train(name, 1);
  }
  const points = { model: { ...MODELS.images, decoder: { likelihood: 'gaussian', sigma: 'shared' } } };
  const ring = { ...points, data: { set: 'ring', limit: 64 }, training: { epochs: 1, batch: 32 } };
  await writeFile(path.join(workspace.folder, 'points.latent.json'), JSON.stringify(ring));
  await train('points', 1);
});
afterAll(async () => {
  await workspace.remove();
  await programs.remove();
});

async function train(name: string, epochs: number): Promise<void> {
  const options = ['--set', `training.epochs=${epochs}`, '--set', 'engine.backend=wasm', '--name', name];
  expect(await latent(['train', `${name}.latent.json`, ...options])).toMatchObject({ code: 0 });
}

interface Read {
  readonly arrays: Readonly<Record<string, [string, number[]]>>;
  readonly range: [number, number];
  readonly last: number[];
  readonly [other: string]: unknown;
}

/** Draws the same samples into an archive and a table, and gives what Python reads of them. */
async function drawn(python: string, run: string, ...options: string[]): Promise<Read> {
  const files = [`${run}.npz`, `${run}.csv`].map((name) => path.join(workspace.folder, name));
  for (const file of files) {
    expect(await latent(['sample', run, '--seed', '5', ...options, '--out', file])).toMatchObject({
      code: 0,
      error: '',
    });
  }
  return (await runPeer(python, 'read_samples.py', ...files)) as Read;
}

describe('latent sample writes numbers', () => {
  it('of images in [0, 1], with the z of each, the same for NumPy and as a table', async (context) => {
    const python = requirePeers(context);
    const read = await drawn(python, 'images', '--count', '70');
    expect(read.arrays).toEqual({
      samples: ['float32', [70, 6, 6, 1]],
      z: ['float32', [70, 2]],
      step: ['int32', [1]],
    });
    expect(read).toMatchObject({ head: ['x1', 'x2', 'x3'], columns: 36, rows: 70, different: 0, step: [6] });
    expect(read.range[0]).toBeGreaterThanOrEqual(0);
    expect(read.range[1]).toBeLessThanOrEqual(1);
    // These come in two answers of the trainer.
    const longer = await drawn(python, 'images', '--count', '5000');
    expect(longer).toMatchObject({ rows: 5000, different: 0 });
  });

  it('of a model that is told labels, of all classes or of one', async (context) => {
    const python = requirePeers(context);
    const read = await drawn(python, 'classes', '--count', '10');
    expect(read.arrays).toEqual({
      samples: ['float32', [10, 6, 6, 1]],
      z: ['float32', [10, 3]],
      labels: ['int32', [10]],
      step: ['int32', [1]],
    });
    expect(read).toMatchObject({ head: ['label', 'x1', 'x2'], different: 0, labelsDiffer: false, labels: [0, 1] });
    // A generator's tanh gives [−1, 1], which is [0, 1] in the data's scale.
    expect(read.range[0]).toBeGreaterThanOrEqual(0);
    const ones = await drawn(python, 'classes', '--count', '10', '--label', '1');
    expect(ones).toMatchObject({ rows: 10, different: 0, labels: [1] });
    // The last of both is of class 1 and of the same noise.
    expect([ones.last, ones['z']]).toEqual([read.last, read['z']]);
  });

  it('of 50,000 points', async (context) => {
    const read = await drawn(requirePeers(context), 'points', '--count', '50000');
    expect(read.arrays['samples']).toEqual(['float32', [50_000, 2]]);
    expect(read).toMatchObject({ head: ['x1', 'x2'], columns: 2, rows: 50_000, different: 0 });
  });

  it('and reports what it drew, with a seed that draws the same again', async () => {
    const out = path.join(workspace.folder, 'again.csv');
    const [first] = documents(await latent(['sample', 'points', '--count', '3', '--out', out, '--json'])).slice(-1);
    expect(first).toMatchObject({ step: 2, count: 3, shape: [2], latent: 2, labeled: false, out });
    const text = await readFile(out, 'utf8');
    await latent(['sample', 'points', '--count', '3', '--seed', String(first!['seed']), '--out', out]);
    expect(await readFile(out, 'utf8')).toBe(text);
    await latent(['sample', 'points', '--count', '3', '--out', out]);
    expect(await readFile(out, 'utf8')).not.toBe(text);
  });

  it('and refuses labels that the model does not know, and leaves the file as it was', async () => {
    const out = path.join(workspace.folder, 'kept.npz');
    await writeFile(out, 'before');
    const wrong: [string[], RegExp][] = [
      [['classes', '--label', '2'], /There is no label 2: the model has learned 2 classes: 0, 1\./],
      [['images', '--label', '0'], /VAE models take no labels\./],
    ];
    for (const [parameters, words] of wrong) {
      for (const file of [out, path.join(workspace.folder, 'kept.png')]) {
        const { code, error } = await latent(['sample', ...parameters, '--out', file]);
        expect({ parameters, file, code }).toEqual({ parameters, file, code: 1 });
        expect(error).toMatch(words);
      }
    }
    const { code, error } = await latent(['sample', 'images', '--count', '20000000', '--out', out]);
    expect([code, error]).toEqual([2, expect.stringContaining('At most 10000000 samples')]);
    expect(await readFile(out, 'utf8')).toBe('before');
    const made = await readdir(workspace.folder);
    expect(made.filter((name) => name.startsWith('kept'))).toEqual(['kept.npz']);
  });

  it('of a live run as it is, and more than one answer holds from its newest checkpoint', async () => {
    const running = new Deferred<void>();
    const parameters = ['train', 'images.latent.json', '--json', '--name', 'live', '--set', 'training.epochs=100000'];
    const training = latent(
      [...parameters, '--set', 'engine.backend=wasm'],
      (line) => line.includes('"running"') && running.resolve(),
    );
    await running.promise;
    const out = path.join(workspace.folder, 'live.csv');
    expect(await latent(['pause', 'live'])).toMatchObject({ code: 0 });
    const [checkpoint] = documents(await latent(['checkpoint', 'live', '--json']));
    const draw = async (count: number) => {
      const finished = await latent(['sample', 'live', '--count', String(count), '--seed', '1', '--out', out]);
      expect(finished).toMatchObject({ code: 0, error: '' });
      return { said: finished.out, lines: (await readFile(out, 'utf8')).trimEnd().split('\r\n') };
    };
    const few = await draw(64);
    expect(few.lines).toHaveLength(1 + 64);
    expect(few.said).toContain(`of step ${String(checkpoint!['step'])}`);
    const many = await draw(4097);
    expect(many.said).toContain('they are drawn from the newest checkpoint instead');
    expect(many.lines).toHaveLength(1 + 4097);
    // The run is paused at that checkpoint: both have the same weights.
    expect(many.lines.slice(0, 65)).toEqual(few.lines);
    expect(await latent(['stop', 'live'])).toMatchObject({ code: 0 });
    await training;
  });
});
