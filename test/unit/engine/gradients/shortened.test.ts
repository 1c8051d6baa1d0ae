import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { everyBackend, use, valuesOf } from './support';

/** The kernels that are called besides those that others call. */
function kernelsOf(compute: () => tf.Tensor): string[] {
  const engine = tf.engine();
  const original = engine.runKernel;
  const called: string[] = [];
  let depth = 0;
  engine.runKernel = ((kernel: string, ...rest: [never, never]) => {
    if (depth++ === 0) called.push(kernel);
    try {
      return original.call(engine, kernel, ...rest);
    } finally {
      depth--;
    }
  }) as typeof engine.runKernel;
  try {
    tf.tidy(() => compute().dataSync());
    return called;
  } finally {
    engine.runKernel = original;
  }
}

describe.each(everyBackend)('on %s', (name) => {
  const input = () => tf.tensor(valuesOf({ shape: [2, 5, 3], from: -3, to: 3 }, 1), [2, 5, 3]);

  it('logSoftmax is one kernel, and exact for logits that are far apart', async () => {
    await use(name);
    expect(
      kernelsOf(() => tf.logSoftmax(input())).filter((kernel) => kernel !== tf.Identity && kernel !== tf.Cast),
    ).toEqual([tf.LogSoftmax]);
    const values = tf.tidy(() => [...tf.logSoftmax(tf.tensor2d([[-200, 0, 0]])).dataSync()]);
    for (const [index, expected] of [-200 - Math.LN2, -Math.LN2, -Math.LN2].entries()) {
      expect(values[index]).toBeCloseTo(expected, 4);
    }
    expect(tf.tidy(() => tf.logSoftmax(tf.tensor2d([[1, 2]], [1, 2], 'int32')).dtype)).toBe('float32');
  });

  it('logSumExp over any axes has softmax as its gradient, without the gradient of a maximum', async () => {
    await use(name);
    for (const axes of [0, 1, [0, 2], undefined]) {
      const gradient = () => tf.grad((x: tf.Tensor) => tf.sum(tf.logSumExp(x, axes)))(input());
      expect(kernelsOf(gradient)).not.toContain(tf.Equal);
      const [actual, expected] = tf.tidy(() => {
        const exponentials = tf.exp(input());
        return [gradient().dataSync(), tf.div(exponentials, tf.sum(exponentials, axes, true)).dataSync()];
      });
      for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 6);
    }
  });

  it('a maximum that is no part of logSumExp keeps its gradient', async () => {
    await use(name);
    const gradient = tf.tidy(() => [
      ...tf
        .grad((x: tf.Tensor) => tf.max(x))(tf.tensor1d([1, 3, 3, 2]))
        .dataSync(),
    ]);
    expect(gradient).toEqual([0, 0.5, 0.5, 0]);
  });
});
