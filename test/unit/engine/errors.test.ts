import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBackend } from '../../../src/engine';
import { GradientError } from '../../../src/engine/gradients';
import { NOISE_INPUT, SCALAR_INPUT, type Program, type Scope } from '../../../src/engine/program';
import { backends } from '../support/backends';
import { ADAM, noise, number } from '../support/programs';

type Body = (scope: Scope, inputs: Readonly<Record<string, tf.Tensor>>) => Record<string, tf.Tensor>;

function programOf(body: Body): Program {
  return {
    variables: [{ name: 'w', shape: [2], initializer: { kind: 'normal', deviation: 1 } }],
    optimizers: { adam: { settings: ADAM, variables: ['w'] } },
    functions: { attempt: { inputs: { x: SCALAR_INPUT, noise: NOISE_INPUT }, body } },
  };
}

const kinds = backends().flatMap((choice) =>
  (choice === 'tensorflow' ? (['compiled', 'eager'] as const) : (['eager'] as const)).map(
    (mode) => [choice, mode] as const,
  ),
);

const rejections: unknown[] = [];
const note = (reason: unknown) => void rejections.push(reason);
const earlier: NodeJS.UnhandledRejectionListener[] = [];

beforeEach(() => {
  earlier.push(...process.listeners('unhandledRejection'));
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
  rejections.length = 0;
});
afterEach(() => {
  process.off('unhandledRejection', note);
  for (const listener of earlier.splice(0)) process.on('unhandledRejection', listener);
});

describe.each(kinds)('on %s, %s, an error in a function’s body', (choice, mode) => {
  /** What calling the function throws, when everything that was started has ended. */
  async function thrownBy(body: Body): Promise<Error> {
    const backend = await openBackend({ choice });
    const runner = backend.createRunner(programOf(body), 1, { mode });
    try {
      const error = (() => {
        try {
          runner.call('attempt', { x: number(3), noise: noise(1, 2) });
        } catch (thrown) {
          return thrown;
        }
        return undefined;
      })();
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(error).toBeInstanceOf(Error);
      return error as Error;
    } finally {
      runner.dispose();
    }
  }
  const training = (loss: (scope: Scope) => tf.Tensor): Body => {
    return (scope, { x }) => scope.minimize('adam', () => ({ loss: tf.sum<tf.Scalar>(loss(scope)) }), x as tf.Scalar);
  };

  const project = (x: tf.Tensor) => tf.matMul(tf.reshape(x, [1, 1]), tf.zeros([2, 2]));
  const failures: Readonly<Record<string, readonly [Body, RegExp]>> = {
    'of shapes': [
      (_, { x }) => ({ y: tf.tidy(() => project(x!)) }),
      /^attempt: .*(?:matMul|Matrix size-incompatible).* Called from project /,
    ],
    'of shapes in a loss': [
      training((scope) => tf.add(scope.variable('w'), project(tf.scalar(1)))),
      /^attempt: .*(?:matMul|Matrix size-incompatible).* Called from project /,
    ],
    'of a name': [
      (scope) => ({ y: scope.variable('v') }),
      /^attempt: The program declares no variable “v”\. Called from /,
    ],
    'of a gradient that is wrong': [
      training((scope) => {
        const image = tf.reshape(scope.variable('w'), [1, 2, 1, 1]) as tf.Tensor4D;
        return tf.dilation2d(image, tf.zeros([1, 1, 1]), 1, 'valid');
      }),
      /^attempt: Dilation2D has no correct gradient.* Called from /,
    ],
    'that is the model’s own': [
      () => {
        throw new RangeError('A codebook needs two entries');
      },
      /^attempt: A codebook needs two entries\. Called from /,
    ],
  };

  it.each(Object.keys(failures))(
    '%s names the function and the model’s line, and its stack begins there',
    async (key) => {
      const [body, message] = failures[key]!;
      const error = await thrownBy(body);
      expect(error.message).toMatch(message);
      expect(error.message).toMatch(/Called from [^,]*engine\/errors\.test\.ts:\d+/);
      const frames = error.stack!.split('\n').filter((line) => /^\s+at /.test(line));
      expect(frames[0]).toContain('errors.test.ts');
      expect(frames.some((frame) => frame.includes('calls.ts'))).toBe(true);
      expect(rejections).toEqual([]);
    },
  );

  it('is named whatever was thrown', async () => {
    const raise = (thrown: unknown): Body => {
      return () => {
        throw thrown;
      };
    };
    expect((await thrownBy(raise('a word'))).message).toBe('attempt: a word');
    const unchangeable = Object.freeze(new Error('as it is'));
    const error = await thrownBy(raise(unchangeable));
    expect(error.message).toMatch(/^attempt: as it is\./);
    expect(error.cause).toBe(unchangeable);
    expect((await thrownBy(raise(new DOMException('took too long', 'TimeoutError')))).message).toMatch(
      /^attempt: took too long\./,
    );
  });

  it('stays of its class', async () => {
    expect(await thrownBy(failures['of a gradient that is wrong']![0])).toBeInstanceOf(GradientError);
    expect(await thrownBy(failures['that is the model’s own']![0])).toBeInstanceOf(RangeError);
  });

  const waiting: Readonly<Record<string, Body>> = {
    'an ignored promise of values': (_, { x }) => {
      void tf.add(x!, 1).data();
      return { y: x! };
    },
    'a promise of values in a loss': training((scope) => {
      void scope.variable('w').array();
      return scope.variable('w');
    }),
    'a mask whose entries decide on a shape': (scope, { x }) => {
      const kept = tf.booleanMaskAsync(scope.variable('w'), tf.tensor1d([1, 0], 'bool'));
      return { y: tf.add(x!, kept as unknown as tf.Tensor) };
    },
    'an async body': (async (_: Scope, { x }: Readonly<Record<string, tf.Tensor>>) => {
      const [value] = await x!.data();
      return { y: tf.scalar(value!) };
    }) as unknown as Body,
    'an async body that fails besides': (async (_: Scope, { x }: Readonly<Record<string, tf.Tensor>>) => {
      void x!.data();
      await Promise.reject(new Error('besides'));
    }) as unknown as Body,
  };

  it.each(Object.keys(waiting))('is one, and says where: %s', async (key) => {
    const error = await thrownBy(waiting[key]!);
    expect(error.message).toMatch(
      /^attempt: a tensor’s value was waited for\. .* Called from [^,]*engine\/errors\.test\.ts:\d+/,
    );
    expect(rejections).toEqual([]);
  });

  it('is raised if an async body fails for another reason', async () => {
    const body = (async () => {
      await Promise.reject(new Error('besides'));
    }) as unknown as Body;
    expect((await thrownBy(body)).message).toMatch(/^attempt: it returns a promise\./);
    expect(rejections).toEqual([]);
  });

  it('leaves values to be read outside of functions', async () => {
    await thrownBy(waiting['an ignored promise of values']!);
    expect([...(await tf.tensor1d([1, 2]).data())]).toEqual([1, 2]);
  });
});
