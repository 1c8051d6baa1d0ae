import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import {
  SCALAR_INPUT,
  type OptimizerDeclaration,
  type Program,
  type ProgramFunction,
  type Runner,
} from '../../../src/engine/program';
import { runnerKinds } from '../support/backends';
import { ADAM, number } from '../support/programs';

/** (g − target)² and (d + g)² by turns, as the players of a GAN, and a third loss of g with an optimizer of its own. */
const player = (optimizer: string, loss: (d: tf.Tensor, g: tf.Tensor) => tf.Tensor): ProgramFunction => ({
  inputs: { learningRate: SCALAR_INPUT },
  body: (scope, { learningRate }) =>
    scope.minimize(
      optimizer,
      () => ({ loss: tf.sum(tf.square(loss(scope.variable('d'), scope.variable('g')))) }),
      learningRate as tf.Scalar,
    ),
});
const program: Program = {
  variables: ['d', 'g'].map((name) => ({ name, shape: [3], initializer: { kind: 'normal', deviation: 1 } })),
  optimizers: {
    generator: { settings: ADAM, variables: ['g'] },
    discriminator: { settings: ADAM, variables: ['d'] },
    encoder: { settings: { ...ADAM, beta1: 0.5 }, variables: ['g'] },
  },
  functions: {
    generator: player('generator', (_d, g) => tf.sub(g, 4)),
    discriminator: player('discriminator', (d, g) => tf.add(d, g)),
    encoder: player('encoder', (_d, g) => tf.add(g, 1)),
  },
};

describe.each(runnerKinds())('several optimizers of a program on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice });
  });
  afterAll(() => backend.dispose());
  const start = () => backend.createRunner(program, 2, { mode });
  const step = (runner: Runner, name: string) => runner.call(name, { learningRate: number(0.1) });
  const read = (runner: Runner, name: string) => runner.readState().get(name)!.data;

  it('count their own steps: one player’s updates do not change how the other is corrected for its bias', () => {
    const [alone, both] = [start(), start()];
    for (let i = 0; i < 3; i++) {
      step(alone, 'generator');
      step(both, 'discriminator');
      step(both, 'discriminator');
      step(both, 'generator');
    }
    expect(read(both, 'g')).toEqual(read(alone, 'g'));
    expect([...read(both, 'optimizer.generator.step')]).toEqual([3]);
    expect([...read(both, 'optimizer.discriminator.step')]).toEqual([6]);
  });

  it('keep moments apart for a variable that two of them update', () => {
    const runner = start();
    step(runner, 'generator');
    const before = read(runner, 'optimizer.generator.m.g');
    step(runner, 'encoder');
    expect(read(runner, 'optimizer.generator.m.g')).toEqual(before);
    const moved = read(runner, 'optimizer.encoder.m.g');
    expect(moved).not.toEqual(before);
    expect(moved.every(Number.isFinite)).toBe(true);
  });

  it('start afresh one by one when a state lacks them', () => {
    const runner = start();
    for (const name of ['generator', 'discriminator']) step(runner, name);
    const state = runner.readState();
    const kept = new Map([...state].filter(([name]) => !name.startsWith('optimizer.discriminator.')));
    const other = start();
    step(other, 'discriminator');
    other.writeState(kept);
    expect([...read(other, 'optimizer.discriminator.step')]).toEqual([0]);
    expect(read(other, 'optimizer.generator.m.g')).toEqual(state.get('optimizer.generator.m.g')!.data);
  });

  it('keep weights within a bound after each update, and averages of them', () => {
    const averaged = { settings: ADAM, variables: ['d'], average: { decay: 0.5 } };
    const runnerOf = (discriminator: OptimizerDeclaration) =>
      backend.createRunner({ ...program, optimizers: { ...program.optimizers, discriminator } }, 2, { mode });
    const clipped = runnerOf({ ...averaged, weightClip: 0.02 });
    const free = runnerOf(averaged);
    for (let i = 0; i < 2; i++) {
      free.writeState(clipped.readState());
      step(clipped, 'discriminator');
      step(free, 'discriminator');
      const expected = read(free, 'd').map((value) => Math.fround(Math.min(0.02, Math.max(-0.02, value))));
      expect(expected).not.toEqual(read(free, 'd'));
      expect(read(clipped, 'd')).toEqual(expected);
    }
    expect(read(clipped, 'optimizer.discriminator.average.d').every((value) => Math.abs(value) <= 0.0201)).toBe(true);
  });

  it('report the norm of their gradients before it is clipped', () => {
    const discriminator = {
      settings: ADAM,
      variables: ['d'],
      clip: { by: 'norm', at: 1e-3 },
      reportsNorm: true,
    } as const;
    const runner = backend.createRunner({ ...program, optimizers: { ...program.optimizers, discriminator } }, 2, {
      mode,
    });
    const [d, g] = [read(runner, 'd'), read(runner, 'g')];
    const { gradient_norm: norm } = step(runner, 'discriminator');
    expect(norm!.data[0]).toBeCloseTo(2 * Math.hypot(...Array.from(d, (value, index) => value + g[index]!)), 4);
  });

  it.each([
    [{ generator: { settings: ADAM, variables: ['h'] } }, /“generator” updates “h”, which is not declared/],
    [{ generator: { settings: ADAM, variables: ['g', 'g'] } }, /declares “optimizer.generator.m.g” twice/],
  ])('are refused when they are declared wrongly', (optimizers, message) => {
    expect(() => backend.createRunner({ ...program, optimizers }, 0, { mode })).toThrow(message);
  });
});
