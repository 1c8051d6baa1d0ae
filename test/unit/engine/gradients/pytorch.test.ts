import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  batchNormalization,
  layerNormalization,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from '../../../../src/engine/ops';
import { everyBackend, use, type Formula } from './support';

/** What `golden/operations.py` has computed with PyTorch in double precision, and how. */
interface Golden {
  readonly inputs: readonly { readonly shape: number[]; readonly scale: number; readonly offset: number }[];
  readonly output: readonly number[];
  /** Of all inputs, one after another. */
  readonly gradients: readonly number[];
  readonly secondGradients: readonly number[];
}

const file = path.join(import.meta.dirname, 'golden', 'operations.json');
const golden = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Golden>>;

const images = (formula: (x: tf.Tensor4D) => tf.Tensor): Formula => (x) => formula(x as tf.Tensor4D); // prettier-ignore
const filtered = (formula: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor): Formula => (x, w) => formula(x as tf.Tensor4D, w as tf.Tensor4D); // prettier-ignore

const formulas: Readonly<Record<string, Formula>> = {
  mul: (a, b) => tf.mul(a!, b!),
  div: (a, b) => tf.div(a!, b!),
  pow: (a, b) => tf.pow(a!, b!),
  maximum: (a, b) => tf.maximum(a!, b!),
  exp: (x) => tf.exp(x!),
  log: (x) => tf.log(x!),
  rsqrt: (x) => tf.rsqrt(x!),
  sigmoid: (x) => tf.sigmoid(x!),
  tanh: (x) => tf.tanh(x!),
  softplus: (x) => tf.softplus(x!),
  elu: (x) => tf.elu(x!),
  gelu: (x) => tf.mul(tf.mul(x!, 0.5), tf.add(tf.erf(tf.mul(x!, Math.SQRT1_2)), 1)),
  leakyRelu: (x) => tf.leakyRelu(x!, 0.2),
  clipByValue: (x) => tf.clipByValue(x!, -0.5, 0.6),
  where: (x, y) => tf.where(tf.greater(x!, 0), tf.mul(x!, y!), tf.mul(y!, y!)),
  softmax: (x) => tf.softmax(x!),
  logSoftmax: (x) => tf.logSoftmax(x!),
  logSumExp: (x) => tf.logSumExp(x!, 0),
  mean: (x) => tf.mean(tf.square(x!), 1),
  prod: (x) => tf.prod(x!, 1),
  max: (x) => tf.max(x!, 1),
  norm: (x) => tf.norm(x!, 2, 1),
  cumsum: (x) => tf.cumsum(tf.square(x!), 1),
  matMul: (a, b) => tf.matMul(a!, b!),
  'batched matMul': (a, b) => tf.matMul(a!, b!),
  einsum: (a, b) => tf.einsum('bthd,bshd->bhts', a!, b!),
  conv2d: filtered((x, w) => tf.conv2d(x, w, 1, 'same')),
  'conv2d of stride 2': filtered((x, w) => tf.conv2d(x, w, 2, 'valid')),
  conv2dTranspose: filtered((x, w) => tf.conv2dTranspose(x, w, [2, 4, 4, 3], 2, 'same')),
  avgPool: images((x) => tf.avgPool(tf.square(x), 2, 2, 'valid')),
  maxPool: images((x) => tf.maxPool(tf.mul(tf.square(x), x), 2, 2, 'valid')),
  resizeBilinear: images((x) => tf.image.resizeBilinear(tf.square(x), [7, 6], true)),
  gather: (x) => tf.gather(tf.square(x!), tf.tensor1d([2, 0, 2, 1], 'int32')),
  tile: (x) => tf.tile(tf.square(x!), [2, 3]),
  concat: (a, b) => tf.concat([tf.square(a!), tf.mul(a!, b!)], 1),
  mirrorPad: (x) => tf.mirrorPad(tf.square(x!), [[0, 0], [1, 2]], 'reflect'), // prettier-ignore
  layerNormalization: (x, scale, offset) => layerNormalization(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-3),
  batchNormalization: (x, scale, offset) =>
    batchNormalization(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-3).output,
  softmaxCrossEntropy: (a, x) => softmaxCrossEntropy(tf.softmax(a as tf.Tensor2D), x as tf.Tensor2D),
  sigmoidCrossEntropy: (a, x) => sigmoidCrossEntropy(tf.sigmoid(a!), x!),
};

function values(shape: number[], stream: number, scale: number, offset: number): tf.Tensor {
  const count = shape.reduce((product, length) => product * length, 1);
  const numbers = Array.from(
    { length: count },
    (_, index) => offset + scale * Math.sin(0.7 * index * (1 + 0.13 * stream) + stream),
  );
  return tf.tensor(numbers, shape);
}

/** Σ w y + ¼ Σ y² for fixed weights w, as in `golden/operations.py` */
function lossOf(y: tf.Tensor): tf.Scalar {
  return tf.add(tf.sum(tf.mul(values(y.shape, 9, 0.5, 1), y)), tf.mul(tf.sum(tf.square(y)), 0.25));
}

function gradientsOf(formula: Formula, inputs: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...xs: tf.Tensor[]) => lossOf(formula(...xs)))(inputs);
}

function penaltyOf(formula: Formula, inputs: tf.Tensor[]): tf.Scalar {
  return tf.mul(tf.addN(gradientsOf(formula, inputs).map((gradient) => tf.sum(tf.square(gradient)))), 0.5);
}

function expectNear(what: string, actual: readonly tf.Tensor[], expected: readonly number[], tolerance: number): void {
  const found = actual.flatMap((tensor) => [...tensor.dataSync()]);
  const size = Math.max(1, ...expected.map(Math.abs));
  expect(found.length, what).toBe(expected.length);
  for (const [index, wanted] of expected.entries()) {
    const place = `${what}, entry ${index}: ${found[index]} for ${wanted}`;
    expect(Math.abs(found[index]! - wanted), place).toBeLessThan(tolerance * size);
  }
}

it('every operation of the comparison has its formula here', () => {
  expect(Object.keys(formulas)).toEqual(Object.keys(golden));
});

describe.each(everyBackend)('on %s', (name) => {
  it.each(Object.keys(golden))('%s and its gradients of both orders are PyTorch’s', async (operation) => {
    await use(name);
    const { inputs, output, gradients, secondGradients } = golden[operation]!;
    const formula = formulas[operation]!;
    tf.tidy(() => {
      const xs = inputs.map(({ shape, scale, offset }, place) => values(shape, 1 + place, scale, offset));
      expectNear('output', [formula(...xs)], output, 1e-5);
      expectNear('gradient', gradientsOf(formula, xs), gradients, 2e-5);
      const second = tf.grads((...at: tf.Tensor[]) => penaltyOf(formula, at))(xs);
      expectNear('gradient of the gradient', second, secondGradients, 1e-4);
    });
  });
});
