import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { withShapesOnly } from '../../../src/engine/shapes';
import { cases, type Case } from './gradients/cases';
import { exported } from './gradients/exported';
import { everyBackend, gradientsOf, use, valuesOf } from './gradients/support';

/** Operations that no network consists of: nothing declares variables by them. */
const ELSEWHERE =
  /^(linalg|signal|spectral|avgPool3d|maxPool3d|conv3d|dilation2d|localResponse|image\.|pool|maxPoolWith)/;

const all: Readonly<Record<string, Case>> = {
  ...cases,
  ...Object.fromEntries(
    Object.entries(exported).flatMap(([name, known]) =>
      'formula' in known && !ELSEWHERE.test(name) ? [[name, known]] : [],
    ),
  ),
};

const typeOf = ({ shape, dtype }: tf.Tensor) => ({ shape: [...shape], dtype });

describe('computing shapes alone', () => {
  it.each(Object.entries(all))('gives for %s what computing numbers gives', async (_, { formula, inputs }) => {
    await use('wasm');
    const numbers = tf.tidy(() =>
      typeOf(formula(...inputs.map((input, index) => tf.tensor(valuesOf(input, index), input.shape)))),
    );
    const [output, gradients] = withShapesOnly((stand) => [
      typeOf(formula(...inputs.map(({ shape }) => stand(shape)))),
      gradientsOf(
        formula,
        inputs.map(({ shape }) => stand(shape)),
      ).map(({ shape }) => [...shape]),
    ]);
    expect(output).toEqual(numbers);
    expect(gradients).toEqual(inputs.map(({ shape }) => shape));
  });

  it.each(everyBackend)('leaves %s as it was, with no tensor more', async (name) => {
    await use(name);
    const kept = tf.tensor([1, 2, 3]);
    const { numTensors, numDataBuffers } = tf.memory();
    const shape = withShapesOnly((stand) => tf.matMul(stand([1, 50_000]), stand([50_000, 20_000])).shape);
    expect(shape).toEqual([1, 20_000]);
    expect(() => withShapesOnly((stand) => tf.matMul(stand([1, 2]), stand([3, 4])))).toThrow(
      '[1,2] and [3,4] cannot be multiplied',
    );
    expect(tf.getBackend()).toBe(name);
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    expect([...tf.add(kept, 1).dataSync()]).toEqual([2, 3, 4]);
    kept.dispose();
  });

  it('refuses to know a value', () => {
    expect(() => withShapesOnly((stand) => stand([2]).dataSync())).toThrow('only shapes are known');
  });
});
