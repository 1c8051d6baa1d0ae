import { execFile } from 'node:child_process';
import { link, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostTensor } from '../../../src/engine/program';
import { encodePng } from '../../../src/formats/png';
import { createRun } from '../../../src/runs/directory';
import type { SpecificationInput } from '../../../src/protocol/specification';
import * as assets from '../../../src/trainer/assets';
import { Hyperparameters } from '../../../src/trainer/loop/hyperparameters';
import { Workbench } from '../../../src/trainer/workbench/workbench';
import { isStored } from '../../../src/data/rows';
import { temporaryFolder } from '../support/temporaryFolder';
import { connectTo, ended, expectSame, outcome, spawnTrainer, workspaceWithPrograms } from '../support/trainers';
import { tinySpecification } from '../support/workspace';

const made = workspaceWithPrograms();
const SIZE = 24;
const run = promisify(execFile);

// Where vitest runs the sources, there are no bundles beside them.
vi.mock('../../../src/trainer/assets', async (original) => ({ ...(await original<typeof assets>()) }));
beforeEach(async () => {
  vi.stubEnv('LATENT_STUDIO_CACHE', await temporaryFolder());
  vi.spyOn(assets, 'imageDecoder').mockReturnValue(made.programs.imageDecoder);
  vi.spyOn(assets, 'batchWorker').mockReturnValue(made.programs.batchWorker);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Color images whose halves differ, in two classes. */
async function imagesIn(folder: string, count: number): Promise<string> {
  for (let i = 0; i < count; i++) {
    const file = path.join(folder, i % 2 === 0 ? 'even' : 'odd', `${i}.png`);
    await mkdir(path.dirname(file), { recursive: true });
    const data = Uint8Array.from(
      { length: 3 * SIZE * SIZE },
      (_, at) => (at % (SIZE * 3) < i ? 40 : 200) + (at % 3) * 20,
    );
    await writeFile(file, encodePng({ width: SIZE, height: SIZE, channels: 3, data }));
  }
  return folder;
}

const specification = (folder: string, changes: Partial<SpecificationInput> = {}) =>
  tinySpecification(made.workspace, {
    model: { family: 'cvae', network: { kind: 'mlp', hidden: [2] }, latent: 2 },
    data: { set: 'images', path: folder, size: SIZE },
    training: { epochs: 3, batch: 16, seed: 4 },
    engine: { backend: 'wasm', threads: 1 },
    ...changes,
  });

describe('training on a folder of images', () => {
  const open = async (folder: string, memory: number) => {
    vi.spyOn(process, 'constrainedMemory').mockReturnValue(memory);
    const chosen = specification(folder);
    return Workbench.open({ specification: chosen, source: folder, ready: 'training', onActivity: () => undefined });
  };
  const steps = (workbench: Workbench, from: number, to: number) => {
    const values = new Hyperparameters(workbench.model.hyperparameters, []).at(1);
    return Array.from({ length: to - from }, (_, at) => workbench.update(from + at, values));
  };
  const numbers = (state: Map<string, HostTensor>) => [...state].map(([name, { data }]) => [name, [...data]]);

  it('gives the same bits from memory, from the disk, and from the disk after a restart', async () => {
    const folder = await imagesIn(await temporaryFolder(), 150);
    const bytes = 150 * SIZE * SIZE * 3;
    const resident = await open(folder, 8 * bytes);
    const stored = await open(folder, 3 * bytes);
    expect([resident, stored].map(({ dataset }) => isStored(dataset.train.values))).toEqual([false, true]);
    const losses = steps(resident, 0, 20);
    expect(steps(stored, 0, 12)).toEqual(losses.slice(0, 12));
    const again = await open(folder, 3 * bytes);
    again.runner.writeState(stored.runner.readState());
    expect(steps(again, 12, 20)).toEqual(losses.slice(12));
    expect(numbers(again.runner.readState())).toEqual(numbers(resident.runner.readState()));
    for (const workbench of [resident, stored, again]) workbench.dispose();
  });

  it('measures steps without decoding anything', async () => {
    const folder = await imagesIn(await temporaryFolder(), 40);
    const chosen = specification(folder);
    const workbench = await Workbench.open({
      ...{ specification: chosen, source: folder, ready: 'steps' },
      onActivity: () => undefined,
    });
    expect(await readdir(process.env['LATENT_STUDIO_CACHE']!)).toEqual([]);
    expect(workbench.shape).toEqual({ kind: 'image', shape: [SIZE, SIZE, 3] });
    expect(workbench.model.classes).toBe(2);
    steps(workbench, 0, 2);
    workbench.dispose();
  });
});

describe('a trainer on a folder of images', () => {
  const newRun = (folder: string) => createRun(made.workspace.runs, specification(folder));

  it('resumes bit for bit, and records which files it left out', async () => {
    const folder = await imagesIn(await temporaryFolder(), 60);
    await writeFile(path.join(folder, 'odd', 'broken.jpg'), 'no image');
    const [whole, stopped] = [await newRun(folder), await newRun(folder)];
    expect(await ended(spawnTrainer(made.programs.trainer, whole))).toBe(0);
    const trainer = spawnTrainer(made.programs.trainer, stopped, '--paused');
    const client = await connectTo(stopped, trainer, 'controller');
    await client.request('step', { count: 5 });
    await client.request('stop', {});
    expect(await ended(trainer)).toBe(0);
    expect(await ended(spawnTrainer(made.programs.trainer, stopped))).toBe(0);
    expectSame(await outcome(stopped), await outcome(whole));
    const record = await stopped.readRecord();
    expect(record.images).toMatchObject({ used: 60, skipped: 1, examples: [{ file: 'odd/broken.jpg' }] });
    expect(record.notes).toEqual(['1 of 61 images cannot be decoded and are not used.']);
  });

  it('notes that the files have changed between two sessions', async () => {
    const folder = await imagesIn(await temporaryFolder(), 40);
    const changed = await newRun(folder);
    const trainer = spawnTrainer(made.programs.trainer, changed, '--paused');
    const client = await connectTo(changed, trainer, 'controller');
    await client.request('step', { count: 2 });
    await client.request('stop', {});
    await ended(trainer);
    await imagesIn(folder, 44);
    expect(await ended(spawnTrainer(made.programs.trainer, changed))).toBe(0);
    const { notes } = await changed.readRecord();
    expect(notes).toEqual(['From step 2 on not bit for bit: the files in the folder of images have changed.']);
  });

  it('says how far the decoding is, and stops in the midst of it', async () => {
    const folder = await temporaryFolder();
    const data = Uint8Array.from({ length: 3 * 2000 * 2000 }, (_, at) => (at * 7) % 251);
    await writeFile(path.join(folder, '0.png'), encodePng({ width: 2000, height: 2000, channels: 3, data }));
    for (let i = 1; i < 2000; i++) await link(path.join(folder, '0.png'), path.join(folder, `${i}.png`));
    const slow = await createRun(
      made.workspace.runs,
      specification(folder, { model: { family: 'vae', network: { kind: 'mlp', hidden: [2] }, latent: 2 } }),
    );
    const trainer = spawnTrainer(made.programs.trainer, slow);
    const client = await connectTo(slow, trainer, 'controller');
    const said = new Promise<string>((resolve) => {
      client.onState(({ activity }) => /^decoding images: \d/.test(activity ?? '') && resolve(activity!));
    });
    expect(await said).toMatch(/^decoding images: [\d,]+ of 2,000$/);
    expect((await client.request('stop', {})).value).toEqual({ step: 0, checkpoint: null });
    expect(await ended(trainer)).toBe(0);
    const record = await slow.readRecord();
    expect([record.status, record.step, record.failure]).toEqual(['stopped', 0, undefined]);
  });

  it('fails with what to do where there are no images', async () => {
    const folder = await temporaryFolder();
    const empty = await newRun(folder);
    const trainer = spawnTrainer(made.programs.trainer, empty);
    expect(await ended(trainer)).toBe(1);
    expect((await empty.readRecord()).failure).toMatchObject({
      ...{ kind: 'data', message: `There are no images in ${folder}.` },
      remedy: expect.stringContaining('Set data.path'),
    });
  });
});

it('the command line names the first files that cannot be decoded', async () => {
  const folder = await imagesIn(path.join(await temporaryFolder(), 'images'), 30);
  await writeFile(path.join(folder, 'even', 'broken.png'), 'no image');
  const file = path.join(path.dirname(folder), 'on-images.latent.json');
  await writeFile(file, JSON.stringify(specification('images')));
  const { stdout } = await run(process.execPath, [made.programs.cli, 'train', file, '--runs', made.workspace.runs]);
  expect(stdout).toContain('30 images are used; 1 file cannot be decoded:\n  even/broken.png: it is damaged');
  const json = await run(process.execPath, [made.programs.cli, 'train', file, '--runs', made.workspace.runs, '--json']);
  const events = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; used?: number });
  expect(events.find(({ event }) => event === 'images')).toMatchObject({ used: 30, skipped: 1 });
});
