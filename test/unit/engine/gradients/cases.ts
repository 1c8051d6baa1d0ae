import * as tf from '@tensorflow/tfjs-core';
import {
  addBias,
  batchNormalization,
  clipByGlobalNorm,
  instanceNormalization,
  layerNormalization,
  normalizeBatch,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
} from '../../../../src/engine/ops';
import type { Formula, Input } from './support';

export interface Case {
  readonly formula: Formula;
  readonly inputs: readonly Input[];
  /** Step of the finite differences; smaller near kinks and poles. */
  readonly step?: number;
}

const matrix: Input = { shape: [3, 4] };
const positive: Input = { shape: [3, 4], from: 0.4, to: 2 };
/** Far from zero on both sides, for kinks there. */
const twoSided: Input = { shape: [6], values: [-1.7, -0.9, -0.4, 0.5, 1.1, 1.9] };
const images: Input = { shape: [2, 5, 4, 3] };
const filter: Input = { shape: [3, 2, 3, 2] };

function unary(formula: (x: tf.Tensor) => tf.Tensor, input: Input = matrix, step?: number): Case {
  return { formula: (x) => formula(x!), inputs: [input], ...(step !== undefined && { step }) };
}

function binary(formula: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, a: Input = matrix, b: Input = matrix): Case {
  return { formula: (x, y) => formula(x!, y!), inputs: [a, b] };
}

const inside: Input = { shape: [3, 4], from: -0.6, to: 0.6 };

export const cases: Readonly<Record<string, Case>> = {
  add: binary(tf.add, matrix, { shape: [4] }),
  'add of a tensor to itself': unary((x) => tf.add(tf.square(x), tf.add(x, x))),
  addN: binary((a, b) => tf.addN([a, tf.square(b), a])),
  sub: binary(tf.sub, { shape: [4] }, matrix),
  mul: binary(tf.mul, matrix, { shape: [3, 1] }),
  div: binary(tf.div, { shape: [4] }, positive),
  pow: binary(tf.pow, positive, { shape: [4], from: 0.5, to: 2 }),
  'pow to a number': unary((x) => tf.pow(x, 3)),
  mod: binary(tf.mod, positive, { shape: [4], values: [5, 5.5, 6, 7] }),
  atan2: binary(tf.atan2, positive, { shape: [4], from: 0.5, to: 2 }),
  squaredDifference: binary(tf.squaredDifference, { shape: [4] }, matrix),
  maximum: binary(tf.maximum, twoSided, { shape: [1], values: [0] }),
  minimum: binary(tf.minimum, { shape: [2, 1], values: [-0.65, 0.8] }, twoSided),
  square: unary(tf.square),
  sqrt: unary(tf.sqrt, positive),
  rsqrt: unary(tf.rsqrt, positive),
  reciprocal: unary(tf.reciprocal, positive),
  exp: unary(tf.exp),
  expm1: unary(tf.expm1),
  log: unary(tf.log, positive),
  log1p: unary(tf.log1p, positive),
  neg: unary(tf.neg),
  abs: unary(tf.abs, twoSided),
  sin: unary(tf.sin),
  cos: unary(tf.cos),
  tan: unary(tf.tan, inside),
  asin: unary(tf.asin, inside),
  acos: unary(tf.acos, inside),
  atan: unary(tf.atan),
  sinh: unary(tf.sinh),
  cosh: unary(tf.cosh),
  asinh: unary(tf.asinh),
  acosh: unary(tf.acosh, { shape: [3, 4], from: 1.5, to: 3 }),
  atanh: unary(tf.atanh, inside),
  erf: unary(tf.erf),
  sigmoid: unary(tf.sigmoid, { shape: [3, 4], from: -3, to: 3 }),
  tanh: unary(tf.tanh, { shape: [3, 4], from: -2, to: 2 }),
  softplus: unary(tf.softplus, { shape: [3, 4], from: -3, to: 3 }),
  relu: unary(tf.relu, twoSided),
  relu6: unary(tf.relu6, { shape: [6], values: [-2, -0.5, 0.5, 3, 5.5, 7] }),
  leakyRelu: unary((x) => tf.leakyRelu(x, 0.1), twoSided),
  'leakyRelu of negative slope': unary((x) => tf.leakyRelu(x, -0.3), twoSided),
  prelu: binary(tf.prelu, { ...twoSided, shape: [2, 3] }, { shape: [3], from: 0.1, to: 0.4 }),
  elu: unary(tf.elu, twoSided),
  selu: unary(tf.selu, twoSided),
  swish: unary((x) => tf.mul(x, tf.sigmoid(x))),
  gelu: unary((x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))),
  clipByValue: unary((x) => tf.clipByValue(x, -0.65, 0.8), twoSided),
  where: binary(
    (a, b) => tf.where(tf.logicalAnd(tf.greater(a, 0), tf.logicalNot(tf.less(b, -1))), tf.square(a), tf.mul(a, b)),
    twoSided,
    { ...twoSided, values: [0.4, -1.6, 1.8, 0.9, -0.5, -1.3] },
  ),
  comparisons: binary(
    (a, b) => {
      const either = tf.logicalOr(tf.greaterEqual(a, b), tf.lessEqual(a, tf.mul(b, 0.1)));
      const masks = [either, tf.equal(a, b), tf.notEqual(a, b)].map((mask) => tf.cast(mask, 'float32'));
      return tf.mul(tf.square(a), tf.addN(masks));
    },
    twoSided,
    { ...twoSided, values: [0.4, -1.6, 1.8, 0.9, -0.5, -1.3] },
  ),
  'steps and roundings': unary(
    (x) => {
      const roundings = [tf.step(x), tf.sign(x), tf.floor(x), tf.ceil(x), tf.round(x), tf.floorDiv(x, tf.mul(x, 0.3))];
      const tests = [tf.isNaN(x), tf.isInf(x), tf.isFinite(x), tf.cast(x, 'int32')];
      const jumps = [...roundings, ...tests].map((jump) => tf.cast(jump, 'float32'));
      return tf.mul(tf.square(x), tf.addN([...jumps, tf.onesLike(x), tf.zerosLike(x)]));
    },
    { shape: [6], values: [-1.7, -0.8, -0.3, 0.35, 1.15, 1.8] },
  ),
  'positions of extremes': unary((x) =>
    tf.mul(tf.square(x), tf.cast(tf.add(tf.argMax(x, 1), tf.argMin(x, 1)), 'float32').reshape([3, 1])),
  ),
  softmax: unary((x) => tf.softmax(x)),
  logSoftmax: unary((x) => tf.logSoftmax(x)),
  'fused convolution': binary(
    (x, w) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: w as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias: tf.tensor1d([0.1, 0.2]),
      }),
    images,
    filter,
  ),
  logSumExp: unary((x) => tf.logSumExp(x, 1)),
  sum: unary((x) => tf.sum(tf.square(x), 0)),
  'sum of everything': unary((x) => tf.sum(tf.square(x))),
  mean: unary((x) => tf.mean(tf.square(x), [0, 1], true)),
  max: unary((x) => tf.max(tf.square(x), 1), positive),
  min: unary((x) => tf.min(tf.square(x), 0, true), positive),
  prod: unary((x) => tf.prod(x, 1), positive),
  'prod over several axes': unary((x) => tf.prod(x, [0, 2]), { shape: [2, 3, 2], from: 0.5, to: 1.5 }),
  norm: unary((x) => tf.norm(x, 2, 1)),
  cumsum: unary((x) => tf.cumsum(tf.square(x), 0, true)),
  'cumsum from the end': unary((x) => tf.cumsum(tf.square(x), 1, false, true)),
  matMul: binary((a, b) => tf.matMul(a, b), matrix, { shape: [4, 2] }),
  'matMul of a transpose': binary((a, b) => tf.matMul(a, b, true, false), matrix, { shape: [3, 2] }),
  'matMul by a transpose': binary((a, b) => tf.matMul(a, b, false, true), matrix, { shape: [2, 4] }),
  'matMul of two transposes': binary((a, b) => tf.matMul(a, b, true, true), matrix, { shape: [2, 3] }),
  'batched matMul': binary((a, b) => tf.matMul(a, b), { shape: [2, 3, 4] }, { shape: [2, 4, 2] }),
  dot: binary((a, b) => tf.dot(a, b), matrix, { shape: [4] }),
  einsum: binary((a, b) => tf.einsum('bij,jk->bik', a, b), { shape: [2, 3, 4] }, { shape: [4, 2] }),
  'einsum of attention': binary(
    (a, b) => tf.einsum('bthd,bshd->bhts', a, b),
    { shape: [2, 3, 2, 2] },
    { shape: [2, 4, 2, 2] },
  ),
  'einsum with a sum of its own': binary((a, b) => tf.einsum('ij,jk->j', a, b), matrix, { shape: [4, 2] }),
  conv2d: binary((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), images, filter),
  'conv2d of stride 2': binary((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'), images, filter),
  'conv2d without padding': binary(
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [2, 1], 'valid'),
    images,
    filter,
  ),
  conv2dTranspose: binary(
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 5, 4, 3], 2, 'same'),
    { shape: [2, 3, 2, 2] },
    { shape: [3, 2, 3, 2] },
  ),
  depthwiseConv2d: binary((x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), images, filter),
  'depthwiseConv2d of stride 2': binary(
    (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'valid'),
    images,
    filter,
  ),
  avgPool: unary((x) => tf.avgPool(tf.square(x) as tf.Tensor4D, 2, 2, 'same'), images),
  maxPool: unary(
    (x) => tf.maxPool(tf.mul(x, tf.abs(x)) as tf.Tensor4D, [3, 2], [2, 1], 'same'),
    { ...images, from: -3, to: 3 },
    4e-3,
  ),
  resizeNearestNeighbor: unary((x) => tf.image.resizeNearestNeighbor(tf.square(x) as tf.Tensor4D, [10, 8]), images),
  resizeBilinear: unary((x) => tf.image.resizeBilinear(tf.square(x) as tf.Tensor4D, [7, 9]), images),
  diag: unary((x) => tf.diag(tf.square(x)), { shape: [4] }),
  reshape: unary((x) => tf.reshape(tf.square(x), [2, 6])),
  transpose: unary((x) => tf.transpose(tf.square(x))),
  'expandDims and squeeze': unary((x) => tf.squeeze(tf.expandDims(tf.square(x), 1), [1])),
  concat: binary((a, b) => tf.concat([tf.square(a), b, tf.mul(a, b)], 1)),
  split: unary((x) => {
    const [a, b] = tf.split(x, [1, 3], 1);
    return tf.mul(tf.square(a!), b!);
  }),
  'split of which one part is used': unary((x) => tf.square(tf.split(x, 2, 1)[1]!)),
  stack: binary((a, b) => tf.stack([tf.square(a), tf.mul(a, b)], 1)),
  unstack: unary((x) => {
    const [a, b, c] = tf.unstack(x);
    return tf.mul(tf.square(a!), tf.mul(b!, c!));
  }),
  'unstack of a single part': unary((x) => tf.square(tf.unstack(tf.square(x))[0]!), { shape: [1, 4] }),
  'split into a single part': unary((x) => tf.square(tf.split(tf.square(x), 1, 1)[0]!)),
  flipLeftRight: unary((x) => tf.image.flipLeftRight(tf.square(x) as tf.Tensor4D), images),
  slice: unary((x) => tf.slice(tf.square(x), [1, 0], [2, 3])),
  pad: unary((x) => tf.pad(tf.square(x), [[1, 0], [0, 2]])), // prettier-ignore
  'mirrorPad by reflection': unary((x) => tf.mirrorPad(tf.square(x), [[2, 1], [1, 3]], 'reflect')), // prettier-ignore
  'symmetric mirrorPad': unary((x) => tf.mirrorPad(tf.square(x), [[2, 1], [1, 3]], 'symmetric')), // prettier-ignore
  tile: unary((x) => tf.tile(tf.square(x), [2, 3])),
  broadcastTo: unary((x) => tf.broadcastTo(tf.square(x), [2, 3, 4])),
  gather: unary((x) => tf.gather(tf.square(x), tf.tensor1d([2, 0, 2, 1], 'int32'))),
  'gather along the last axis': unary((x) => tf.gather(tf.square(x), tf.tensor1d([3, 3, 0], 'int32'), 1)),
  unsortedSegmentSum: unary((x) => tf.unsortedSegmentSum(tf.square(x), tf.tensor1d([1, 0, 1], 'int32'), 2)),
  oneHot: unary((x) => {
    const best = tf.argMax(x, 1) as tf.Tensor1D;
    return tf.mul(tf.square(x), tf.cast(tf.oneHot(best, 4), 'float32'));
  }),
  reverse: unary((x) => tf.reverse(tf.square(x), 1)),
  cast: unary((x) => tf.cast(tf.square(x), 'float32')),
  clone: unary((x) => tf.clone(tf.square(x))),
  'space to batch and back': unary(
    (x) => {
      const blocks = tf.spaceToBatchND(tf.square(x), [2, 2], [[0, 1], [0, 0]]); // prettier-ignore
      return tf.batchToSpaceND(tf.square(blocks), [2, 2], [[0, 0], [1, 0]]); // prettier-ignore
    },
    { shape: [2, 5, 4, 1] },
  ),
  batchNorm: {
    formula: (x, mean, variance, scale, offset) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        tf.square(variance!) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
    inputs: [images, { shape: [3] }, { shape: [3], from: 0.6, to: 1.4 }, { shape: [3] }, { shape: [3] }],
  },
  normalizeBatch: {
    formula: (x, mean, variance, scale, offset) => {
      const statistics = { mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
      return normalizeBatch(x!, statistics, scale as tf.Tensor1D, offset as tf.Tensor1D);
    },
    inputs: [matrix, { shape: [4] }, { shape: [4], from: 0.6, to: 1.4 }, { shape: [4] }, { shape: [4] }],
  },
  batchNormalization: {
    formula: (x, scale, offset) => batchNormalization(x!, scale as tf.Tensor1D, offset as tf.Tensor1D).output,
    inputs: [images, { shape: [3], from: 0.5, to: 1.5 }, { shape: [3] }],
  },
  'batchNormalization of vectors': {
    formula: (x, scale, offset) => batchNormalization(x!, scale as tf.Tensor1D, offset as tf.Tensor1D, 0.1).output,
    inputs: [{ shape: [5, 3] }, { shape: [3], from: 0.5, to: 1.5 }, { shape: [3] }],
  },
  layerNormalization: {
    formula: (x, scale, offset) => layerNormalization(x!, scale as tf.Tensor1D, offset as tf.Tensor1D),
    inputs: [matrix, { shape: [4], from: 0.5, to: 1.5 }, { shape: [4] }],
  },
  instanceNormalization: {
    formula: (x, scale, offset) => instanceNormalization(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D),
    inputs: [images, { shape: [3], from: 0.5, to: 1.5 }, { shape: [3] }],
  },
  addBias: binary((x, bias) => addBias(tf.square(x), bias as tf.Tensor1D), images, { shape: [3] }),
  'addBias of vectors': binary((x, bias) => addBias(x, tf.square(bias) as tf.Tensor1D), matrix, { shape: [4] }),
  sigmoidCrossEntropy: unary((x) => sigmoidCrossEntropy(tf.tensor1d([0, 1, 0.3, 0.8]), x), {
    shape: [3, 4],
    from: -3,
    to: 3,
  }),
  'sigmoidCrossEntropy of broadcast logits': unary((x) => sigmoidCrossEntropy(tf.tensor2d([[0], [1], [0.3]]), x), {
    shape: [4],
  }),
  'softmaxCrossEntropy with labels that are computed': binary((a, x) =>
    softmaxCrossEntropy(tf.softmax(a) as tf.Tensor2D, x as tf.Tensor2D),
  ),
  'sigmoidCrossEntropy with labels that are computed': binary(
    (a, x) => sigmoidCrossEntropy(tf.sigmoid(a), x),
    { shape: [4] },
    { shape: [3, 4], from: -3, to: 3 },
  ),
  softmaxCrossEntropy: unary((x) => {
    const labels = tf.tensor2d([[0, 0.5, 0.25, 0.25], [1, 0, 0, 0], [0.1, 0.2, 0.3, 0.4]]); // prettier-ignore
    return softmaxCrossEntropy(labels, x as tf.Tensor2D);
  }),
  sparseSoftmaxCrossEntropy: unary((x) => sparseSoftmaxCrossEntropy(tf.tensor1d([3, 0, 2], 'int32'), x as tf.Tensor2D)),
  clipByGlobalNorm: binary((a, b) => tf.addN(clipByGlobalNorm([a, tf.square(b)], 0.7).gradients)),
};
