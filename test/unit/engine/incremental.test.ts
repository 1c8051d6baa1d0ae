import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import {
  InputError,
  SCALAR_INPUT,
  type HostTensor,
  type Program,
  type Runner,
  type Scope,
} from '../../../src/engine/program';
import { stateOf } from '../../../src/engine/state';
import { runnerKinds } from '../support/backends';
import { ADAM, floats, number } from '../support/programs';

const BATCH = 3;
const LENGTH = 12;
const SIZE = 4;

/** Weights of one head of causal attention over elements of a few numbers, and two functions that give its outputs. */
function causal(length = LENGTH): Program {
  const kernel = (name: string) =>
    ({ name, shape: [SIZE, SIZE], initializer: { kind: 'normal', deviation: 0.7 } }) as const;
  const cache = (name: string) =>
    ({ name, shape: [BATCH, length, SIZE], initializer: { kind: 'zeros' }, trained: false, kept: false }) as const;
  const kernels = ['query', 'key', 'value', 'output'].map(kernel);
  const project = (scope: Scope, x: tf.Tensor, name: string) => {
    const rows = tf.reshape(x, [-1, SIZE]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(rows, scope.variable(name) as tf.Tensor2D), x.shape);
  };
  /** queries [batch, n, size]; keys, values [batch, length, size]; visible [n, length] → [batch, n, size] */
  const attend = (queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, visible: tf.Tensor) => {
    const scores = tf.matMul(queries, keys, false, true);
    return tf.matMul(tf.softmax(tf.where(visible, scores, -1e9)), values);
  };
  const places = () => tf.range(0, length, 1, 'int32');
  const parallel = (scope: Scope, x: tf.Tensor) => {
    const visible = tf.lessEqual(tf.reshape(places(), [1, length]), tf.reshape(places(), [length, 1]));
    const [query, key, value] = ['query', 'key', 'value'].map((name) => project(scope, x, name));
    return project(scope, tf.tanh(attend(query!, key!, value!, visible)), 'output');
  };
  return {
    variables: [...kernels, cache('keys'), cache('values')],
    optimizers: { adam: { settings: ADAM, variables: kernels.map(({ name }) => name), average: { decay: 0.9 } } },
    functions: {
      parallel: {
        inputs: { x: { shape: [BATCH, length, SIZE], dtype: 'float32' } },
        body: (scope, { x }) => ({ y: parallel(scope, x!) }),
      },
      next: {
        inputs: {
          x: { shape: [BATCH, 1, SIZE], dtype: 'float32' },
          position: { shape: [1], dtype: 'int32', below: length },
        },
        body: (scope, { x, position }) => {
          const here = tf.equal(places(), position!);
          const cached = ['key', 'value'].map((name) => {
            const whole = tf.where(
              tf.reshape(here, [1, length, 1]),
              project(scope, x!, name),
              scope.variable(`${name}s`),
            );
            scope.assign(`${name}s`, whole);
            return whole;
          });
          const visible = tf.lessEqual(tf.reshape(places(), [1, length]), position!);
          const attended = attend(project(scope, x!, 'query'), cached[0]!, cached[1]!, visible);
          return { y: project(scope, tf.tanh(attended), 'output') };
        },
      },
      reset: {
        inputs: {},
        body: (scope) => {
          for (const name of ['keys', 'values']) scope.assign(name, tf.zerosLike(scope.variable(name)));
          return {};
        },
      },
      cached: { inputs: {}, body: (scope) => ({ keys: scope.variable('keys'), values: scope.variable('values') }) },
      train: {
        inputs: { x: { shape: [BATCH, length, SIZE], dtype: 'float32' }, learningRate: SCALAR_INPUT },
        body: (scope, { x, learningRate }) =>
          scope.minimize(
            'adam',
            () => ({ loss: tf.mean<tf.Scalar>(tf.squaredDifference(parallel(scope, x!), x!)) }),
            learningRate as tf.Scalar,
          ),
      },
    },
  };
}

const wave = (length: number, offset = 0) =>
  Float32Array.from({ length: BATCH * length * SIZE }, (_, index) => Math.sin(0.7 * index + offset));

/** Element `position` of x [batch, length, size] */
function element(x: Float32Array, position: number, length = LENGTH): HostTensor {
  const rows = Array.from({ length: BATCH }, (_, row) => {
    const start = (row * length + position) * SIZE;
    return [...x.subarray(start, start + SIZE)];
  });
  return floats([BATCH, 1, SIZE], rows.flat());
}

const at = (position: number): HostTensor => ({ shape: [1], dtype: 'int32', data: Int32Array.of(position) });

const whole = (runner: Runner, x: Float32Array, length = LENGTH) =>
  runner.call('parallel', { x: floats([BATCH, length, SIZE], x) }).y!.data as Float32Array;

/** The outputs of `next`, call by call. */
function stepwise(runner: Runner, x: Float32Array, from = 0, to = LENGTH): HostTensor[] {
  return Array.from({ length: to - from }, (_, index) => {
    return runner.call('next', { x: element(x, from + index), position: at(from + index) }).y!;
  });
}

describe.each(runnerKinds())('a function that computes one element more, on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice });
  });
  afterAll(() => backend.dispose());
  const create = (program = causal()) => backend.createRunner(program, 5, { mode });

  it('gives at each position what the parallel one gives for the whole sequence', () => {
    const runner = create();
    const x = wave(LENGTH);
    const expected = whole(runner, x);
    for (const [position, { data }] of stepwise(runner, x).entries()) {
      const wanted = element(expected, position).data;
      data.forEach((value, index) => expect(Math.abs(value - wanted[index]!), `${position}`).toBeLessThan(1e-6));
    }
  });

  it('begins again at position 0, or by a function that clears what it has kept', () => {
    const runner = create();
    const first = stepwise(runner, wave(LENGTH));
    stepwise(runner, wave(LENGTH, 1), 0, 7);
    expect(stepwise(runner, wave(LENGTH))).toEqual(first);
    expect(runner.call('cached', {}).keys!.data.some((value) => value !== 0)).toBe(true);
    runner.call('reset', {});
    expect(runner.call('cached', {}).keys!.data.every((value) => value === 0)).toBe(true);
    expect(stepwise(runner, wave(LENGTH))).toEqual(first);
  });

  it('continues with the kept values if a function is added or first called in between', () => {
    const [straight, interrupted] = [create(), create()];
    const x = wave(LENGTH);
    stepwise(interrupted, x, 0, 5);
    whole(interrupted, x);
    interrupted.extend({ later: causal().functions['reset']!, parallel: causal().functions['parallel']! });
    whole(interrupted, x);
    expect(stepwise(interrupted, x, 5)).toEqual(stepwise(straight, x).slice(5));
  });

  it('leaves no trace in the state: not read, not written, and not in what training does', () => {
    const program = causal();
    const [sampled, other] = [create(program), create(program)];
    const train = (runner: Runner) =>
      runner.call('train', { x: floats([BATCH, LENGTH, SIZE], wave(LENGTH)), learningRate: number(0.01) });
    for (const runner of [sampled, other]) {
      train(runner);
      if (runner === sampled) stepwise(runner, wave(LENGTH));
      train(runner);
    }
    const state = sampled.readState();
    expect(state).toEqual(other.readState());
    expect([...state.keys()]).toEqual([...stateOf(program).keys()]);
    expect([...state.keys()].filter((name) => /keys|values/.test(name))).toEqual([]);
    const cached = sampled.call('cached', {});
    expect(() => sampled.writeState(new Map([...state, ['keys', cached.keys!]]))).toThrow(InputError);
    expect(sampled.call('cached', {})).toEqual(cached);
    sampled.writeState(state); // other weights: what was computed from the old ones is void
    expect(sampled.call('cached', {}).keys!.data.every((value) => value === 0)).toBe(true);
    expect(sampled.readState()).toEqual(state);
  });

  // Its outputs come from fused operations where it is compiled, which round differently.
  it('keeps the very bits that it keeps operation by operation', () => {
    const [runner, eager] = [create(), backend.createRunner(causal(), 5, { mode: 'eager' })];
    const outputs = [runner, eager].map((each) => stepwise(each, wave(LENGTH)).flatMap(({ data }) => [...data]));
    outputs[0]!.forEach((value, index) => expect(Math.abs(value - outputs[1]![index]!)).toBeLessThan(1e-6));
    const cached = runner.call('cached', {});
    expect(cached.keys!.data.every((value) => value !== 0)).toBe(true);
    expect(cached).toEqual(eager.call('cached', {}));
  });

  it('leaves no tensor behind', () => {
    const runner = create();
    stepwise(runner, wave(LENGTH), 0, 2);
    const before = tf.memory().numTensors;
    stepwise(runner, wave(LENGTH), 2, 6);
    expect(tf.memory().numTensors).toBe(before);
    runner.dispose();
  });
});

describe.each(runnerKinds().filter(({ mode }) => mode === 'eager'))('the work of it, on $title', ({ choice, mode }) => {
  /** Numbers that a call computes, each product of a matrix product counted. */
  function work(runner: Runner, call: () => void): number {
    const engine = tf.engine();
    const original = engine.runKernel;
    let total = 0;
    engine.runKernel = ((kernel: string, inputs: { a: tf.Tensor }, attributes: { transposeA?: boolean }) => {
      const result = original.call(engine, kernel, inputs as never, attributes as never);
      const size = [result].flat().reduce((sum, output) => sum + (output as tf.Tensor).size, 0);
      const inner =
        kernel === tf.BatchMatMul ? inputs.a.shape[attributes.transposeA ? inputs.a.rank - 2 : inputs.a.rank - 1]! : 1;
      total += size * inner;
      return result;
    }) as typeof engine.runKernel;
    try {
      call();
      return total;
    } finally {
      engine.runKernel = original;
    }
  }

  it('is that of a whole sequence divided by its length', async () => {
    const backend = await openBackend({ choice });
    const ratio = (length: number) => {
      const runner = backend.createRunner(causal(length), 5, { mode });
      const x = wave(length);
      const parallel = work(runner, () => whole(runner, x, length));
      const next = work(runner, () => runner.call('next', { x: element(x, 1, length), position: at(1) }));
      return parallel / next;
    };
    const [short, long] = [ratio(32), ratio(128)];
    expect(short).toBeGreaterThan(32 / 4);
    expect(long / short).toBeGreaterThan(3);
    backend.dispose();
  });
});

it('only a variable that is not trained may be one that is not kept', () => {
  const weights = { name: 'weights', shape: [2], initializer: { kind: 'zeros' }, kept: false } as const;
  expect(() => stateOf({ variables: [weights], functions: {} })).toThrow(/“weights” is declared as not kept/);
  expect([...stateOf({ variables: [{ ...weights, trained: false }], functions: {} }).keys()]).toEqual([]);
});
