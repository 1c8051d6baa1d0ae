import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor, Runner } from '../../../src/engine/program';
import { normals } from '../../../src/engine/random/philox';
import type { Model } from '../../../src/models/model';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { runnerKinds } from '../support/backends';
import { differentiated, finiteDifference, gameOf, POINTS, trainSteps, turn, waves } from './support/games';
import { norm, tensor } from './support/models';

const tanh = { kind: 'mlp' as const, hidden: [6, 5], activation: 'tanh' as const };
const LEARNING_RATE = 0.02;

interface Options {
  readonly model?: object;
  readonly optimizer?: object;
}

function specified(family: 'gan' | 'unrolled-gan', { model, optimizer }: Options): SpecificationInput {
  return {
    model: { family, generator: tanh, discriminator: tanh, latent: 3, ...model } as SpecificationInput['model'],
    training: {
      batch: 8,
      optimizer: { learningRate: LEARNING_RATE, beta1: 0.5 },
      ...(optimizer && { optimizers: { discriminator: { optimizer } } }),
    } as SpecificationInput['training'],
  };
}

const unrolled = (unrollingSteps: number, options: Options = {}) =>
  gameOf(specified('unrolled-gan', { ...options, model: { unrollingSteps, ...options.model } }), POINTS);

const INNER: [string, object][] = [
  ['Adam', { kind: 'adam', learningRate: LEARNING_RATE, beta1: 0.5 }],
  ['RMSProp', { kind: 'rmsprop', learningRate: LEARNING_RATE }],
  ['momentum', { kind: 'momentum', learningRate: LEARNING_RATE, nesterov: true }],
  ['gradient descent', { kind: 'sgd', learningRate: 0.2 }],
];

describe.each(runnerKinds())('an unrolled GAN on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  const start = (model: Model, seed = 4) => backend.createRunner(model.program, seed, { mode });

  /** After some steps, so that the discriminator's slots are not as they begin; the generator's are. */
  function trained(model: Model): { readonly runner: Runner; readonly state: Map<string, HostTensor> } {
    const runner = start(model);
    trainSteps(runner, model, 0, 4);
    const state = new Map([...runner.readState()].filter(([name]) => !name.startsWith('optimizer.generator.')));
    runner.writeState(state);
    return { runner, state };
  }

  it.each(['minimax', 'nonSaturating', 'hinge'] as const)(
    'is the GAN at K = 0, bit for bit, with the objective %s',
    (objective) => {
      const practice = { objective, batchNorm: true, instanceNoise: 0.1, packing: 2 };
      const [plain, none] = [gameOf(specified('gan', { model: practice }), POINTS), unrolled(0, { model: practice })];
      const [first, second] = [start(plain), start(none)];
      expect(trainSteps(second, none, 0, 6)).toEqual(trainSteps(first, plain, 0, 6));
      expect(second.readState()).toEqual(first.readState());
      for (const runner of [first, second]) runner.dispose();
    },
  );

  it.each(INNER)(
    'has the loss of the GAN whose discriminator has had K updates by %s, which it does not keep',
    (_name, optimizer) => {
      for (const objective of ['nonSaturating', 'minimax'] as const) {
        const [ahead, plain] = [3, 0].map((steps) => unrolled(steps, { model: { objective }, optimizer }));
        const { runner, state } = trained(ahead!);
        const given = { examples: waves([8, 2], 1), counter: 77 };
        const still = { ...given, hyperparameters: { generatorLearningRate: 0 } };
        const { loss } = turn(runner, ahead!, 'generator', still);
        // The noise of both players' turns is the same for the same key.
        const other = start(plain!);
        other.writeState(state);
        const before = turn(other, plain!, 'generator', still)['loss']!;
        for (let step = 0; step < 3; step++) turn(other, plain!, 'discriminator', given);
        const asIs = { ...given, hyperparameters: { discriminatorLearningRate: 0 } };
        const expected =
          objective === 'minimax'
            ? -turn(other, plain!, 'discriminator', asIs)['loss']!
            : turn(other, plain!, 'generator', still)['loss']!;
        expect(Math.abs(loss! - expected), `${loss} for ${expected}`).toBeLessThan(1e-5);
        if (objective === 'nonSaturating') expect(Math.abs(before - expected)).toBeGreaterThan(1e-3);
        // Weights and slots of the discriminator are as they were.
        for (const [name, value] of runner.readState()) {
          if (/^(optimizer\.)?discriminator\./.test(name)) expect(value, name).toEqual(state.get(name));
        }
        for (const each of [runner, other]) each.dispose();
      }
    },
  );

  it.each(INNER.filter(([name]) => name === 'Adam' || name === 'gradient descent'))(
    'has the gradient of finite differences through updates by %s',
    (_name, optimizer) => {
      for (const objective of ['minimax', 'nonSaturating'] as const) {
        const [ahead, plain] = [5, 0].map((steps) => unrolled(steps, { model: { objective }, optimizer }));
        const { runner, state } = trained(ahead!);
        const given = { examples: waves([8, 2], 1), counter: 9 };
        const { gradients } = differentiated(runner, ahead!, 'generator', given);
        const other = start(plain!);
        other.writeState(state);
        const without = differentiated(other, plain!, 'generator', given).gradients;
        const whole = Math.hypot(...[...gradients.values()].map((each) => norm(each)));
        let through = 0;
        for (const [index, [name, exact]] of [...gradients].entries()) {
          const across = normals(exact.length, 9, index, 0);
          const length = norm(exact);
          const directions = [
            across.map((value) => value / norm(across)),
            Float32Array.from(exact, (value) => value / length),
          ];
          for (const direction of directions) {
            const slope = finiteDifference(runner, ahead!, 'generator', { state, name, direction, step: 4e-3, given });
            const expected = exact.reduce((sum, value, i) => sum + value * direction[i]!, 0);
            expect(Math.abs(slope - expected), `${name}: ${slope} for ${expected}`).toBeLessThan(
              0.01 * length + 1e-3 * whole,
            );
          }
          through += norm(exact.map((value, i) => value - without.get(name)![i]!)) ** 2;
        }
        // What flows through the updates is no small part of it: a gradient that stopped there would not pass.
        expect(Math.sqrt(through)).toBeGreaterThan(0.2 * whole);
        for (const each of [runner, other]) each.dispose();
      }
    },
  );

  it('is finite where weights have never had a gradient', () => {
    const relu = { kind: 'mlp', hidden: [6, 5], activation: 'relu' };
    const model = unrolled(3, { model: { discriminator: relu } });
    const runner = start(model);
    const state = runner.readState();
    // No unit of the first layer is ever active.
    state.set('discriminator.hidden.0.bias', tensor([6], new Array<number>(6).fill(-100)));
    runner.writeState(state);
    const { gradients, outputs } = differentiated(runner, model, 'generator', { examples: waves([8, 2], 1) });
    expect(outputs['loss']).toSatisfy(Number.isFinite);
    for (const [name, values] of gradients) expect(values.every(Number.isFinite), name).toBe(true);
    runner.dispose();
  });
});
