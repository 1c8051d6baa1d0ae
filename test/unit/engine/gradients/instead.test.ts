import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { openBackend } from '../../../../src/engine';
import type { Program, Scope } from '../../../../src/engine/program';
import { backends } from '../../support/backends';
import { floats, noise } from '../../support/programs';

type Refused = (x: tf.Tensor) => tf.Tensor;
type Instead = (x: tf.Tensor, scope: Scope, noise: tf.Tensor1D) => tf.Tensor;

const image = (x: tf.Tensor) => tf.reshape(x, [1, 3, 3, 1]) as tf.Tensor4D;
const other = () => tf.tensor2d([[0, 1, 2], [2, -1, 0], [1, 1, 3]]); // prettier-ignore
const waves = (of: (angle: number) => number) =>
  tf.tensor2d(
    Array.from({ length: 6 }, (_, index) => of((2 * Math.PI * (index >> 1) * (index & 1)) / 3)),
    [3, 2],
  );
const bands = () => tf.tensor2d([[1, 1, 0], [1, 1, 1], [0, 1, 1]]); // prettier-ignore

/** What is refused, what it says, and whether what it says to write instead has gradients of first and second order. */
const table: Readonly<Record<string, readonly [Refused, RegExp, Instead]>> = {
  'an Einstein sum of three operands': [
    (x) => tf.einsum('ij,jk,kl->il', x, other(), other()),
    /one or two operands, but “ij,jk,kl->il” has 3\. Take one of two operands/,
    (x) => tf.einsum('ij,jk->ik', tf.einsum('ij,jk->ik', x, other()), other()),
  ],
  'an Einstein sum of a diagonal': [
    (x) => tf.einsum('ii->i', x),
    /but is “ii->i”\. Take the diagonal of a matrix before, with tf\.sum\(tf\.mul\(x, tf\.eye\(n\)\), 1\)/,
    (x) => tf.sum(tf.mul(x, tf.eye(3)), 1),
  ],
  'an Einstein sum with an ellipsis': [
    (x) => tf.einsum('...i,ij->...j', x, other()),
    /but is “\.\.\.i,ij->\.\.\.j”\. Name every axis by a letter/,
    (x) => tf.einsum('bi,ij->bj', x, other()),
  ],
  'a spectrum': [
    (x) => tf.abs(tf.spectral.rfft(x)),
    /matrices of cosines and sines with tf\.matMul/,
    (x) => tf.sqrt(tf.add(tf.square(tf.matMul(x, waves(Math.cos))), tf.square(tf.matMul(x, waves(Math.sin))))),
  ],
  cropAndResize: [
    (x) => tf.image.cropAndResize(image(x), tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0], 'int32'), [2, 2]),
    /CropAndResize has no correct gradient.* tf\.slice and tf\.image\.resizeBilinear/,
    (x) => tf.image.resizeBilinear(tf.slice(image(x), [0, 0, 0, 0], [1, 3, 3, 1]), [2, 2], true),
  ],
  transform: [
    (x) => tf.image.transform(image(x), tf.tensor2d([[1, 0, 0, 0, 1, 0, 0, 0]])),
    /Transform.* matrix of interpolation weights with tf\.matMul/,
    (x) => tf.matMul(tf.eye(9), tf.reshape(x, [1, 9, 1])),
  ],
  rotateWithOffset: [
    (x) => tf.image.rotateWithOffset(image(x), 0.3),
    /RotateWithOffset.* matrix of interpolation weights with tf\.matMul/,
    (x) => tf.matMul(tf.eye(9), tf.reshape(x, [1, 9, 1])),
  ],
  multinomial: [
    (x) => tf.cast(tf.multinomial(x as tf.Tensor2D, 1, 3), 'float32'),
    /Multinomial.* Draw by Gumbel-max: tf\.argMax\(tf\.sub\(logits, tf\.log\(tf\.neg\(tf\.log\(scope\.uniform\(/,
    (logits, scope, seed) => {
      const gumbel = tf.sub(logits, tf.log(tf.neg(tf.log(scope.uniform(seed, 0, logits.shape)))));
      return tf.mul(tf.cast(tf.oneHot(tf.argMax(gumbel, -1), 3), 'float32'), logits);
    },
  ],
  'localResponseNormalization differentiated twice': [
    (x) => tf.localResponseNormalization(tf.reshape(x, [1, 1, 3, 3]) as tf.Tensor4D, 1),
    /LRN cannot be differentiated again\. Write x \/ \(bias \+ alpha · s\)\^beta/,
    (x) => tf.div(x, tf.pow(tf.add(1, tf.matMul(tf.square(x), bands())), 0.5)),
  ],
};

const modes = backends().flatMap((choice) =>
  (choice === 'tensorflow' ? (['compiled', 'eager'] as const) : (['eager'] as const)).map(
    (mode) => [choice, mode] as const,
  ),
);

describe.each(modes)('on %s, %s', (choice, mode) => {
  const call = async (operation: Instead): Promise<Float32Array> => {
    const loss = (scope: Scope, seed: tf.Tensor1D) => (x: tf.Tensor) =>
      tf.sum(tf.square(operation(x, scope, seed))) as tf.Scalar;
    const program: Program = {
      variables: [],
      functions: {
        penalty: {
          inputs: { x: { shape: [3, 3], dtype: 'float32' }, noise: { shape: [2], dtype: 'int32' } },
          body: (scope, { x, noise: seed }) => {
            const gradient = tf.grad(loss(scope, seed as tf.Tensor1D));
            return { twice: tf.grad((y: tf.Tensor) => tf.sum(tf.square(gradient(y))) as tf.Scalar)(x!) };
          },
        },
      },
    };
    const runner = (await openBackend({ choice })).createRunner(program, 1, { mode });
    try {
      const x = floats([3, 3], [0.2, -0.4, 0.9, 0.5, 1.3, -0.7, 0.3, 0.8, -1.2]);
      return runner.call('penalty', { x, noise: noise(1, 2) })['twice']!.data as Float32Array;
    } finally {
      runner.dispose();
    }
  };

  it.each(Object.keys(table))('%s is refused and says what to write instead, which works', async (key) => {
    const [refused, message, instead] = table[key]!;
    await expect(call(refused)).rejects.toThrow(message);
    const values = await call(instead);
    expect(values.some((value) => value !== 0) && values.every(Number.isFinite)).toBe(true);
  });
});
