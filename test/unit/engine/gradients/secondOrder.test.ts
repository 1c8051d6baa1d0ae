import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { kernelsOfOrder } from '../../../../src/engine/gradients';
import { cases } from './cases';
import { comparisons, everyBackend, use } from './support';

/** TensorFlow.js’ plain backend computes the operation itself wrongly, whatever its gradient. */
const wrongInPlainJavaScript = ['einsum with a sum of its own', 'resizeNearestNeighbor', 'resizeBilinear'];

const seen = new Set<string>();

describe.each(everyBackend)('on %s', (name) => {
  beforeAll(() => use(name));
  const keys = Object.keys(cases).filter((key) => name !== 'cpu' || !wrongInPlainJavaScript.includes(key));

  it.each(keys)('%s has right gradients of first and second order, and leaves no tensor behind', async (key) => {
    await use(name);
    const { formula, inputs, step } = cases[key]!;
    const before = tf.memory().numTensors;
    const compared = recorded(() => comparisons(formula, inputs, { ...(step !== undefined && { step }) }));
    expect(tf.memory().numTensors).toBe(before);
    for (const { what, exact, finite, size } of compared) {
      const error = Math.abs(exact - finite);
      expect(error, `${what}: ${exact}, by differences ${finite}, of ${size}`).toBeLessThan(2e-3 * size + 2e-4);
    }
  });
});

it('every gradient listed as exact was among them', () => {
  expect(kernelsOfOrder('exact to second order').filter((kernel) => !seen.has(kernel))).toEqual([]);
});

/** Notes the kernels that are called. */
function recorded<T>(compute: () => T): T {
  const engine = tf.engine();
  const original = engine.runKernel.bind(engine);
  engine.runKernel = ((kernel: string, ...rest: [never, never]) => {
    seen.add(kernel);
    return original(kernel, ...rest);
  }) as typeof engine.runKernel;
  try {
    return compute();
  } finally {
    engine.runKernel = original;
  }
}
