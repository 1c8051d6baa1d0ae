import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runAll } from '../../../src/common/slices';
import { metricsOf } from '../../../src/protocol/metrics';
import { parseSpecification, type ModelSpecification } from '../../../src/protocol/specification';
import { summaryNames } from '../../../src/trainer/events/summaries';
import { evaluate } from '../../../src/trainer/workbench/measures';
import { sample } from '../../../src/trainer/workbench/samples';
import { Workbench } from '../../../src/trainer/workbench/workbench';
import { temporaryFolder } from '../support/temporaryFolder';
import { idx } from '../support/workspace';

type Family = ModelSpecification['family'];
const FAMILIES: readonly Family[] = ['vae', 'ae', 'cvae'];

interface Data {
  readonly train: number;
  readonly test: number;
  readonly size: number;
  /** Absent: no label files. */
  readonly labels?: (image: number) => number;
}

/** A model of the family on data of the kind, as the trainer opens it. */
async function open(family: Family, { train, test, size, labels }: Data): Promise<Workbench> {
  const folder = await temporaryFolder();
  for (const [split, count] of [
    ['train', train],
    ['t10k', test],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * size * size }, (_, i) => (i * 37) % 256);
    await writeFile(path.join(folder, `${split}-images-idx3-ubyte`), idx([count, size, size], pixels));
    if (labels === undefined) continue;
    const bytes = Uint8Array.from({ length: count }, (_, image) => labels(image));
    await writeFile(path.join(folder, `${split}-labels-idx1-ubyte`), idx([count], bytes));
  }
  const workbench = await Workbench.open({
    specification: parseSpecification({
      model: { family, network: { kind: 'mlp', hidden: [8] }, latent: 2 },
      data: { set: 'idx', path: folder },
      training: { batch: 16 },
      engine: { backend: 'wasm' },
    }),
    source: folder,
    ready: 'training',
    onActivity: () => undefined,
  });
  onTestFinished(() => workbench.dispose());
  return workbench;
}

/** The values that a run begins with. */
function initial({ model }: Workbench): Record<string, number> {
  return Object.fromEntries(Object.entries(model.hyperparameters).map(([name, { value }]) => [name, value]));
}

/** Trains an epoch; every loss is a number. */
function train(workbench: Workbench): void {
  for (let step = 0; step < workbench.stepsPerEpoch; step++) {
    const losses = Object.values(workbench.update(step, initial(workbench)));
    expect(losses.length).toBeGreaterThan(0);
    expect(losses.every(Number.isFinite)).toBe(true);
  }
}

const KINDS: [string, Data][] = [
  ['one image', { train: 1, test: 1, size: 4, labels: () => 0 }],
  ['fewer images than a batch', { train: 5, test: 3, size: 4, labels: (image) => image % 2 }],
  ['a single class, which is not the first', { train: 20, test: 10, size: 4, labels: () => 5 }],
  ['images of one pixel', { train: 20, test: 10, size: 1, labels: (image) => image % 3 }],
];

describe.each(FAMILIES)('a model of the family %s', (family) => {
  it.each(KINDS)('trains on %s, evaluates and is sampled', async (_, data) => {
    const workbench = await open(family, data);
    train(workbench);
    const metrics = await evaluate(workbench, initial(workbench));
    expect(Object.values(metrics!).every(Number.isFinite)).toBe(true);
    if (workbench.model.sampling === undefined) return;
    const samples = runAll(sample(workbench, 7, 1));
    expect(samples.data).toHaveLength(7 * data.size ** 2);
    expect(samples.data.every(Number.isFinite)).toBe(true);
  });

  it('is evaluated in exactly the metrics that a checkpoint rule may name', async () => {
    const workbench = await open(family, { train: 16, test: 8, size: 4, labels: (image) => image % 2 });
    const metrics = await evaluate(workbench, initial(workbench));
    expect(Object.keys(metrics!).sort()).toEqual(metricsOf(workbench.specification).sort());
  });
});

describe('a conditional model of data whose labels have gaps', () => {
  it('is sampled in the classes that it was trained on alone', async () => {
    const workbench = await open('cvae', { train: 12, test: 8, size: 4, labels: (image) => [0, 2, 7][image % 3]! });
    train(workbench);
    expect(summaryNames(workbench)['samples']).toEqual(['0', '2', '7']);
    const drawn = runAll(sample(workbench, 6, 3));
    expect(drawn.columns).toBe(2);
    // The same noise with the labels written out, in a call of the model itself.
    const ability = workbench.model.sampling!;
    const labels = Int32Array.from({ length: ability.count }, (_, row) => [0, 0, 2, 2, 7, 7][row % 6]!);
    const noise = { shape: [2], dtype: 'int32', data: Int32Array.of(3, 0) } as const;
    const { examples } = workbench.call(ability.function, { noise, labels });
    expect(drawn.data).toEqual(examples!.data.subarray(0, 6 * 16));
  });

  it('is not made of data without labels, and says what else', async () => {
    await expect(open('cvae', { train: 12, test: 8, size: 4 })).rejects.toMatchObject({
      failure: { kind: 'specification', remedy: expect.stringContaining('label files') as string },
    });
  });
});
