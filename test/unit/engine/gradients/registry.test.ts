import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradientOrder, kernelsOfOrder, SecondOrderError } from '../../../../src/engine/gradients';
import { everyBackend, firstGradients, secondGradients, use, type Formula } from './support';

const volume = () => tf.ones([1, 2, 2, 2, 1]);

const refused: Record<string, { formula: Formula; input: () => tf.Tensor }> = {
  AvgPool3D: { formula: (x) => tf.avgPool3d(tf.square(x!) as tf.Tensor5D, 2, 1, 'valid'), input: volume },
  MaxPool3D: { formula: (x) => tf.maxPool3d(tf.square(x!) as tf.Tensor5D, 2, 1, 'valid'), input: volume },
  LRN: {
    formula: (x) => tf.localResponseNormalization(tf.square(x!) as tf.Tensor4D),
    input: () => tf.ones([1, 2, 2, 3]),
  },
};

describe('the registry of gradients', () => {
  beforeAll(() => use('wasm'));

  it('lists for every kernel with a gradient how exact it is', () => {
    const names = Object.values<unknown>(tf).filter((value) => typeof value === 'string');
    const known = names.filter((name) => (tf.getGradient(name) as tf.GradConfig | undefined) !== undefined);
    expect(known.length).toBeGreaterThan(90);
    expect(known.filter((name) => gradientOrder(name) === undefined)).toEqual([]);
  });

  it('counts no kernel twice', () => {
    const exact = kernelsOfOrder('exact to second order');
    expect(kernelsOfOrder('first order only').filter((kernel) => exact.includes(kernel))).toEqual([]);
  });
});

describe.each(everyBackend)('on %s', (name) => {
  it.each(Object.keys(refused))(
    'differentiating the gradient of %s is refused by name; the gradient is not',
    async (key) => {
      await use(name);
      const { formula, input } = refused[key]!;
      expect(gradientOrder(key)).toBe('first order only');
      tf.tidy(() => {
        expect(firstGradients(formula, [input()]).every((value) => Number.isFinite(value))).toBe(true);
        expect(() => secondGradients(formula, [input()])).toThrow(SecondOrderError);
        expect(() => secondGradients(formula, [input()])).toThrow(key);
      });
    },
  );

  it('an operation that keeps what it has computed for its gradient is refused, not differentiated wrongly', async () => {
    await use(name);
    tf.tidy(() => {
      const doubledSquare = tf.customGrad((x, save) => {
        const doubled = tf.mul(x as tf.Tensor, 2);
        (save as tf.GradSaveFunc)([doubled]);
        const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.mul(saved[0]!, 2));
        return { value: tf.mul(doubled, x as tf.Tensor), gradFunc };
      });
      const formula: Formula = (x) => doubledSquare(x!);
      expect(firstGradients(formula, [tf.tensor2d([[1, 2]])])).toHaveLength(2);
      expect(() => secondGradients(formula, [tf.tensor2d([[1, 2]])])).toThrow(SecondOrderError);
    });
  });

  it('ties of a maximum share its gradient', async () => {
    await use(name);
    tf.tidy(() => {
      const gradient = tf.grad((x: tf.Tensor) => tf.max(x))(tf.tensor1d([2, 1, 2]));
      expect([...gradient.dataSync()]).toEqual([0.5, 0, 0.5]);
    });
  });

  it('a gradient that is used twice is not freed at its first use', async () => {
    await use(name);
    tf.tidy(() => {
      const [a, b] = tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.sum(tf.add(tf.mul(tf.add(x, y), 1), tf.mul(x, 3))))([
        tf.tensor1d([1, 2]),
        tf.tensor1d([3, 4]),
      ]);
      expect([...a!.dataSync(), ...b!.dataSync()]).toEqual([4, 4, 1, 1]);
    });
  });
});
