import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../../src/engine';
import { TraceError } from '../../../../src/engine/graph/trace';
import { NOISE_INPUT, SCALAR_INPUT, type Program, type Runner, type Scope } from '../../../../src/engine/program';
import { ADAM, noise, number } from '../../support/programs';

type Body = (scope: Scope, inputs: Readonly<Record<string, tf.Tensor>>) => Record<string, tf.Tensor>;

function programOf(body: Body): Program {
  return {
    variables: [{ name: 'w', shape: [2], initializer: { kind: 'normal', deviation: 1 } }],
    optimizers: { adam: { settings: ADAM, variables: ['w'] } },
    functions: { attempt: { inputs: { x: SCALAR_INPUT, noise: NOISE_INPUT }, body } },
  };
}

describe('a compiled function', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice: 'tensorflow' });
    own = tf.variable(tf.zeros([2]), false, 'own');
    other();
  });
  afterAll(() => backend.dispose());
  const attempt = (body: Body) => {
    const runner = backend.createRunner(programOf(body), 1);
    return () => runner.call('attempt', { x: number(3), noise: noise(1, 2) });
  };

  let own: tf.Variable;
  let called: Runner | undefined;
  /** A compiled program that is ready. */
  const other = () =>
    (called ??= ready(
      backend.createRunner(
        programOf((_, { x }) => ({ y: x! })),
        1,
      ),
    ));
  const ready = (runner: Runner) => (runner.prepare(), runner);
  const outside: Record<string, () => tf.Tensor> = {};
  const refusals: [string, Body, RegExp][] = [
    ['reads a tensor’s value', (_, { x }) => ({ y: tf.scalar(x!.dataSync()[0]!) }), /a tensor’s value was read/],
    [
      'takes other numbers each time',
      (_, { x }) => ({ y: tf.add(x!, tf.tensor1d([Math.random(), 1])) }),
      /Add takes a constant that differs in a second trace.*scope\.normal/,
    ],
    [
      'draws in JavaScript',
      (_, { x }) => ({ y: tf.add(x!, tf.randomNormal([2])) }),
      /tf\.randomNormal draws in JavaScript.*scope\.normal.*safety\.test/,
    ],
    // The same numbers in every trace: comparing traces cannot reveal them.
    [
      'draws in JavaScript from a fixed seed',
      (_, { x }) => ({ y: tf.add(x!, tf.truncatedNormal([2], 0, 1, 'float32', 7)) }),
      /tf\.truncatedNormal draws in JavaScript/,
    ],
    [
      'drops out in JavaScript from a fixed seed',
      (_, { x }) => ({ y: tf.dropout(tf.fill([50], 1), 0.5, undefined, 7).mul(x!) }),
      /tf\.dropout draws in JavaScript/,
    ],
    [
      'assigns a variable of TensorFlow.js’ own',
      (_, { x }) => {
        own.assign(tf.tidy(() => tf.mul(x!, tf.ones([2]))));
        return { y: x! };
      },
      /the TensorFlow\.js variable “own” was assigned.*scope\.assign/,
    ],
    [
      'returns a shape that values decide',
      (_, { x }) => ({ y: tf.unique(tf.reshape(x!, [1])).values }),
      /UniqueV2 cannot be part of a compiled function/,
    ],
    [
      'takes rows that a table does not have',
      (_, { noise: rows }) => ({ y: tf.gather(tf.zeros([1, 2]), rows as tf.Tensor1D) }),
      /^attempt: GatherV2 failed: indices\[[01]\] = 1 is not in \[0, 1\)\. Inputs that are indices .*safety\.test/,
    ],
    [
      'calls another program',
      (_, { x }) => {
        const { y } = other().call('attempt', { x: number(2), noise: noise(1, 1) });
        return { y: tf.mul(x!, y!.data[0]!) };
      },
      /a function of a program was called inside of a function/,
    ],
    [
      'uses a tensor of before',
      (_, { x }) => ({ y: tf.mul(x!, (outside['mask'] ??= makeKept())()) }),
      /takes a tensor that was made outside/,
    ],
    [
      'keeps a tensor from one call for the next',
      (() => {
        let kept: tf.Tensor | undefined;
        return (_, { x }) => ({ y: tf.add(x!, (kept ??= tf.keep(tf.mul(x!, 2)))) });
      })(),
      /Mul was called in one of two traces|made outside|differs|was called/,
    ],
    [
      'branches at random',
      (() => {
        let calls = 0;
        return (_, { x }) => ({ y: calls++ % 2 === 0 ? tf.exp(x!) : tf.sin(x!) });
      })(),
      /Exp was called in one of two traces, and Sin in the other/,
    ],
    [
      'has another shape each time',
      (() => {
        let calls = 1;
        return (_, { x }) => ({ y: tf.fill([calls++], 1).mul(x!) });
      })(),
      /differs|other/,
    ],
    [
      'does what has state in TensorFlow',
      () => ({ y: tf.multinomial([0.5, 0.5] as never, 3) }),
      /Multinomial cannot be part/,
    ],
  ];
  function makeKept(): () => tf.Tensor {
    const mask = tf.keep(tf.tensor([1, 0]));
    mask.dataSync();
    return () => mask;
  }

  it.each(refusals)('is refused when it %s', (_, body, message) => {
    const call = attempt(body);
    expect(call).toThrow(TraceError);
    expect(attempt(body)).toThrow(message);
  });

  it('is refused with the name of the calling function of the model', () => {
    const brightness = (x: tf.Tensor) => x.dataSync();
    const call = attempt((_, { x }) => {
      brightness(x!);
      return {};
    });
    expect(call).toThrow(/^attempt: .*Called from .*brightness/);
  });

  it('leaves the program as it was when it is refused', () => {
    const program = programOf((_, { x }) => ({ y: tf.scalar(x!.dataSync()[0]!) }));
    const good = programOf((scope, { x }) => ({ y: tf.mul(scope.variable('w'), x!) })).functions['attempt']!;
    const runner = backend.createRunner({ ...program, functions: { ...program.functions, good } }, 1);
    const inputs = { x: number(3), noise: noise(1, 2) };
    const before = runner.call('good', inputs);
    const tensors = tf.memory().numTensors;
    expect(() => runner.call('attempt', inputs)).toThrow(TraceError);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(runner.call('good', inputs)).toEqual(before);
  });
});
