import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import { InputError, type HostTensor, type Program, type Runner } from '../../../src/engine/program';
import { runnerKinds } from '../support/backends';
import { ADAM, floats, noise, number, regression, REGRESSION_DATA } from '../support/programs';

const step = { ...REGRESSION_DATA, learningRate: number(0.05) };

describe.each(runnerKinds())('a runner on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice });
  });
  afterAll(() => backend.dispose());
  const create = (seed = 1, program: Program = regression()) => backend.createRunner(program, seed, { mode });
  const train = (runner: Runner, steps: number) => {
    for (let i = 0; i < steps; i++) runner.call('train', step);
  };

  it('lowers the loss', () => {
    const runner = create();
    const before = runner.call('train', step).loss!.data[0]!;
    train(runner, 200);
    expect(runner.call('train', step).loss!.data[0]!).toBeLessThan(before / 3);
  });

  it('reports the named outputs of the loss, computed before the update', () => {
    const runner = create();
    const weights = runner.readState().get('weights')!.data;
    const { x, y } = REGRESSION_DATA;
    const errors = [0, 1, 2, 3].map(
      (i) => x.data[2 * i]! * weights[0]! + x.data[2 * i + 1]! * weights[1]! + 0.25 - y.data[i]!,
    );
    const outputs = runner.call('train', step);
    expect(Object.keys(outputs).sort()).toEqual(['largest', 'loss']);
    expect(outputs.loss!.data[0]).toBeCloseTo(errors.reduce((sum, error) => sum + error ** 2, 0) / 4, 5);
    expect(outputs.largest!.data[0]).toBeCloseTo(Math.max(...errors.map(Math.abs)), 5);
  });

  it('lets every read in a call see the values from before it', () => {
    const runner = create();
    const { before } = runner.call('swap', {});
    expect([...before!.data]).toEqual([0, 0.25]);
    const state = runner.readState();
    expect(state.get('calls')!.data[0]).toBe(0.25);
    expect(state.get('bias')!.data[0]).toBe(0);
  });

  it('leaves no tensor behind but the variables and slots', () => {
    const runner = create();
    train(runner, 1);
    const tensors = tf.memory().numTensors;
    const buffers = tf.memory().numDataBuffers;
    train(runner, 5);
    runner.call('draw', { noise: noise(1, 2) });
    runner.writeState(runner.readState());
    expect(() => runner.call('train', { ...step, x: number(1) })).toThrow(InputError);
    expect(tf.memory()).toMatchObject({ numTensors: tensors, numDataBuffers: buffers });
    runner.dispose();
    const eagerTensors = mode === 'eager' ? [...runnerNames()].length : 0;
    expect(tf.memory().numTensors).toBe(tensors - eagerTensors);
  });

  it('holds its variables, then the optimizer’s slots, in the declared order', () => {
    const runner = create();
    expect([...runner.readState().keys()]).toEqual([...runnerNames()]);
    train(runner, 1);
    expect([...runner.readState().keys()]).toEqual([...runnerNames()]);
  });

  it('continues from a written state exactly as the runner that it was read from', () => {
    const straight = create();
    train(straight, 3);
    const state = straight.readState();
    train(straight, 3);
    const resumed = create(99);
    resumed.writeState(state);
    train(resumed, 3);
    expect(resumed.readState()).toEqual(straight.readState());
  });

  it('starts a fresh optimizer from a state without slots', () => {
    const fresh = create(5);
    const used = create(6);
    train(used, 4);
    used.writeState(new Map([...fresh.readState()].filter(([name]) => !name.startsWith('optimizer.'))));
    for (const runner of [fresh, used]) train(runner, 2);
    expect(used.readState()).toEqual(fresh.readState());
  });

  it('keeps its state apart from arrays that it was given or has given out', () => {
    const runner = create();
    const state = runner.readState();
    runner.writeState(state);
    const expected = runner.readState();
    for (const { data } of state.values()) data.fill(7);
    for (const { data } of runner.readState().values()) data.fill(8);
    expect(runner.readState()).toEqual(expected);
  });

  it('outlives a function that disposes of the variables that it was given', () => {
    const program = regression();
    const look: Program['functions'][string] = {
      inputs: {},
      body: (scope) => {
        const bias = scope.variable('bias');
        const sum = tf.add(bias, tf.sum(scope.variable('weights')));
        for (const tensor of [bias, scope.variable('weights')]) tensor.dispose();
        return { sum };
      },
    };
    const runner = create(1, { ...program, functions: { ...program.functions, look } });
    const other = create();
    expect(runner.call('look', {})).toEqual(runner.call('look', {}));
    for (const each of [runner, other]) train(each, 3);
    expect(runner.readState()).toEqual(other.readState());
  });

  it('takes tensors without elements, and names with what separates names elsewhere', () => {
    const empty = floats([0, 3], []);
    const runner = create(1, {
      variables: [{ name: 'a,b:0', shape: [0, 3], initializer: { kind: 'zeros' } }],
      functions: {
        'f,g:1': {
          inputs: { 'x,y:2': { shape: [0, 3], dtype: 'float32' }, '^z': { shape: [0], dtype: 'int32' } },
          body: (scope, inputs) => {
            scope.assign('a,b:0', inputs['x,y:2']!);
            return { 'u,v:3': tf.add(scope.variable('a,b:0'), inputs['x,y:2']!), '^w': inputs['^z']! };
          },
        },
      },
    });
    const none = { shape: [0], dtype: 'int32', data: new Int32Array() } as const;
    expect(runner.call('f,g:1', { 'x,y:2': empty, '^z': none })).toEqual({ 'u,v:3': empty, '^w': none });
    runner.writeState(runner.readState());
    expect([...runner.readState()]).toEqual([['a,b:0', empty]]);
  });

  it('starts variables by seed and name, and not by their order', () => {
    const weights = (runner: Runner) => runner.readState().get('weights')!.data;
    const program = regression();
    const reversed = { ...program, variables: [...program.variables].reverse() };
    expect(weights(create(1))).toEqual(weights(create(1)));
    expect(weights(create(1, reversed))).toEqual(weights(create(1)));
    expect(weights(create(2))).not.toEqual(weights(create(1)));
  });

  describe('refuses with a specific message, and changes nothing:', () => {
    const refusals: [string, (runner: Runner) => void, RegExp][] = [
      ['a function that is not there', (r) => r.call('tarin', {}), /no function “tarin”; it has train, draw, swap/],
      ['a function’s name from Object', (r) => r.call('toString', {}), /no function “toString”/],
      ['a missing input', (r) => r.call('train', { ...REGRESSION_DATA }), /input “learningRate” is missing/],
      ['an unknown input', (r) => r.call('train', { ...step, z: number(1) }), /no input “z”/],
      [
        'another shape',
        (r) => r.call('train', { ...step, x: floats([2, 4], new Float32Array(8)) }),
        /“x” must be float32 of shape \[4, 2\], but is float32 of shape \[2, 4\]/,
      ],
      [
        'another type',
        (r) => r.call('draw', { noise: floats([2], [1, 2]) }),
        /must be int32 of shape \[2\], but is float32/,
      ],
      [
        'fewer numbers than the shape says',
        (r) => r.call('train', { ...step, y: { shape: [4], dtype: 'float32', data: new Float32Array(3) } }),
        /must hold 4 numbers as float32, but holds 3/,
      ],
      [
        'a state that misses a variable',
        (r) => r.writeState(without(r.readState(), 'bias')),
        /Variable “bias” is missing/,
      ],
      [
        'a state with an unknown variable',
        (r) => r.writeState(new Map([...r.readState(), ['extra', number(1)]])),
        /no variable “extra”/,
      ],
      [
        'a state of another shape',
        (r) => r.writeState(new Map([...r.readState(), ['bias', floats([1], [1])]])),
        /“bias” must be float32 of shape \[\], but is float32 of shape \[1\]/,
      ],
      [
        'half an optimizer',
        (r) => r.writeState(without(r.readState(), 'optimizer.adam.v.bias')),
        /“optimizer\.adam\.v\.bias” is missing/,
      ],
    ];
    it.each(refusals)('%s', (_, attempt, message) => {
      const runner = create();
      train(runner, 2);
      const before = runner.readState();
      expect(() => attempt(runner)).toThrow(InputError);
      expect(() => attempt(runner)).toThrow(message);
      expect(runner.readState()).toEqual(before);
    });
  });

  it.each([
    [
      'reads a variable that is not declared',
      (scope) => ({ value: scope.variable('nothing') }),
      /declares no variable “nothing”/,
    ],
    [
      'sets a variable to another shape',
      (scope) => (scope.assign('a', tf.zeros([3])), {}),
      /cannot be set to float32 of shape \[3\]/,
    ],
    [
      'sets a variable twice',
      (scope) => {
        scope.assign('a', tf.ones([2]));
        scope.assign('a', tf.ones([2]));
        return {};
      },
      /“a” is set twice/,
    ],
    [
      'minimizes what does not depend on a variable',
      (scope, { rate }) => scope.minimize('both', () => ({ loss: tf.sum(scope.variable('a')) }), rate as tf.Scalar),
      /does not depend on “b”/,
    ],
    [
      'minimizes with an optimizer that is not declared',
      (scope, { rate }) => scope.minimize('adam', () => ({ loss: tf.sum(scope.variable('a')) }), rate as tf.Scalar),
      /declares no optimizer “adam”/,
    ],
    [
      'sets a slot',
      (scope) => (scope.assign('optimizer.both.step', tf.scalar(0, 'int32')), {}),
      /declares no variable “optimizer.both.step”/,
    ],
    [
      'minimizes with a learning rate for each number',
      (scope) => scope.minimize('both', () => ({ loss: tf.sum(scope.variable('a')) }), tf.tensor([0.1]) as tf.Scalar),
      /learning rate must be float32 of shape \[\], but is float32 of shape \[1\]/,
    ],
    [
      'fails in its loss',
      (scope, { rate }) =>
        scope.minimize(
          'both',
          () => failing(tf.tanh(tf.mul(scope.variable('a'), scope.variable('b')))),
          rate as tf.Scalar,
        ),
      /no loss/,
    ],
    [
      'fails in a gradient',
      (scope, { rate }) => {
        const product = () => tf.tanh(tf.mul(scope.variable('a'), scope.variable('b')));
        const without = tf.customGrad(() => ({ value: tf.tanh(product()), gradFunc: () => failing() }));
        return scope.minimize('both', () => ({ loss: tf.sum(without(product())) }), rate as tf.Scalar);
      },
      /no loss/,
    ],
    ['is asynchronous', (() => Promise.resolve({})) as never, /^attempt: it returns a promise/],
    ['returns a tensor without a name', (() => tf.scalar(1)) as never, /^attempt: it must return its outputs by name/],
    ['returns a number', (() => ({ loss: 3 })) as never, /attempt: loss is not a tensor/],
    [
      'returns what is gone',
      () => {
        const gone = tf.scalar(1);
        gone.dispose();
        return { gone };
      },
      /attempt: gone was disposed of/,
    ],
    ['returns what cannot leave it', (scope) => ({ flag: tf.greater(scope.variable('a'), 0) }), /flag is bool/],
  ] satisfies [string, Program['functions'][string]['body'], RegExp][])(
    'stops a function that %s, and changes nothing',
    (_, body, message) => {
      const program: Program = {
        variables: ['a', 'b'].map((name) => ({ name, shape: [2], initializer: { kind: 'zeros' } })),
        optimizers: { both: { settings: ADAM, variables: ['a', 'b'] } },
        functions: { attempt: { inputs: { rate: { shape: [], dtype: 'float32' } }, body } },
      };
      const runner = create(1, program);
      const before = runner.readState();
      const tensors = tf.memory().numTensors;
      expect(() => runner.call('attempt', { rate: number(1) })).toThrow(message);
      expect(runner.readState()).toEqual(before);
      expect(tf.memory().numTensors).toBe(tensors);
    },
  );
});

function failing(..._: unknown[]): never {
  throw new Error('no loss');
}

function* runnerNames(): Iterable<string> {
  const variables = ['weights', 'bias', 'calls'];
  yield* variables;
  for (const moment of ['m', 'v']) for (const name of ['weights', 'bias']) yield `optimizer.adam.${moment}.${name}`;
  yield 'optimizer.adam.step';
}

function without(state: Map<string, HostTensor>, name: string): Map<string, HostTensor> {
  return new Map([...state].filter(([key]) => key !== name));
}
