import * as tf from '@tensorflow/tfjs-core';
import * as names from '../ops/kernels/names';

export type Shaped = Pick<tf.TensorInfo, 'shape' | 'dtype'>;
type Inputs = readonly tf.TensorInfo[];

/** What a kernel makes of inputs in the order of its definition, by shapes and types alone. */
export type Rule = (inputs: Inputs, attributes: never) => Shaped | readonly Shaped[];

const { computeConv2DInfo, computePool2DInfo, convertConv2DDataFormat } = tf.backend_util;

const shaped = (shape: readonly number[], dtype: tf.DataType = 'float32'): Shaped => ({ shape: [...shape], dtype });
const like =
  (index: number): Rule =>
  (inputs) =>
    inputs[index]!;
const withShape = ([x]: Inputs, shape: readonly number[]): Shaped => shaped(shape, x!.dtype);
const asAttribute =
  (name: 'inputShape' | 'filterShape' | 'shape'): Rule =>
  (inputs, attributes) =>
    withShape(inputs, attributes[name]);
const rulesOf = (kernels: readonly string[], rule: Rule) => Object.fromEntries(kernels.map((name) => [name, rule]));
const positive = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);
const replaced = (shape: readonly number[], axis: number, length: number) => shape.with(axis, length);

const broadcast: Rule = ([a, b]) =>
  shaped(
    tf.broadcast_util.assertAndGetBroadcastShape(a!.shape, b!.shape),
    tf.backend_util.upcastType(a!.dtype, b!.dtype),
  );
const comparison: Rule = ([a, b]) => shaped(tf.broadcast_util.assertAndGetBroadcastShape(a!.shape, b!.shape), 'bool');
const test: Rule = ([x]) => shaped(x!.shape, 'bool');

interface Reduction {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}
const reduced: Rule = ([x], { axis, reductionIndices, keepDims }: Reduction) => {
  const axes = tf.util.parseAxisParam((axis ?? reductionIndices)!, x!.shape);
  const [kept] = tf.backend_util.computeOutAndReduceShapes(x!.shape, axes);
  return shaped(keepDims ? tf.backend_util.expandShapeToKeepDim(kept, axes) : kept, x!.dtype);
};
const position: Rule = ([x], { axis }: tf.ArgMaxAttrs) =>
  shaped(x!.shape.toSpliced(positive(axis, x!.shape.length), 1), 'int32');

const product: Rule = ([a, b], { transposeA, transposeB }: tf.BatchMatMulAttrs) => {
  const [inner, other] = [a!.shape.at(transposeA ? -2 : -1)!, b!.shape.at(transposeB ? -1 : -2)!];
  if (inner !== other) throw new TypeError(`[${a!.shape.join()}] and [${b!.shape.join()}] cannot be multiplied.`);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
  return shaped([...batch, a!.shape.at(transposeA ? -1 : -2)!, b!.shape.at(transposeB ? -2 : -1)!]);
};
const convolution =
  (depthwise: boolean): Rule =>
  ([x, filter], { strides, dilations, pad, dimRoundingMode, dataFormat }: tf.Conv2DAttrs) => {
    const [input, kernel] = [x!.shape, filter!.shape] as [number, number, number, number][];
    const format = convertConv2DDataFormat(dataFormat);
    return shaped(
      computeConv2DInfo(input!, kernel!, strides, dilations, pad, dimRoundingMode, depthwise, format).outShape,
    );
  };
const pool: Rule = ([x], { filterSize, strides, pad, dimRoundingMode }: tf.MaxPoolAttrs) => {
  const shape = x!.shape as [number, number, number, number];
  return shaped(computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode).outShape, x!.dtype);
};
const padded =
  (sign: 1 | -1): Rule =>
  (inputs, { paddings }: { readonly paddings: readonly (readonly [number, number])[] }) =>
    withShape(
      inputs,
      inputs[0]!.shape.map((length, axis) => length + sign * (paddings[axis]![0] + paddings[axis]![1])),
    );
const resized: Rule = ([x], { size }: tf.ResizeBilinearAttrs) =>
  shaped([x!.shape[0]!, ...size, x!.shape[3]!], x!.dtype);

/** By kernel: what every operation gives that has a gradient, and what its gradient gives. */
export const rules: Readonly<Record<string, Rule>> = {
  ...rulesOf(
    [
      ...[tf.Abs, tf.Acos, tf.Acosh, tf.Asin, tf.Asinh, tf.Atan, tf.Atanh, tf.Ceil, tf.ClipByValue, tf.Cos, tf.Cosh],
      ...[tf.Cumprod, tf.Cumsum, tf.Elu, tf.Erf, tf.Exp, tf.Expm1, tf.FlipLeftRight, tf.Floor, tf.Identity],
      ...[tf.LeakyRelu, tf.Log, tf.Log1p, tf.LogSoftmax, tf.Neg, tf.OnesLike, tf.Prelu, tf.Reciprocal, tf.Relu],
      ...[tf.Relu6, tf.Reverse, tf.Round, tf.Rsqrt, tf.Selu, tf.Sigmoid, tf.Sign, tf.Sin, tf.Sinh, tf.Softmax],
      ...[tf.Softplus, tf.Sqrt, tf.Square, tf.Step, tf.Tan, tf.Tanh, tf.ZerosLike, tf.FusedBatchNorm],
      ...[names.TANH_GRADIENT, names.SIGMOID_GRADIENT, names.ELU_GRADIENT, names.SELU_GRADIENT, names.RELU_GRADIENT],
      ...[names.RELU6_GRADIENT, names.SOFTPLUS_GRADIENT, names.LEAKY_RELU_GRADIENT],
      ...[names.ADD_BIAS, names.CROSS_ENTROPY_LOSS],
    ],
    like(0),
  ),
  ...rulesOf([tf.IsNan, tf.IsInf, tf.IsFinite, tf.LogicalNot], test),
  ...rulesOf(
    [
      ...[tf.Add, tf.Atan2, tf.FloorDiv, tf.Maximum, tf.Minimum, tf.Mod, tf.Multiply, tf.Pow, tf.RealDiv],
      ...[tf.SquaredDifference, tf.Sub, names.SIGMOID_CROSS_ENTROPY],
    ],
    broadcast,
  ),
  ...rulesOf(
    [tf.Equal, tf.NotEqual, tf.Less, tf.LessEqual, tf.Greater, tf.GreaterEqual, tf.LogicalAnd, tf.LogicalOr],
    comparison,
  ),
  ...rulesOf([tf.Sum, tf.Mean, tf.Max, tf.Min, tf.Prod, tf.All, tf.Any], reduced),
  ...rulesOf([tf.ArgMax, tf.ArgMin], position),
  ...rulesOf([tf.BatchMatMul, tf._FusedMatMul], product),
  ...rulesOf([tf.Conv2D, tf.FusedConv2D], convolution(false)),
  ...rulesOf([tf.DepthwiseConv2dNative, tf.FusedDepthwiseConv2D], convolution(true)),
  ...rulesOf([tf.MaxPool, tf.AvgPool], pool),
  ...rulesOf([tf.PadV2, tf.MirrorPad], padded(1)),
  [names.MIRROR_PAD_GRADIENT]: padded(-1),
  ...rulesOf([tf.ResizeBilinear, tf.ResizeNearestNeighbor], resized),
  ...rulesOf([tf.Conv2DBackpropInput, tf.DepthwiseConv2dNativeBackpropInput], asAttribute('inputShape')),
  ...rulesOf([tf.Conv2DBackpropFilter, tf.DepthwiseConv2dNativeBackpropFilter], asAttribute('filterShape')),
  [names.BROADCAST]: asAttribute('shape'),
  [tf.Reshape]: (inputs, { shape }: tf.ReshapeAttrs) =>
    withShape(inputs, tf.util.inferFromImplicitShape(shape, tf.util.sizeFromShape(inputs[0]!.shape))),
  ...rulesOf([tf.AvgPoolGrad, tf.MaxPoolGrad, tf.ResizeBilinearGrad, tf.ResizeNearestNeighborGrad], like(1)),
  [tf.AddN]: like(0),
  [tf.Select]: like(1),
  [tf.Cast]: ([x], { dtype }: tf.CastAttrs) => shaped(x!.shape, dtype),
  [tf.Fill]: (_, { shape, dtype }: tf.FillAttrs) => shaped(shape, dtype),
  [tf.Range]: (_, { start, stop, step, dtype }: tf.RangeAttrs) =>
    shaped([Math.max(0, Math.ceil((stop - start) / step))], dtype),
  [tf.OneHot]: ([indices], { depth, dtype }: tf.OneHotAttrs) => shaped([...indices!.shape, depth], dtype),
  [tf.ExpandDims]: (inputs, { dim }: tf.ExpandDimsAttrs) =>
    withShape(inputs, inputs[0]!.shape.toSpliced(positive(dim, inputs[0]!.shape.length + 1), 0, 1)),
  [tf.Transpose]: (inputs, { perm }: tf.TransposeAttrs) =>
    withShape(
      inputs,
      perm.map((axis) => inputs[0]!.shape[axis]!),
    ),
  [tf.Concat]: (inputs, { axis }: tf.ConcatAttrs) =>
    withShape(
      inputs,
      tf.backend_util.computeOutShape(
        inputs.map(({ shape }) => shape),
        axis,
      ),
    ),
  [tf.Pack]: (inputs, { axis }: tf.PackAttrs) =>
    withShape(inputs, inputs[0]!.shape.toSpliced(positive(axis, inputs[0]!.shape.length + 1), 0, inputs.length)),
  [tf.Unpack]: ([x], { axis }: tf.UnpackAttrs) => {
    const at = positive(axis, x!.shape.length);
    return Array.from({ length: x!.shape[at]! }, () => shaped(x!.shape.toSpliced(at, 1), x!.dtype));
  },
  [tf.SplitV]: ([x], { numOrSizeSplits, axis }: tf.SplitVAttrs) => {
    const at = positive(axis, x!.shape.length);
    const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, at);
    return sizes.map((size) => shaped(replaced(x!.shape, at, size), x!.dtype));
  },
  [tf.Slice]: (inputs, { begin, size }: tf.SliceAttrs) =>
    withShape(inputs, tf.slice_util.parseSliceParams(inputs[0] as tf.Tensor, begin, size)[1]!),
  [tf.StridedSlice]: (inputs, attributes: tf.StridedSliceAttrs) => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
    const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
    return withShape(inputs, tf.slice_util.sliceInfo(inputs[0]!.shape, begin, end, strides, ...masks).finalShape);
  },
  [tf.Tile]: (inputs, { reps }: tf.TileAttrs) =>
    withShape(
      inputs,
      inputs[0]!.shape.map((length, axis) => length * reps[axis]!),
    ),
  [tf.GatherV2]: (inputs, { axis, batchDims }: tf.GatherV2Attrs) => {
    const [x, indices] = inputs as tf.Tensor[];
    return withShape(
      inputs,
      tf.backend_util.segment_util.collectGatherOpShapeInfo(x!, indices!, axis, batchDims).outputShape,
    );
  },
  [tf.UnsortedSegmentSum]: (inputs, { numSegments }: tf.UnsortedSegmentSumAttrs) =>
    withShape(inputs, replaced(inputs[0]!.shape, 0, numSegments)),
  [tf.Einsum]: (inputs, { equation }: tf.EinsumAttrs) => {
    const [given, made] = equation.replaceAll(' ', '').split('->') as [string, string];
    const lengths = new Map<string, number>();
    for (const [operand, axes] of given.split(',').entries()) {
      for (const [axis, letter] of [...axes].entries()) lengths.set(letter, inputs[operand]!.shape[axis]!);
    }
    return shaped([...made].map((letter) => lengths.get(letter)!));
  },
  [tf.Diag]: (inputs) => withShape(inputs, [...inputs[0]!.shape, ...inputs[0]!.shape]),
  [tf.DepthToSpace]: (inputs, { blockSize }: tf.DepthToSpaceAttrs) => {
    const [batch, height, width, depth] = inputs[0]!.shape as [number, number, number, number];
    return withShape(inputs, [batch, height * blockSize, width * blockSize, depth / blockSize ** 2]);
  },
  [tf.SpaceToBatchND]: (inputs, { blockShape, paddings }: tf.SpaceToBatchNDAttrs) =>
    withShape(
      inputs,
      inputs[0]!.shape.map((length, axis) => {
        if (axis === 0) return length * tf.util.sizeFromShape(blockShape);
        const [before, after] = paddings[axis - 1] ?? [0, 0];
        return (length + before! + after!) / (blockShape[axis - 1] ?? 1);
      }),
    ),
  [tf.BatchToSpaceND]: (inputs, { blockShape, crops }: tf.BatchToSpaceNDAttrs) =>
    withShape(
      inputs,
      inputs[0]!.shape.map((length, axis) => {
        if (axis === 0) return length / tf.util.sizeFromShape(blockShape);
        const [before, after] = crops[axis - 1] ?? [0, 0];
        return length * (blockShape[axis - 1] ?? 1) - before! - after!;
      }),
    ),
  [tf.TopK]: ([x], { k }: tf.TopKAttrs) => [
    shaped(replaced(x!.shape, x!.shape.length - 1, k), x!.dtype),
    shaped(replaced(x!.shape, x!.shape.length - 1, k), 'int32'),
  ],
  [names.BIAS_GRADIENT]: ([dy]) => shaped([dy!.shape.at(-1)!]),
  [names.MAX_POOL_SECOND_GRADIENT]: like(1),
  [names.BATCH_NORMALIZATION]: ([x, scale]) => [x!, scale!, scale!, scale!, scale!],
  [names.BATCH_NORMALIZATION_GRADIENT]: ([, x, scale]) => [x!, scale!, scale!],
  [names.SOFTMAX_CROSS_ENTROPY]: ([, logits]) => [shaped([logits!.shape[0]!]), logits!],
  [names.SPARSE_SOFTMAX_CROSS_ENTROPY]: ([, logits]) => [shaped([logits!.shape[0]!]), logits!],
};
