import * as tf from '@tensorflow/tfjs-core';
import type { Case } from './cases';
import type { Formula, Input } from './support';

/**
 * What is known of the gradient of an operation that TensorFlow.js exports.
 * - `covered`: the case of `./cases.ts` that it stands in
 * - a case of its own, exact to second order
 * - `first`: exact once; differentiating it again is refused
 * - `refused`: differentiating it throws
 */
export type Known = { readonly covered: string } | Case | Once | Refused;
export interface Once extends Case {
  readonly first: true;
  /** A backend that refuses it. */
  readonly refusedOn?: 'wasm';
}
export interface Refused {
  readonly refused: Formula;
  readonly inputs: readonly Input[];
}

const matrix: Input = { shape: [3, 4] };
const positive: Input = { shape: [3, 4], from: 0.4, to: 2 };
const images: Input = { shape: [2, 5, 4, 3] };
const small: Input = { shape: [1, 3, 2, 2] };
const square: Input = { shape: [3, 3] };
const volume: Input = { shape: [1, 3, 2, 4, 2] };
const volumeFilter: Input = { shape: [2, 1, 2, 2, 1] };
const filter: Input = { shape: [3, 2, 3, 2] };

const covered = (name: string): Known => ({ covered: name });
const of = (formula: Formula, ...inputs: Input[]): Case => ({ formula, inputs });
const refused = (formula: Formula, ...inputs: Input[]): Refused => ({ refused: formula, inputs });
const once = (formula: Formula, ...inputs: Input[]): Once => ({
  formula,
  inputs,
  first: true,
});
const unary = (formula: (x: tf.Tensor) => tf.Tensor, input: Input = matrix) => of((x) => formula(x!), input);
const binary = (formula: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, a: Input = matrix, b: Input = matrix) =>
  of((x, y) => formula(x!, y!), a, b);
const asImages = (x: tf.Tensor) => tf.square(x) as tf.Tensor4D;
const bilinear =
  (size: [number, number], halfPixelCenters = true, alignCorners = false) =>
  (x: tf.Tensor) =>
    tf.image.resizeBilinear(asImages(x), size, alignCorners, halfPixelCenters);
const nearest =
  (size: [number, number], halfPixelCenters = true, alignCorners = false) =>
  (x: tf.Tensor) =>
    tf.image.resizeNearestNeighbor(asImages(x), size, alignCorners, halfPixelCenters);

/** More shapes of operations whose gradients depend on them. */
export const shapes: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    (
      [
        ['5 × 6 to 7 × 4', [1, 5, 6, 2], [7, 4]],
        ['3 × 2 to 6 × 4', [2, 3, 2, 1], [6, 4]],
        ['8 × 8 to 5 × 3', [1, 8, 8, 1], [5, 3]],
        ['8 × 8 to 16 × 16', [1, 8, 8, 1], [16, 16]],
        ['4 × 1 to 1 × 3', [1, 4, 1, 2], [1, 3]],
        ['a size kept', [1, 4, 3, 2], [4, 3]],
      ] as const
    ).flatMap(([title, shape, size]) => [
      [`resizeBilinear of half pixels, ${title}`, unary(bilinear([...size]), { shape: [...shape] })],
      [`resizeNearestNeighbor of half pixels, ${title}`, unary(nearest([...size]), { shape: [...shape] })],
      [`resizeBilinear of corners, ${title}`, unary(bilinear([...size], false, true), { shape: [...shape] })],
      [`resizeNearestNeighbor of corners, ${title}`, unary(nearest([...size], false, true), { shape: [...shape] })],
    ]),
  ),
  'softmaxCrossEntropy of labels and logits that depend on parameters': binary((a, b) =>
    tf.losses.softmaxCrossEntropy(tf.softmax(a), b),
  ),
  'softmaxCrossEntropy of smoothed labels, with weights': binary(
    (a, b) => tf.losses.softmaxCrossEntropy(tf.softmax(a), b, tf.tensor1d([0.5, 2, 1]), 0.2),
    matrix,
    matrix,
  ),
  'avgPool of stride 1': unary((x) => tf.avgPool(asImages(x), [2, 3], 1, 'valid'), images),
  'maxPool without padding': unary((x) => tf.maxPool(tf.exp(x) as tf.Tensor4D, 2, 2, 'valid'), images),
  'conv2dTranspose of stride 1': binary(
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [1, 4, 3, 2], 1, 'valid'),
    small,
    { shape: [2, 2, 2, 2] },
  ),
  'conv2d of one pixel': binary((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid'), images, {
    shape: [1, 1, 3, 4],
  }),
  'cumsum of three dimensions': unary((x) => tf.cumsum(tf.square(x), 1), { shape: [2, 3, 2] }),
  'max over two axes': unary((x) => tf.max(x, [0, 2]), { shape: [2, 3, 4] }),
  'gather of rows by a matrix': unary((x) => tf.gather(tf.square(x), tf.tensor2d([[0, 2], [1, 1]], [2, 2], 'int32'))), // prettier-ignore
  'matMul that broadcasts': binary((a, b) => tf.matMul(a, b), { shape: [2, 3, 4] }, { shape: [4, 2] }),
  'pow of tensors': binary((a, b) => tf.pow(a, b), positive, matrix),
  'tile of some axes': unary((x) => tf.tile(tf.square(x), [1, 2, 1, 3]), { shape: [2, 1, 2, 2] }),
  'max with ties over two axes': unary((x) => tf.max(tf.concat([tf.square(x), tf.square(x)], 2), [0, 2]), {
    shape: [2, 3, 2],
    from: 0.3,
    to: 2,
  }),
  'logSumExp over two axes': unary((x) => tf.logSumExp(tf.square(x), [0, 2]), { shape: [2, 3, 2] }),
  'bandPart of several matrices': unary((x) => tf.linalg.bandPart(tf.square(x), 0, 1), { shape: [2, 3, 3] }),
  'concat of three': unary((x) => tf.concat([x, tf.square(x), tf.exp(x)], 0)),
};

const gradientOfComplex: Formula = (x) => tf.real(tf.complex(x!, tf.zerosLike(x!)));
const segments = () => tf.tensor1d([0, 0, 1], 'int32');

/** Every operation that TensorFlow.js exports and that computes floats from floats. */
export const exported: Readonly<Record<string, Known>> = {
  ...Object.fromEntries(
    (
      'abs acos acosh add addN asin asinh atan atan2 atanh avgPool batchNorm broadcastTo cast clipByValue clone concat ' +
      'conv2d conv2dTranspose cos cosh cumsum depthwiseConv2d div dot einsum elu erf exp expm1 gather leakyRelu log ' +
      'log1p logSoftmax logSumExp matMul max maxPool maximum mean min minimum mod mul neg norm pad pow ' +
      'prelu prod reciprocal relu relu6 reshape reverse rsqrt selu sigmoid sin sinh slice softmax softplus split sqrt ' +
      'square squaredDifference stack sub sum tan tanh tile transpose unsortedSegmentSum unstack'
    )
      .split(' ')
      .map((name) => [name, covered(name)]),
  ),
  spaceToBatchND: covered('space to batch and back'),
  batchToSpaceND: covered('space to batch and back'),
  expandDims: covered('expandDims and squeeze'),
  squeeze: covered('expandDims and squeeze'),
  mirrorPad: covered('mirrorPad by reflection'),
  oneHot: covered('oneHot'),
  avgPool3d: once((x) => tf.avgPool3d(tf.square(x!) as tf.Tensor5D, 2, 1, 'valid'), { shape: [1, 2, 2, 3, 1] }),
  maxPool3d: once((x) => tf.maxPool3d(tf.exp(x!) as tf.Tensor5D, 2, 1, 'valid'), { shape: [1, 2, 2, 3, 1] }),
  conv3d: {
    ...once((x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'valid'), volume, volumeFilter),
    refusedOn: 'wasm',
  },
  conv3dTranspose: refused(
    (x, w) => tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, [1, 4, 2, 5, 2], 1, 'valid'),
    { shape: [1, 3, 2, 4, 1] },
    volumeFilter,
  ),
  logSigmoid: unary(tf.logSigmoid),
  localResponseNormalization: once((x) => tf.localResponseNormalization(tf.square(x!) as tf.Tensor4D, 1), small),
  dilation2d: refused(
    (x, w) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, 'valid'),
    { shape: [1, 4, 4, 1] },
    { shape: [2, 2, 1] },
  ),
  basicLSTMCell: of(
    (kernel, data, c, h) => {
      const bias = tf.tensor1d([0.1, -0.2, 0.3, 0, 0.2, 0.1, -0.1, 0.4]);
      const cell = tf.basicLSTMCell(
        tf.scalar(1),
        kernel as tf.Tensor2D,
        bias,
        data as tf.Tensor2D,
        c as tf.Tensor2D,
        h as tf.Tensor2D,
      );
      return tf.concat(cell, 1);
    },
    { shape: [5, 8] },
    { shape: [2, 3] },
    { shape: [2, 2] },
    { shape: [2, 2] },
  ),
  batchNorm2d: refused(
    (x, mean, variance) => tf.batchNorm2d(x as tf.Tensor2D, mean as tf.Tensor1D, tf.square(variance!) as tf.Tensor1D),
    matrix,
    { shape: [4] },
    { shape: [4], from: 0.6, to: 1.4 },
  ),
  batchNorm3d: refused(
    (x, mean, variance) => tf.batchNorm3d(x as tf.Tensor3D, mean as tf.Tensor1D, tf.square(variance!) as tf.Tensor1D),
    { shape: [2, 3, 2] },
    { shape: [2] },
    { shape: [2], from: 0.6, to: 1.4 },
  ),
  batchNorm4d: refused(
    (x, mean, variance) => tf.batchNorm4d(x as tf.Tensor4D, mean as tf.Tensor1D, tf.square(variance!) as tf.Tensor1D),
    small,
    { shape: [2] },
    { shape: [2], from: 0.6, to: 1.4 },
  ),
  complex: refused(gradientOfComplex, matrix),
  concat1d: binary(
    (a, b) => tf.concat1d([a as tf.Tensor1D, tf.square(b as tf.Tensor1D)]),
    { shape: [3] },
    { shape: [2] },
  ),
  concat2d: binary((a, b) => tf.concat2d([a as tf.Tensor2D, tf.square(b as tf.Tensor2D)], 0)),
  concat3d: binary(
    (a, b) => tf.concat3d([a as tf.Tensor3D, tf.square(b as tf.Tensor3D)], 2),
    { shape: [1, 2, 2] },
    { shape: [1, 2, 3] },
  ),
  concat4d: binary((a, b) => tf.concat4d([a as tf.Tensor4D, tf.square(b as tf.Tensor4D)], 1), small, small),
  conv1d: binary(
    (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same'),
    { shape: [2, 5, 2] },
    { shape: [3, 2, 2] },
  ),
  cumprod: refused((x) => tf.cumprod(x!, 1), positive),
  depthToSpace: refused((x) => tf.depthToSpace(x as tf.Tensor4D, 2, 'NHWC'), { shape: [1, 2, 2, 4] }),
  diag: covered('diag'),
  divNoNan: binary((a, b) => tf.divNoNan(a, b), matrix, positive),
  dropout: unary((x) => tf.dropout(tf.square(x), 0.4, undefined, 7)),
  ensureShape: unary((x) => tf.ensureShape(tf.square(x), [3, 4])),
  euclideanNorm: unary((x) => tf.euclideanNorm(x, 1)),
  fft: refused((x) => tf.real(tf.fft(tf.complex(x!, tf.zerosLike(x!)))), matrix),
  ifft: refused((x) => tf.real(tf.ifft(tf.complex(x!, tf.zerosLike(x!)))), matrix),
  rfft: refused((x) => tf.real(tf.rfft(x!)), matrix),
  irfft: refused((x) => tf.irfft(tf.complex(x!, tf.zerosLike(x!))), matrix),
  gatherND: refused((x) => tf.gatherND(x!, tf.tensor2d([[0, 1], [2, 3]], [2, 2], 'int32')), matrix), // prettier-ignore
  imag: refused((x) => tf.imag(tf.complex(x!, x!)), matrix),
  real: refused(gradientOfComplex, matrix),
  maxPoolWithArgmax: refused((x) => tf.maxPoolWithArgmax(x as tf.Tensor4D, 2, 2, 'valid')['result']!, images),
  meshgrid: binary((a, b) => tf.mul(...(tf.meshgrid(a, b) as [tf.Tensor, tf.Tensor])), { shape: [3] }, { shape: [2] }),
  moments: unary((x) => {
    const { mean, variance } = tf.moments(x, 0);
    return tf.concat([mean, variance]);
  }),
  movingAverage: binary((v, x) => tf.movingAverage(v, x, 0.9, undefined, false)),
  multiRNNCell: of(
    (data, c, h) => {
      const cell: tf.LSTMCellFunc = (input, state, hidden) => [
        tf.add(tf.mul(state, 0.5), tf.tanh(input)) as tf.Tensor2D,
        tf.tanh(tf.add(hidden, state)) as tf.Tensor2D,
      ];
      const [states, outputs] = tf.multiRNNCell(
        [cell, cell],
        data as tf.Tensor2D,
        [c, c] as tf.Tensor2D[],
        [h, h] as tf.Tensor2D[],
      );
      return tf.concat([...states, ...outputs] as tf.Tensor[], 1);
    },
    { shape: [2, 3] },
    { shape: [2, 3] },
    { shape: [2, 3] },
  ),
  onesLike: unary((x) => tf.mul(tf.onesLike(x), tf.square(x))),
  zerosLike: unary((x) => tf.add(tf.zerosLike(x), tf.square(x))),
  outerProduct: binary((a, b) => tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D), { shape: [3] }, { shape: [2] }),
  pad1d: unary((x) => tf.pad1d(tf.square(x as tf.Tensor1D), [1, 2]), { shape: [3] }),
  pad2d: unary((x) => tf.pad2d(tf.square(x) as tf.Tensor2D, [[1, 0], [0, 1]])), // prettier-ignore
  pad3d: unary((x) => tf.pad3d(tf.square(x) as tf.Tensor3D, [[1, 0], [0, 1], [0, 0]]), { shape: [1, 2, 2] }), // prettier-ignore
  pad4d: unary((x) => tf.pad4d(asImages(x), [[0, 0], [1, 0], [0, 1], [0, 0]]), small), // prettier-ignore
  pool: unary((x) => tf.pool(asImages(x), 2, 'avg', 'valid', undefined, 1), images),
  reverse1d: unary((x) => tf.reverse1d(tf.square(x as tf.Tensor1D)), { shape: [4] }),
  reverse2d: unary((x) => tf.reverse2d(tf.square(x) as tf.Tensor2D, 1)),
  reverse3d: unary((x) => tf.reverse3d(tf.square(x) as tf.Tensor3D, 0), { shape: [2, 2, 2] }),
  reverse4d: unary((x) => tf.reverse4d(asImages(x), [1, 2]), small),
  scatterND: refused((x) => tf.scatterND(tf.tensor2d([[0], [2], [4]], [3, 1], 'int32'), x!, [5, 4]), matrix), // prettier-ignore
  separableConv2d: of(
    (x, depth, point) => tf.separableConv2d(x as tf.Tensor4D, depth as tf.Tensor4D, point as tf.Tensor4D, 1, 'same'),
    images,
    { shape: [2, 2, 3, 1] },
    { shape: [1, 1, 3, 2] },
  ),
  slice1d: unary((x) => tf.slice1d(tf.square(x as tf.Tensor1D), 1, 2), { shape: [4] }),
  slice2d: unary((x) => tf.slice2d(tf.square(x) as tf.Tensor2D, [1, 1], [2, 2])),
  slice3d: unary((x) => tf.slice3d(tf.square(x) as tf.Tensor3D, [0, 1, 0], [2, 1, 2]), { shape: [2, 2, 2] }),
  slice4d: unary((x) => tf.slice4d(asImages(x), [0, 1, 0, 0], [1, 2, 2, 1]), small),
  sparseToDense: refused((x) => tf.sparseToDense(tf.tensor1d([0, 2, 3], 'int32'), x as tf.Tensor1D, [5]), {
    shape: [3],
  }),
  stridedSlice: refused((x) => tf.stridedSlice(x!, [0, 0], [3, 4], [2, 2]), matrix),
  tensorScatterUpdate: refused((x) => tf.tensorScatterUpdate(x!, tf.tensor2d([[0]], [1, 1], 'int32'), tf.ones([1, 4])), matrix), // prettier-ignore
  topk: refused((x) => tf.topk(x!, 2).values, matrix),
  where: binary((a, b) => tf.where(tf.greater(a, 0), tf.square(a), b)),
  'image.flipLeftRight': covered('flipLeftRight'),
  'image.grayscaleToRGB': unary((x) => tf.image.grayscaleToRGB(tf.square(x) as tf.Tensor3D), { shape: [2, 3, 1] }),
  'image.rgbToGrayscale': unary((x) => tf.image.rgbToGrayscale(asImages(x)), images),
  'image.resizeNearestNeighbor': covered('resizeNearestNeighbor'),
  'image.resizeBilinear': covered('resizeBilinear'),
  'image.rotateWithOffset': refused((x) => tf.image.rotateWithOffset(x as tf.Tensor4D, 0.3), images),
  'image.cropAndResize': refused(
    (x) => tf.image.cropAndResize(x as tf.Tensor4D, tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0], 'int32'), [2, 2]),
    images,
  ),
  'image.transform': refused(
    (x) => tf.image.transform(x as tf.Tensor4D, tf.tensor2d([[1, 0, 0, 0, 1, 0, 0, 0]]), 'nearest'),
    { shape: [1, 4, 4, 1] },
  ),
  'linalg.bandPart': unary((x) => tf.linalg.bandPart(tf.square(x), 1, 0), square),
  'linalg.gramSchmidt': of((x) => tf.linalg.gramSchmidt(tf.add(x!, tf.eye(3)) as tf.Tensor2D) as tf.Tensor, {
    ...square,
    from: -0.3,
    to: 0.3,
  }),
  'linalg.qr': of((x) => tf.linalg.qr(tf.add(x!, tf.mul(tf.eye(3), 2)))[1], { ...square, from: -0.3, to: 0.3 }),
  'losses.absoluteDifference': binary((a, b) => tf.losses.absoluteDifference(a, tf.add(b, 3))),
  'losses.computeWeightedLoss': binary((a, b) => tf.losses.computeWeightedLoss(tf.square(a), b), matrix, positive),
  'losses.cosineDistance': binary((a, b) => tf.losses.cosineDistance(a, b, 1)),
  'losses.hingeLoss': unary((x) => tf.losses.hingeLoss(tf.tensor1d([0, 1, 1, 0]), x), {
    shape: [4],
    values: [-0.3, 0.4, 1.6, 0.2],
  }),
  'losses.huberLoss': unary((x) => tf.losses.huberLoss(tf.tensor1d([0, 1, 0, 0]), x), {
    shape: [4],
    values: [-0.3, 0.4, 1.6, 2.2],
  }),
  'losses.logLoss': unary((x) => tf.losses.logLoss(tf.tensor1d([0, 1, 1, 0]), x), { shape: [4], from: 0.2, to: 0.8 }),
  'losses.meanSquaredError': binary((a, b) => tf.losses.meanSquaredError(a, b)),
  'losses.sigmoidCrossEntropy': unary((x) => tf.losses.sigmoidCrossEntropy(tf.tensor1d([0, 1, 1, 0]), x), {
    shape: [4],
    from: -2,
    to: 2,
  }),
  'losses.softmaxCrossEntropy': binary((a, b) => tf.losses.softmaxCrossEntropy(a, b)),
  'signal.frame': unary((x) => tf.signal.frame(tf.square(x) as tf.Tensor1D, 3, 2), { shape: [7] }),
  'signal.stft': refused((x) => tf.real(tf.signal.stft(x as tf.Tensor1D, 4, 2)), { shape: [8] }),
  'fused.conv2d': binary(
    (x, w) =>
      tf.fused.conv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 1, pad: 'same', activation: 'relu6' }),
    { ...images, from: 0.1, to: 0.6 },
    { ...filter, from: 0.05, to: 0.3 },
  ),
  'fused.depthwiseConv2d': binary(
    (x, w) => tf.fused.depthwiseConv2d({ x: x as tf.Tensor4D, filter: w as tf.Tensor4D, strides: 1, pad: 'same' }),
    images,
    filter,
  ),
  'fused.matMul': binary((a, b) => tf.fused.matMul({ a, b, activation: 'sigmoid' }), matrix, { shape: [4, 2] }),
  'sparse.sparseSegmentMean': refused(
    (x) => tf.sparse.sparseSegmentMean(x as tf.Tensor2D, tf.tensor1d([0, 1, 2], 'int32'), segments()),
    matrix,
  ),
  'sparse.sparseSegmentSum': refused(
    (x) => tf.sparse.sparseSegmentSum(x as tf.Tensor2D, tf.tensor1d([0, 1, 2], 'int32'), segments()),
    matrix,
  ),
};

/**
 * Constant almost everywhere, made of whole numbers or truth values, or made of no tensor at all: there is nothing to
 * differentiate.
 */
export const constant = new Set(
  (
    'all any argMax argMin bincount bitwiseAnd broadcastArgs ceil denseBincount equal floor floorDiv greater greaterEqual ' +
    'isFinite isInf isNaN less lessEqual logicalAnd logicalNot logicalOr logicalXor lowerBound upperBound notEqual round ' +
    'searchSorted sign step unique setdiff1dAsync whereAsync booleanMaskAsync inTopKAsync multinomial ' +
    'buffer cosineWindow eye fill linspace ones zeros range scalar tensor tensor1d tensor2d tensor3d tensor4d tensor5d tensor6d ' +
    'variable rand randomGamma randomNormal randomStandardNormal randomUniform randomUniformInt truncatedNormal print ' +
    'raggedGather raggedRange raggedTensorToTensor enclosingPowerOfTwo ' +
    'image.nonMaxSuppression image.nonMaxSuppressionAsync image.nonMaxSuppressionWithScore image.nonMaxSuppressionPadded ' +
    'image.nonMaxSuppressionWithScoreAsync image.nonMaxSuppressionPaddedAsync image.threshold ' +
    'signal.hammingWindow signal.hannWindow sparse.sparseFillEmptyRows sparse.sparseReshape ' +
    'string.stringNGrams string.stringSplit string.stringToHashBucketFast string.staticRegexReplace'
  ).split(' '),
);

/** The library's own machinery. */
export const machinery = new Set(
  (
    'backend copyRegisteredKernels customGrad deprecationWarn disableDeprecationWarnings dispose disposeVariables enableDebugMode ' +
    'enableProdMode engine env findBackend findBackendFactory getBackend getGradient getKernel getKernelsForBackend grad grads ' +
    'keep memory nextFrame op profile ready registerBackend registerGradient registerKernel removeBackend setBackend setPlatform ' +
    'sumOutType tidy time train unregisterGradient unregisterKernel upcastType valueAndGrad valueAndGrads variableGrads'
  ).split(' '),
);
