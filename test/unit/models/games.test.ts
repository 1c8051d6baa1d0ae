import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor } from '../../../src/engine/program';
import { GAME_STREAMS } from '../../../src/models/game';
import { STREAMS } from '../../../src/models/latentVariableModel';
import type { Model } from '../../../src/models/model';
import { presentationSchema } from '../../../src/protocol/run';
import { parseNewSpecification, type SpecificationInput } from '../../../src/protocol/specification';
import { createModel } from '../../../src/models';
import { scheduleFactor } from '../../../src/trainer/loop/schedule';
import { runnerKinds, WITHOUT_TENSORFLOW } from '../support/backends';
import { call, gameOf, images, POINTS, trainSteps, turn, waves, withGivenDraws } from './support/games';
import { setVariables, tensor } from './support/models';

const mlp = { kind: 'mlp' as const, hidden: [7, 6] };
const convolutional = { kind: 'convolutional' as const, channels: [3, 4] };
const training: SpecificationInput['training'] = { batch: 6, optimizer: { learningRate: 1e-3, beta1: 0.5 } };

/** Each family, with all that a step may contain. */
const MODELS: Readonly<Record<string, () => Model>> = {
  'GAN of points': () =>
    gameOf({ model: { family: 'gan', generator: mlp, discriminator: mlp, latent: 2 }, training }, POINTS),
  'GAN with every practice': () =>
    gameOf(
      {
        model: {
          ...{ family: 'gan', generator: mlp, discriminator: convolutional, latent: 3, prior: 'uniform', packing: 2 },
          ...{ discriminatorSteps: 2, labelSmoothing: 0.1, labelNoise: 0.1, instanceNoise: 0.2 },
          ...{ spectralNorm: true, batchNorm: true },
        },
        training: { ...training, average: { decay: 0.9 }, clip: { by: 'norm', at: 1 } },
      },
      images(5, 6, 1),
    ),
  'unrolled GAN': () =>
    gameOf(
      {
        model: {
          ...{ family: 'unrolled-gan', generator: mlp, discriminator: mlp, latent: 3, unrollingSteps: 3, packing: 2 },
          ...{ labelSmoothing: 0.1, labelNoise: 0.1, labelSpread: 0.2, instanceNoise: 0.2, prior: 'sphere' },
          ...{ spectralNorm: true, batchNorm: true },
        },
        training: { ...training, clip: { by: 'norm', at: 1 } },
      },
      POINTS,
    ),
  'conditional GAN': () =>
    gameOf(
      {
        model: {
          family: 'cgan',
          generator: convolutional,
          discriminator: convolutional,
          latent: 3,
          objective: 'hinge',
        },
        training,
      },
      images(7, 6, 1),
      3,
    ),
  DCGAN: () => gameOf({ model: { family: 'dcgan', channels: [3, 4], latent: 3 }, training }, images(8, 8, 1)),
  WGAN: () =>
    gameOf(
      {
        model: {
          family: 'wgan',
          generator: mlp,
          critic: mlp,
          latent: 2,
          criticSteps: 2,
          earlyCriticSteps: 3,
          clip: 0.1,
        },
        training: { ...training, optimizer: { kind: 'rmsprop', learningRate: 1e-3 } },
      },
      POINTS,
    ),
  'WGAN-GP': () =>
    gameOf(
      { model: { family: 'wgan-gp', generator: mlp, critic: convolutional, latent: 2, criticSteps: 2 }, training },
      images(5, 6, 1),
    ),
};
const KEYS = Object.keys(MODELS);

describe.each(runnerKinds())('on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  it.each(KEYS)('a %s goes on from a state as if it had not stopped: 5 + 5 steps are 10, bit for bit', (key) => {
    const model = MODELS[key]!();
    const whole = backend.createRunner(model.program, 1, { mode });
    const losses = trainSteps(whole, model, 0, 10);
    const first = backend.createRunner(model.program, 1, { mode });
    expect(trainSteps(first, model, 0, 5)).toEqual(losses.slice(0, 5));
    const saved = first.readState();
    first.dispose();
    const second = backend.createRunner(model.program, 99, { mode });
    second.writeState(saved);
    expect(trainSteps(second, model, 5, 10)).toEqual(losses.slice(5));
    const state = second.readState();
    expect(state).toEqual(whole.readState());
    // Biases at the clip, and those of a critic's output, which no loss depends on, stay where they are.
    const kernels = [...saved].filter(([name]) => /^generator\..*\.kernel$/.test(name));
    expect(kernels.length).toBeGreaterThan(1);
    for (const [name, { data }] of kernels) expect(state.get(name)!.data, name).not.toEqual(data);
    for (const optimizer of Object.keys(model.program.optimizers!)) {
      const turns = model.phases.reduce(
        (sum, phase) => sum + (phase.function === optimizer ? (phase.repeats ?? 1) : 0),
        0,
      );
      expect(state.get(`optimizer.${optimizer}.step`)!.data[0]).toBe(10 * turns);
    }
    for (const runner of [whole, second]) runner.dispose();
  });

  it('noise from a sphere has its radius, in directions without a preference', () => {
    const network = { kind: 'mlp' as const, hidden: [] };
    const players = { generator: network, discriminator: network };
    const model = gameOf({ model: { family: 'gan', ...players, latent: 3, prior: 'sphere' }, training }, POINTS);
    const runner = backend.createRunner(model.program, 1, { mode });
    const batches = Array.from({ length: 20 }, (_, counter) => call(runner, model, 'sample', { counter })['latent']!);
    runner.dispose();
    const draws = batches.flatMap(({ data }) => [...data]);
    const count = draws.length / 3;
    for (let row = 0; row < count; row++) {
      expect(Math.hypot(...draws.slice(3 * row, 3 * row + 3))).toBeCloseTo(Math.sqrt(3), 5);
    }
    for (const power of [1, 2]) {
      const moments = [0, 1, 2].map((d) =>
        draws.reduce((sum, z, i) => sum + (i % 3 === d ? z ** power / count : 0), 0),
      );
      // Each coordinate is uniform on [−√3, √3] (Archimedes): its mean is 0, its mean square 1 with a variance of 4/5.
      for (const moment of moments) {
        expect(Math.abs(moment - (power - 1))).toBeLessThan(4 * Math.sqrt((power === 1 ? 1 : 0.8) / count));
      }
    }
  });

  it('instance noise of a size is added to what the discriminator sees, by its own draws, and fades to 0', () => {
    const linear = { kind: 'mlp' as const, hidden: [] };
    const options = { generator: linear, discriminator: linear, latent: 2, objective: 'leastSquares' as const };
    const model = gameOf({ model: { family: 'gan', ...options, instanceNoise: 0.5 }, training }, POINTS);
    const shapes = { [GAME_STREAMS.seenReal]: [6, 2], [GAME_STREAMS.seenFake]: [6, 2], [STREAMS.train]: [6, 2] };
    const program = withGivenDraws(model.program, { discriminator: shapes });
    const runner = backend.createRunner(program, 1, { mode });
    const weights = {
      'discriminator.output.kernel': tensor([2, 1], [2, -1]),
      'discriminator.output.bias': tensor([1], [0.25]),
      'generator.output.kernel': tensor([2, 2], [1, 0, 0, 1]),
      'generator.output.bias': tensor([2], [0, 0]),
    };
    const [x, z, onReal, onFake] = [1, 2, 3, 4].map((stream) => waves([6, 2], stream));
    const draws = { [STREAMS.train]: z!, [GAME_STREAMS.seenReal]: onReal!, [GAME_STREAMS.seenFake]: onFake! };
    for (const instanceNoise of [0.5, 0.1, 0]) {
      setVariables(runner, weights);
      const { real, fake } = turn(runner, model, 'discriminator', {
        ...{ examples: x, draws },
        hyperparameters: { instanceNoise, discriminatorLearningRate: 0 },
      });
      const mean = (values: HostTensor, added: HostTensor) =>
        [0, 1, 2, 3, 4, 5].reduce((sum, row) => {
          const [first, second] = [2 * row, 2 * row + 1].map((i) => values.data[i]! + instanceNoise * added.data[i]!);
          return sum + (2 * first! - second! + 0.25) / 6;
        }, 0);
      expect(real).toBeCloseTo(mean(x!, onReal!), 5);
      expect(fake).toBeCloseTo(mean(z!, onFake!), 5);
    }
    runner.dispose();
    const { value, schedule } = model.hyperparameters['instanceNoise']!;
    const size = (update: number) => value * scheduleFactor(schedule!, update, 101);
    expect([1, 51, 101].map(size)).toEqual([0.5, 0.25, 0]);
  });
});

describe.runIf(!WITHOUT_TENSORFLOW)('compiled and eager', () => {
  it.each(KEYS)('a %s has the same losses: at the first step to 1e-5, after 20 to 1e-3', async (key) => {
    const backend = await openBackend({ choice: 'tensorflow', threads: 1 });
    const model = MODELS[key]!();
    const [compiled, eager] = (['compiled', 'eager'] as const).map((mode) => {
      const runner = backend.createRunner(model.program, 1, { mode });
      const losses = trainSteps(runner, model, 0, 20);
      runner.dispose();
      return losses;
    });
    expect(Object.keys(eager![0]!).length).toBeGreaterThan(3);
    for (const [step, tolerance] of [
      [0, 1e-5],
      [19, 1e-3],
    ] as const) {
      for (const [name, value] of Object.entries(eager![step]!)) {
        const difference = Math.abs(compiled![step]![name]! - value);
        expect(difference, `${name} at ${step}`).toBeLessThan(tolerance * Math.max(1, Math.abs(value)));
      }
    }
    backend.dispose();
  });
});

describe('the presets', () => {
  const families = ['gan', 'cgan', 'unrolled-gan', 'dcgan', 'wgan', 'wgan-gp'] as const;

  it.each(families)('of a %s tell views what to show, and log all of it', (family) => {
    const specification = parseNewSpecification({ model: { family }, data: { set: 'mnist' } });
    const { presentation, summaries, phases } = createModel(specification, images(28, 28, 1), 10);
    expect(presentationSchema.parse(presentation)).toEqual(presentation);
    const logged = new Set(summaries.map(({ tag }) => tag));
    const needed = presentation.panels.flatMap((panel) => {
      if (panel.kind === 'images') return [panel.tag];
      return panel.kind === 'histograms' ? panel.series.map(({ tag }) => tag) : [];
    });
    expect(needed).toContain('samples');
    for (const tag of needed) expect(logged).toContain(tag);
    expect(phases.findLast(({ function: name }) => name !== 'median')!.name).toBe('generator');
  });

  it.each(['gan', 'wgan', 'wgan-gp'] as const)(
    'of a %s show points on a plane, and log every layer of it',
    (family) => {
      const specification = parseNewSpecification({ model: { family }, data: { set: 'ring' } });
      const { presentation, summaries } = createModel(specification, POINTS, 8);
      const logged = new Set(summaries.map(({ tag }) => tag));
      const layers = presentation.panels.flatMap((panel) => (panel.kind === 'plane' ? panel.layers : []));
      expect(layers.map(({ kind }) => kind)).toEqual(['field', 'points', 'grid', 'points', 'arrows']);
      for (const { tag } of layers) expect(logged).toContain(tag);
    },
  );
});
