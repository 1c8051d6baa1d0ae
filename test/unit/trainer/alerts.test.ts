import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseNewSpecification, type SpecificationInput } from '../../../src/protocol/specification';
import { createRun, type RunDirectory } from '../../../src/runs/directory';
import { LoopControl } from '../../../src/trainer/loop/loopControl';
import { train } from '../../../src/trainer/train';
import { createWorkspace, type Workspace } from '../support/workspace';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(() => workspace.remove());

const mlp = { kind: 'mlp', hidden: [64] };
type Rates = Readonly<Record<'generator' | 'discriminator', number>>;

/** A GAN on the ring of eight modes that trains an epoch of 1,563 steps. */
function ring({ generator, discriminator }: Rates, changes: object = {}): Promise<RunDirectory> {
  const rate = (learningRate: number) => ({ optimizer: { kind: 'adam' as const, learningRate, beta1: 0.5 } });
  const input: SpecificationInput = {
    model: { family: 'gan', latent: 2, generator: mlp, discriminator: mlp, ...changes } as SpecificationInput['model'],
    data: { set: 'ring' },
    training: {
      ...{ epochs: 1, batch: 32, schedule: { kind: 'constant' } },
      optimizers: { generator: rate(generator), discriminator: rate(discriminator) },
    },
    logging: { images: 10_000, histograms: 10_000, evaluate: 250 },
    checkpoints: { every: 700, keepLast: 10 },
  };
  return createRun(workspace.runs, parseNewSpecification(input));
}

async function alertsOf(run: RunDirectory) {
  return ((await run.readRecord()).alerts ?? []).map(({ name, step, cleared, remedy }) => ({
    name,
    step,
    cleared,
    remedy,
  }));
}

const HEALTHY: Rates = { generator: 1e-3, discriminator: 1e-3 };

describe('the alerts of a run', () => {
  it('are none while two players are a match for each other', async () => {
    const run = await ring(HEALTHY);
    expect(await train(new LoopControl(), { run: run.path })).toBe(true);
    expect(await alertsOf(run)).toEqual([]);
  });

  it('say that the discriminator has won over a generator that hardly learns, and what to set', async () => {
    const run = await ring({ generator: 1e-7, discriminator: 1e-2 });
    expect(await train(new LoopControl(), { run: run.path })).toBe(true);
    const won = (await alertsOf(run)).find(({ name }) => name === 'discriminator-won');
    expect(won).toMatchObject({ step: 500, remedy: { name: 'discriminatorLearningRate', value: 0.0025 } });
    expect(won).not.toHaveProperty('cleared', expect.any(Number));
  });

  it('say that the gradient of a minimax game is gone where the discriminator has won', async () => {
    const run = await ring({ generator: 1e-7, discriminator: 1e-2 }, { objective: 'minimax' });
    expect(await train(new LoopControl(), { run: run.path })).toBe(true);
    expect((await alertsOf(run)).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['discriminator-won', 'generator-gradient-gone']),
    );
  });

  it('say that a posterior has collapsed under a large β', async () => {
    const run = await createRun(
      workspace.runs,
      parseNewSpecification({
        model: { family: 'vae', latent: 2, beta: 1000, network: mlp, decoder: { likelihood: 'gaussian' } } as never,
        data: { set: 'ring' },
        training: { epochs: 1, batch: 32 },
        logging: { images: 10_000, histograms: 10_000, evaluate: 500 },
      }),
    );
    expect(await train(new LoopControl(), { run: run.path })).toBe(true);
    expect(await alertsOf(run)).toMatchObject([{ name: 'posterior-collapse', remedy: { name: 'beta', value: 100 } }]);
  });

  it('are told in the record, in the event file and to those who watch, and are the same after a resume', async () => {
    const rates = { generator: 1e-7, discriminator: 1e-2 };
    const straight = await ring(rates);
    expect(await train(new LoopControl(), { run: straight.path })).toBe(true);
    const resumed = await ring(rates);
    const control = new LoopControl();
    const first = train(control, { run: resumed.path });
    for (;;) {
      const { step } = await resumed.readRecord();
      if (step >= 700) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    control.stop();
    expect(await first).toBe(true);
    expect((await resumed.readRecord()).status).toBe('stopped');
    expect(await train(new LoopControl(), { run: resumed.path })).toBe(true);
    expect(await alertsOf(resumed)).toEqual(await alertsOf(straight));
    const events = (await readdir(resumed.path)).filter((name) => name.includes('tfevents'));
    const texts = await Promise.all(events.map((name) => readFile(`${resumed.path}/${name}`, 'latin1')));
    expect(texts.join('')).toContain('alerts/discriminator-won');
  });
});
