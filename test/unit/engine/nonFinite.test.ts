import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { NonFinite } from '../../../src/engine/nonFinite';
import type { Program } from '../../../src/engine/program';
import { backends } from '../support/backends';
import { ADAM, floats, number, regression, REGRESSION_DATA } from '../support/programs';

type Loss = (x: tf.Tensor, inner: tf.Tensor, outer: tf.Tensor) => tf.Tensor;

/** A function `train` that minimizes the mean of `loss` by two variables. */
function program(loss: Loss): Program {
  return {
    variables: [
      { name: 'net.inner.kernel', shape: [2], initializer: { kind: 'constant', value: 1 } },
      { name: 'net.outer.kernel', shape: [2], initializer: { kind: 'constant', value: 1 } },
    ],
    optimizers: { adam: { settings: ADAM, variables: ['net.inner.kernel', 'net.outer.kernel'] } },
    functions: {
      train: {
        inputs: { x: { shape: [2], dtype: 'float32' } },
        body: (scope, { x }) =>
          scope.minimize(
            'adam',
            () => ({
              loss: tf.mean<tf.Scalar>(
                loss(x!, scope.variable('net.inner.kernel'), scope.variable('net.outer.kernel')),
              ),
            }),
            tf.scalar(0.1),
          ),
      },
    },
  };
}

describe.each(backends())('the watch for numbers that are not finite on %s', (choice) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice });
  });
  afterAll(() => backend.dispose());

  function findings(loss: Loss, x: readonly number[], calls = 1): NonFinite[] {
    const found: NonFinite[] = [];
    const runner = backend.createRunner(program(loss), 1, { onNonFinite: (each) => found.push(each) });
    for (let call = 0; call < calls; call++) runner.call('train', { x: floats([2], x) });
    runner.dispose();
    return found;
  }

  it('names the operation of a forward pass, the layer before it, and what went in', () => {
    // e^89 overflows float32, whose largest number is e^88.72; what follows would hide it again.
    const [found] = findings((x, inner, outer) => tf.minimum(tf.mul(tf.exp(tf.mul(x, inner)), outer), 1), [1, 89]);
    expect(found).toMatchObject({
      ...{ function: 'train', part: 'forward', operation: 'Exp', layer: 'net.inner', shape: [2] },
      ...{ value: Infinity, count: 1, inputs: [{ shape: [2], least: 1, greatest: 89 }] },
    });
  });

  it('tells a gradient from the values that it is of', () => {
    // √0 is finite, and its derivative 1/(2√x) is not.
    const [found] = findings((x, inner, outer) => tf.mul(tf.sqrt(tf.mul(x, inner)), outer), [0, 4]);
    expect(found).toMatchObject({ function: 'train', part: 'gradient' });
    expect(Number.isFinite(found!.value)).toBe(false);
    expect(found!.inputs.every(({ least, greatest }) => Number.isFinite(least) && Number.isFinite(greatest))).toBe(
      true,
    );
  });

  it('finds what only the update of a variable makes infinite, and then the variable', () => {
    // The gradient of 1e30 is finite, its square in Adam’s second moment is not.
    const loss: Loss = (x, inner, outer) => tf.mul(tf.mul(tf.mul(x, inner), outer), 1e30);
    const [update, variable] = findings(loss, [1, 1], 2);
    expect(update).toMatchObject({ part: 'update' });
    expect(variable).toMatchObject({ part: 'variable', operation: expect.stringContaining('net.') as string });
  });

  it('finds an input that is none', () => {
    expect(findings((x, inner, outer) => tf.mul(tf.mul(x, inner), outer), [1, NaN]).at(0)).toMatchObject({
      ...{ part: 'input', operation: 'x', value: NaN, count: 1 },
    });
  });

  it('says nothing of finite numbers, gives the same results and leaves no tensor behind', () => {
    const found: NonFinite[] = [];
    const watched = backend.createRunner(regression(), 3, { onNonFinite: (each) => found.push(each) });
    const plain = backend.createRunner(regression(), 3, { mode: 'eager' });
    const inputs = { ...REGRESSION_DATA, learningRate: number(0.05) };
    expect(watched.call('train', inputs)).toEqual(plain.call('train', inputs));
    const { numTensors } = tf.memory();
    for (let step = 0; step < 3; step++) expect(watched.call('train', inputs)).toEqual(plain.call('train', inputs));
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(watched.readState()).toEqual(plain.readState());
    expect(found).toEqual([]);
  });
});
