import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import {
  SCALAR_INPUT,
  type OptimizerDeclaration,
  type OptimizerSettings,
  type Program,
} from '../../../src/engine/program';
import { runnerKinds } from '../support/backends';
import { floats, number } from '../support/programs';

/** Made by make_optimizers.py beside it, in float64. */
interface Reference {
  learningRate: number;
  start: number[];
  gradients: number[][];
  cases: { settings: OptimizerSettings; trajectory: number[][] }[];
  clipped: { clip: NonNullable<OptimizerDeclaration['clip']>; trajectory: number[][] }[];
}
const file = path.join(import.meta.dirname, '../../fixtures/optimizers/optimizers.json');
const reference = JSON.parse(readFileSync(file, 'utf8')) as Reference;

/** A linear loss of two variables, whose gradients are the inputs themselves. */
function programOf(optimizer: Omit<OptimizerDeclaration, 'variables'>): Program {
  const gradient = { shape: [3], dtype: 'float32' } as const;
  return {
    variables: ['a', 'b'].map((name) => ({ name, shape: [3], initializer: { kind: 'zeros' } })),
    optimizers: { sole: { ...optimizer, variables: ['a', 'b'] } },
    functions: {
      step: {
        inputs: { a: gradient, b: gradient, learningRate: SCALAR_INPUT },
        body: (scope, { a, b, learningRate }) => {
          const part = (name: string, value: tf.Tensor) => tf.sum<tf.Scalar>(tf.mul(value, scope.variable(name)));
          return scope.minimize(
            'sole',
            () => ({ loss: tf.add<tf.Scalar>(part('a', a!), part('b', b!)) }),
            learningRate as tf.Scalar,
          );
        },
      },
    },
  };
}

describe.each(runnerKinds())('optimizers on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice });
  });
  afterAll(() => backend.dispose());

  function follows(optimizer: Omit<OptimizerDeclaration, 'variables'>, trajectory: readonly number[][]): void {
    const halves = (values: readonly number[]) => ({
      a: floats([3], values.slice(0, 3)),
      b: floats([3], values.slice(3)),
    });
    const runner = backend.createRunner(programOf(optimizer), 0, { mode });
    runner.writeState(new Map(Object.entries(halves(reference.start))));
    trajectory.forEach((expected, step) => {
      runner.call('step', { ...halves(reference.gradients[step]!), learningRate: number(reference.learningRate) });
      const state = runner.readState();
      const values = [...state.get('a')!.data, ...state.get('b')!.data];
      const longest = Math.max(
        ...trajectory
          .slice(0, step + 1)
          .flat()
          .map(Math.abs),
        1,
      );
      expected.forEach((value, index) => expect(Math.abs(values[index]! - value)).toBeLessThan(3e-6 * longest));
    });
  }

  it.each(reference.cases)('follow PyTorch’s trajectory: $settings', ({ settings, trajectory }) => {
    follows({ settings }, trajectory);
  });

  it.each(reference.clipped)('clip gradients as PyTorch does: $clip', ({ clip, trajectory }) => {
    follows({ settings: { kind: 'sgd' }, clip }, trajectory);
  });

  it('leave gradients alone that are short enough, zero included', () => {
    const runner = backend.createRunner(programOf({ settings: { kind: 'sgd' }, clip: { by: 'norm', at: 5 } }), 0, {
      mode,
    });
    const step = (a: number[]) =>
      runner.call('step', { a: floats([3], a), b: floats([3], [0, 0, 0]), learningRate: number(1) });
    step([0, 0, 0]);
    step([3, 4, 0]);
    expect([...runner.readState().get('a')!.data]).toEqual([-3, -4, 0]);
  });
});
