import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine';
import { SCALAR_INPUT, type HostTensor, type Program } from '../../../src/engine/program';
import { runnerKinds } from '../support/backends';
import { floats, number } from '../support/programs';

/** Made by make_adam.py beside it, in float64. */
interface Reference {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  start: number[];
  gradients: number[][];
  trajectory: number[][];
  firstMoment: number[];
  secondMoment: number[];
}
const file = path.join(import.meta.dirname, '../../fixtures/adam/adam.json');
const reference = JSON.parse(readFileSync(file, 'utf8')) as Reference;
const { beta1, beta2, epsilon } = reference;

/** A linear loss, whose gradient is the input itself. */
const program: Program = {
  variables: [{ name: 'theta', shape: [6], initializer: { kind: 'zeros' } }],
  optimizers: { adam: { settings: { kind: 'adam', beta1, beta2, epsilon }, variables: ['theta'] } },
  functions: {
    step: {
      inputs: { gradient: { shape: [6], dtype: 'float32' }, learningRate: SCALAR_INPUT },
      body: (scope, { gradient, learningRate }) =>
        scope.minimize(
          'adam',
          () => ({ loss: tf.sum(tf.mul(gradient!, scope.variable('theta'))) }),
          learningRate as tf.Scalar,
        ),
    },
  },
};

function expectClose(actual: HostTensor | undefined, expected: readonly number[], relative: number): void {
  expected.forEach((value, index) => {
    expect(Math.abs(actual!.data[index]! - value)).toBeLessThanOrEqual(relative * Math.abs(value));
  });
}

describe.each(runnerKinds())('Adam on $title', ({ choice, mode }) => {
  it('follows algorithm 1 of the paper for gradients from 1e3 down to 1e-9', async () => {
    const backend = await openBackend({ choice });
    const runner = backend.createRunner(program, 0, { mode });
    runner.writeState(new Map([['theta', floats([6], reference.start)]]));
    reference.trajectory.forEach((expected, step) => {
      const gradient = floats([6], reference.gradients[step]!);
      runner.call('step', { gradient, learningRate: number(reference.learningRate) });
      const theta = runner.readState().get('theta')!;
      // An update is at most about one learning rate; float32 keeps θ itself to 6e-8.
      expected.forEach((value, index) => expect(Math.abs(theta.data[index]! - value)).toBeLessThan(2e-6));
    });
    const state = runner.readState();
    // TensorFlow's kernel computes 1 − β₂ in float32, which is 1.3e-5 off for 0.999.
    expectClose(state.get('optimizer.adam.m.theta'), reference.firstMoment, 2e-5);
    expectClose(state.get('optimizer.adam.v.theta'), reference.secondMoment, 2e-5);
    expect(state.get('optimizer.adam.step')).toEqual({ shape: [], dtype: 'int32', data: Int32Array.of(30) });
    backend.dispose();
  });

  it('makes a first step of one learning rate, whatever the size of the gradient', async () => {
    const backend = await openBackend({ choice });
    const runner = backend.createRunner(program, 0, { mode });
    const gradient = floats([6], [1e3, -1, 1e-2, -1e-4, 1e-5, -1e-5]);
    runner.call('step', { gradient, learningRate: number(0.25) });
    // |Δθ| = α |g| / (|g| + ε)
    const moved = [-0.25, 0.25, -0.25, 0.25, -0.25, 0.25].map((step, i) => {
      const size = Math.abs(gradient.data[i]!);
      return (step * size) / (size + epsilon);
    });
    expectClose(runner.readState().get('theta'), moved, 2e-6);
    backend.dispose();
  });
});
