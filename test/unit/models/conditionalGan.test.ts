import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor } from '../../../src/engine/program';
import type { DataShape } from '../../../src/protocol/capabilities';
import { presentationSchema } from '../../../src/protocol/run';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { runnerKinds } from '../support/backends';
import { call, gameOf, images, POINTS, shownInputs, turn, waves } from './support/games';
import { patternLabels, setVariables, tensor } from './support/models';

const CLASSES = 3;
const BATCH = 6;
const STEPS = 500;
const KINDS: [string, object, DataShape][] = [
  ['MLPs', { kind: 'mlp', hidden: [8, 6] }, images(7, 6, 1)],
  ['convolutions', { kind: 'convolutional', channels: [3, 4] }, images(7, 6, 1)],
  ['linear networks', { kind: 'mlp', hidden: [] }, POINTS],
];

function labelsOf(count: number, label: number): HostTensor {
  return { shape: [count], dtype: 'int32', data: new Int32Array(count).fill(label) };
}

describe.each(runnerKinds())('a conditional GAN on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  function start(family: 'gan' | 'cgan', network: object, data: DataShape, more: object = {}) {
    const options = { generator: network, discriminator: network, latent: 2, ...more };
    const model = gameOf(
      {
        model: { family, ...options } as SpecificationInput['model'],
        training: { batch: BATCH, optimizer: { learningRate: 0.01, beta1: 0.5 } },
      },
      data,
      CLASSES,
    );
    return { model, runner: backend.createRunner(model.program, 1, { mode }) };
  }

  it.each(KINDS)('of %s reads the label in both players', (_, network, data) => {
    const { model, runner } = start('cgan', network, data);
    const shown = (name: string, label: number, output: string) => {
      const count = model.program.functions[name]!.inputs['labels']!.shape[0]!;
      const labels = labelsOf(count, label);
      return [...call(runner, model, name, { ...shownInputs(model, name), labels })[output]!.data];
    };
    for (const [name, output] of [
      ['sample', 'examples'],
      ['decode', 'examples'],
      ['evaluate', 'real'],
    ] as const) {
      expect(shown(name, 0, output), name).not.toEqual(shown(name, 1, output));
      expect(shown(name, 2, output), name).toEqual(shown(name, 2, output));
    }
    const examples = waves([BATCH, ...(data.kind === 'points' ? [2] : data.shape)], 1);
    const still = { hyperparameters: { discriminatorLearningRate: 0, generatorLearningRate: 0 } };
    const judged = (label: number) =>
      turn(runner, model, 'discriminator', { examples, labels: labelsOf(BATCH, label), ...still });
    const played = (label: number) => turn(runner, model, 'generator', { labels: labelsOf(BATCH, label), ...still });
    expect(judged(0)['real']).not.toBe(judged(1)['real']);
    expect(judged(0)['fake']).not.toBe(judged(1)['fake']);
    expect(played(0)['loss']).not.toBe(played(1)['loss']);
    // Each by itself: without the generator's part the samples are the same, and D still tells labels apart.
    setVariables(runner, zeros(model.program.variables, /^generator\..*condition$/));
    expect(shown('sample', 0, 'examples')).toEqual(shown('sample', 1, 'examples'));
    expect(judged(0)['fake']).not.toBe(judged(1)['fake']);
    setVariables(runner, zeros(model.program.variables, /^discriminator\..*condition$/));
    expect(judged(0)).toEqual(judged(1));
    runner.dispose();
  });

  it.each(KINDS)('of %s is the GAN of the same weights where those of the label are zero', (_, network, data) => {
    const [plain, conditional] = [start('gan', network, data), start('cgan', network, data)];
    const own = conditional.model.program.variables.filter(({ name }) => name.endsWith('.condition'));
    expect(own.map(({ name }) => name.split('.')[0])).toEqual(['generator', 'discriminator']);
    setVariables(conditional.runner, {
      ...Object.fromEntries([...plain.runner.readState()].filter(([name]) => !name.startsWith('optimizer.'))),
      ...zeros(own, /./),
    });
    const examples = waves([BATCH, ...(data.kind === 'points' ? [2] : data.shape)], 1);
    const labels = patternLabels(BATCH, CLASSES);
    const { gradient_norm: ofPlain, ...expected } = turn(plain.runner, plain.model, 'discriminator', { examples });
    const found = turn(conditional.runner, conditional.model, 'discriminator', { examples, labels });
    for (const [output, value] of Object.entries(expected)) expect(found[output], output).toBeCloseTo(value, 4);
    // The label's weights have a gradient of their own.
    expect(found['gradient_norm']).toBeGreaterThan(ofPlain!);
    for (const { runner } of [plain, conditional]) runner.dispose();
  });

  it('learns what belongs to a class from its label, and is sampled by class', () => {
    // One point for each class: what a sample is follows from its label alone.
    const centers = [
      [1, 0],
      [-1, 1],
      [0, -1],
    ];
    const count = 30;
    const { model, runner } = start('cgan', { kind: 'mlp', hidden: [32] }, POINTS, { objective: 'leastSquares' });
    expect(model.classes).toBe(CLASSES);
    const values = Array.from({ length: BATCH }, (_, row) => centers[row % CLASSES]!).flat();
    const given = { examples: tensor([BATCH, 2], values), labels: patternLabels(BATCH, CLASSES) };
    const rate = (step: number) => {
      const size = 0.02 * (1 - step / STEPS);
      return { discriminatorLearningRate: size, generatorLearningRate: size / 2 };
    };
    for (let step = 0; step < STEPS; step++) {
      for (const name of ['discriminator', 'generator']) {
        turn(runner, model, name, { ...given, counter: step, hyperparameters: rate(step) });
      }
    }
    const drawn = call(runner, model, 'sample', { labels: patternLabels(model.sampling!.count, CLASSES) })['examples']!;
    for (let row = 0; row < count; row++) {
      const sample = [drawn.data[2 * row]!, drawn.data[2 * row + 1]!];
      const distances = centers.map(([x, y]) => Math.hypot(sample[0]! - x!, sample[1]! - y!));
      expect(distances.indexOf(Math.min(...distances)), `${sample.join()}`).toBe(row % CLASSES);
    }
    runner.dispose();
  });

  it('refuses a label that is no class', () => {
    const { model, runner } = start('cgan', { kind: 'mlp', hidden: [4] }, POINTS);
    expect(() => turn(runner, model, 'generator', { labels: labelsOf(BATCH, CLASSES) })).toThrow(/labels/);
    runner.dispose();
  });
});

function zeros(variables: readonly { name: string; shape: readonly number[] }[], pattern: RegExp) {
  const matching = variables.filter(({ name }) => pattern.test(name));
  expect(matching.length).toBeGreaterThan(0);
  return Object.fromEntries(
    matching.map(({ name, shape }) => {
      return [name, tensor(shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0))] as const;
    }),
  );
}

describe('the conditional preset', () => {
  it('tells views what to show, and shows no judgement that a label would be missing for', () => {
    const model = gameOf({ model: { family: 'cgan' } }, images(28, 28, 1), 10);
    expect(presentationSchema.parse(model.presentation)).toEqual(model.presentation);
    expect(model.presentation.title).toBe('Conditional GAN · MNIST');
    expect(model.summaries.map(({ tag }) => tag)).toEqual([
      ...['samples', 'samples/nearest', 'samples/distance_to_training'],
      ...['samples/distance_between', 'data/distance_between'],
    ]);
  });

  it('is not made for data without labels', () => {
    expect(() => gameOf({ model: { family: 'cgan' } }, images(28, 28, 1))).toThrow(/learns from labels/);
  });
});
