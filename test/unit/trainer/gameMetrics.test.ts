import { describe, expect, it, onTestFinished } from 'vitest';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { metricsOf } from '../../../src/protocol/metrics';
import { parseNewSpecification, type SpecificationInput } from '../../../src/protocol/specification';
import { evaluate } from '../../../src/trainer/workbench/measures';
import { Workbench } from '../../../src/trainer/workbench/workbench';
import { temporaryFolder } from '../support/temporaryFolder';
import { idx } from '../support/workspace';

const FAMILIES = ['gan', 'cgan', 'unrolled-gan', 'dcgan', 'wgan', 'wgan-gp'] as const;
const mlp = { kind: 'mlp', hidden: [6] };
const OPTIONS: Readonly<Record<(typeof FAMILIES)[number], object>> = {
  gan: { generator: mlp, discriminator: mlp },
  cgan: { generator: mlp, discriminator: mlp },
  'unrolled-gan': { generator: mlp, discriminator: mlp, unrollingSteps: 2 },
  dcgan: { channels: [3] },
  wgan: { generator: mlp, critic: mlp, criticSteps: 1, earlyCriticSteps: 2 },
  'wgan-gp': { generator: mlp, critic: mlp, criticSteps: 1 },
};

/** Sixteen images of a training set and eight of a test set, with labels. */
async function imageFolder(): Promise<string> {
  const folder = await temporaryFolder();
  for (const [split, count] of [
    ['train', 16],
    ['t10k', 8],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * 16 }, (_, i) => (i * 37) % 256);
    await writeFile(path.join(folder, `${split}-images-idx3-ubyte`), idx([count, 4, 4], pixels));
    const labels = Uint8Array.from({ length: count }, (_, image) => image % 2);
    await writeFile(path.join(folder, `${split}-labels-idx1-ubyte`), idx([count], labels));
  }
  return folder;
}

/** Forty-eight points on a circle. */
async function pointsFile(): Promise<string> {
  const file = path.join(await temporaryFolder(), 'points.csv');
  const lines = Array.from({ length: 48 }, (_, row) => `${Math.cos(row)},${Math.sin(row)}`);
  await writeFile(file, `x,y\n${lines.join('\n')}\n`);
  return file;
}

async function open(family: (typeof FAMILIES)[number], data: SpecificationInput['data'], more: object = {}) {
  const workbench = await Workbench.open({
    specification: parseNewSpecification({
      model: { family, latent: 2, ...OPTIONS[family], ...more },
      data,
      training: { batch: 8 },
      engine: { backend: 'wasm' },
    }),
    source: data?.path ?? '.',
    ready: 'training',
    onActivity: () => undefined,
  });
  onTestFinished(() => workbench.dispose());
  return workbench;
}

function initial({ model }: Workbench): Record<string, number> {
  return Object.fromEntries(Object.entries(model.hyperparameters).map(([name, { value }]) => [name, value]));
}

/** Trains two steps and evaluates: every tag that there is to be, and every number finite. */
async function expectMetrics(workbench: Workbench): Promise<Readonly<Record<string, number>>> {
  for (const step of [0, 1]) {
    const losses = Object.entries(workbench.update(step, initial(workbench)));
    expect(losses.map(([name]) => name)).toContain('generator/loss');
    for (const [name, value] of losses) expect(value, name).toSatisfy(Number.isFinite);
  }
  const metrics = (await evaluate(workbench, initial(workbench)))!;
  expect(Object.keys(metrics).sort()).toEqual(metricsOf(workbench.specification).sort());
  for (const [tag, value] of Object.entries(metrics)) expect(value, tag).toSatisfy(Number.isFinite);
  return metrics;
}

describe('an evaluation gives the metrics that a checkpoint rule may name', () => {
  it.each(FAMILIES)('of a %s of images', async (family) => {
    const metrics = await expectMetrics(await open(family, { set: 'idx', path: await imageFolder() }));
    expect(Object.keys(metrics).filter((tag) => tag.startsWith('samples/'))).toEqual(['samples/diversity']);
  });

  it.each(FAMILIES.filter((family) => family !== 'dcgan'))('of a %s of a ring', async (family) => {
    const metrics = await expectMetrics(await open(family, { set: 'ring', limit: 40 }));
    expect(metrics['samples/reverse_kl']).toBeGreaterThanOrEqual(0);
    expect(metrics['samples/modes']).toBeLessThanOrEqual(8);
  });

  it.each(['swissRoll', 'linearGaussian', 'points'] as const)('of a GAN of a %s, which has no modes', async (set) => {
    const data = set === 'points' ? { set, path: await pointsFile() } : { set };
    const metrics = await expectMetrics(await open('gan', { ...data, limit: 40 }));
    expect(Object.keys(metrics)).toContain('test/discriminator/accuracy');
    expect(Object.keys(metrics)).not.toContain('samples/modes');
  });

  it.each(['minimax', 'halved', 'hinge', 'leastSquares'] as const)(
    'of the objective %s, packed or not',
    async (objective) => {
      for (const packing of [1, 2]) {
        const metrics = await expectMetrics(await open('gan', { set: 'ring', limit: 41 }, { objective, packing }));
        expect('test/discriminator/jensen_shannon' in metrics).toBe(objective === 'minimax' || objective === 'halved');
      }
    },
  );
});
