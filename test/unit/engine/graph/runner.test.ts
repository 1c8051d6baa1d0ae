import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../../src/engine';
import { withoutStacks } from '../../../../src/engine/graph/failure';
import { traceFunction } from '../../../../src/engine/graph/traceFunction';
import { SCALAR_INPUT, type Program } from '../../../../src/engine/program';
import { stateOf } from '../../../../src/engine/state';
import { ADAM, floats, number, regression, REGRESSION_DATA } from '../../support/programs';

const step = { ...REGRESSION_DATA, learningRate: number(0.05) };

describe('a compiled runner', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice: 'tensorflow' });
  });
  afterAll(() => backend.dispose());

  it('computes what the eager one does', () => {
    const [compiled, eager] = [
      backend.createRunner(regression(), 1),
      backend.createRunner(regression(), 1, { mode: 'eager' }),
    ];
    for (let i = 0; i < 20; i++) {
      const [a, b] = [compiled.call('train', step), eager.call('train', step)];
      expect(a.loss!.data[0]).toBeCloseTo(b.loss!.data[0]!, 5);
    }
    const [a, b] = [compiled.readState(), eager.readState()];
    expect([...a.keys()]).toEqual([...b.keys()]);
    for (const [name, { data }] of a) {
      data.forEach((value, index) => expect(value).toBeCloseTo(b.get(name)!.data[index]!, 4));
    }
  });

  it('carries its state over when a function is added, replaced or first called', () => {
    const runner = backend.createRunner(regression(), 1);
    for (let i = 0; i < 3; i++) runner.call('train', step);
    const state = runner.readState();
    runner.call('swap', {});
    runner.call('swap', {});
    expect(runner.readState()).toEqual(state);
    const show = (shape: number[]) => ({
      inputs: { x: { shape, dtype: 'float32' as const } },
      body: (scope: { variable(name: string): tf.Tensor }, { x }: Readonly<Record<string, tf.Tensor>>) => ({
        y: tf.sum(tf.mul(x!, scope.variable('weights')), 1),
      }),
    });
    runner.extend({ show: show([3, 2]) });
    const weights = state.get('weights')!.data;
    expect(runner.call('show', { x: floats([3, 2], [1, 0, 0, 1, 0, 0]) }).y!.data).toEqual(
      Float32Array.of(weights[0]!, weights[1]!, 0),
    );
    runner.extend({ show: show([1, 2]) });
    expect(runner.call('show', { x: floats([1, 2], [1, 0]) }).y!.data[0]).toBe(weights[0]);
    expect(runner.readState()).toEqual(state);
    const straight = backend.createRunner(regression(), 1);
    for (let i = 0; i < 4; i++) straight.call('train', step);
    runner.call('train', step);
    expect(runner.readState()).toEqual(straight.readState());
  });

  // A stack holds kilobytes for each of thousands of operations, and whatever was on it.
  it('keeps of stacks only what the errors of calls need', () => {
    const lookUp: Program = {
      variables: [],
      functions: {
        lookUp: {
          inputs: { rows: { shape: [2], dtype: 'int32', below: 3 } },
          body: (_, { rows }) => ({ y: tf.exp(tf.gather(tf.tensor1d([1, 2, 3]), rows as tf.Tensor1D)) }),
        },
      },
    };
    const native = tf.findBackend('tensorflow') as NodeJSKernelBackend;
    const { operations, constants } = withoutStacks(
      traceFunction(native, { program: lookUp, declared: stateOf(lookUp) }, 'lookUp', lookUp.functions['lookUp']!),
    );
    const kept = operations.map(({ operation, at }) => [operation, at]);
    expect(kept).toEqual([
      ['GatherV2', expect.stringMatching(/^ Called from .*runner\.test/)],
      ['Exp', ''],
    ]);
    expect(constants.map(({ at }) => at)).toEqual(['', '']);
  });

  // TensorFlow shares the arrays that it is given, where their place suits it. Many variables would let go of them on
  // its threads at once, at their first update, and break JavaScript's heap: this process then dies.
  it('keeps no array that it was given beyond the call', () => {
    const names = Array.from({ length: 32 }, (_, index) => `v${index}`);
    const runner = backend.createRunner(
      {
        variables: names.map((name) => ({ name, shape: [3], initializer: { kind: 'zeros' } })),
        optimizers: { sole: { settings: ADAM, variables: names } },
        functions: {
          train: {
            inputs: { learningRate: SCALAR_INPUT },
            body: (scope, { learningRate }) =>
              scope.minimize(
                'sole',
                () => ({ loss: tf.sum<tf.Scalar>(tf.addN(names.map((name) => tf.square(scope.variable(name))))) }),
                learningRate as tf.Scalar,
              ),
          },
        },
      },
      0,
    );
    const written = () => new Map(names.map((name) => [name, floats([3], [1, 2, 3])]));
    for (let round = 0; round < 400; round++) {
      runner.writeState(written());
      runner.call('train', { learningRate: number(0.1) });
    }
    expect(runner.readState().get('v0')!.data[0]).toBeCloseTo(0.9, 5);
  });

  /** w's gradient is x: w itself is read for the report alone, and must be read before it changes. */
  const linear: Program = {
    variables: [{ name: 'w', shape: [512, 512], initializer: { kind: 'constant', value: 1 } }],
    optimizers: { sgd: { settings: { kind: 'sgd' }, variables: ['w'] } },
    functions: {
      step: {
        inputs: { x: SCALAR_INPUT, learningRate: SCALAR_INPUT },
        body: (scope, { x, learningRate }) => {
          const outputs = scope.minimize(
            'sgd',
            () => ({ loss: tf.mul(x!, tf.sum(scope.variable('w'))) }),
            learningRate as tf.Scalar,
          );
          return { ...outputs, seen: tf.mean(tf.square(scope.variable('w'))), whole: scope.variable('w') };
        },
      },
    },
  };

  it('reads the old value of a parameter that is absent from its own gradient', () => {
    const runner = backend.createRunner(linear, 1);
    for (let i = 0; i < 50; i++) {
      const { loss, seen, whole } = runner.call('step', { x: number(1), learningRate: number(0.5) });
      const old = 1 - 0.5 * i;
      expect(loss!.data[0]).toBeCloseTo(512 * 512 * old, 0);
      expect(seen!.data[0]).toBeCloseTo(old * old, 5);
      expect(whole!.data.every((value) => value === old)).toBe(true);
    }
  });

  it('gives memory back: sessions of rebuilt programs, tensors of calls', () => {
    const runner = backend.createRunner(regression(), 1);
    runner.call('train', step);
    const { binding } = tf.findBackend('tensorflow') as unknown as {
      binding: { getNumOfSavedModels(): number; getNumOfTensors(): number };
    };
    const [sessions, tensors] = [binding.getNumOfSavedModels(), binding.getNumOfTensors()];
    for (let i = 0; i < 20; i++) runner.call('train', step);
    runner.call('swap', {});
    expect(() => runner.call('train', { ...step, x: number(1) })).toThrow();
    expect([binding.getNumOfSavedModels(), binding.getNumOfTensors()]).toEqual([sessions, tensors]);
    runner.dispose();
    expect(binding.getNumOfSavedModels()).toBe(sessions - 1);
  });

  it('has averaged weights for functions that ask for them', () => {
    const program = regression();
    const adam = { ...program.optimizers!['adam']!, average: { decay: 0.9 } };
    const averaged = {
      inputs: {},
      weights: 'averaged' as const,
      body: (scope: { variable(name: string): tf.Tensor }) => ({
        bias: scope.variable('bias'),
        calls: scope.variable('calls'),
      }),
    };
    for (const mode of ['compiled', 'eager'] as const) {
      const runner = backend.createRunner(
        { ...program, optimizers: { adam }, functions: { ...program.functions, averaged } },
        1,
        { mode },
      );
      expect(runner.call('averaged', {}).bias!.data[0]).toBe(0.25);
      let expected = 0.25;
      for (let t = 1; t <= 30; t++) {
        runner.call('train', step);
        const decay = Math.min(0.9, (t - 1) / (t + 9));
        expected = decay * expected + (1 - decay) * runner.readState().get('bias')!.data[0]!;
      }
      const { bias, calls } = runner.call('averaged', {});
      expect(bias!.data[0]).toBeCloseTo(expected, 5);
      expect(bias!.data[0]).not.toBeCloseTo(runner.readState().get('bias')!.data[0]!, 4);
      expect(calls!.data[0]).toBe(30);
    }
  });
});
