import { LogSoftmax, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { TFEOpAttr } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import * as names from './names';
import type { BatchNormalizationAttributes, MirrorPadAttributes, PoolAttributes } from './attributes';

type Inputs = Readonly<Record<string, TensorInfo>>;
type Kernel = (tensorflow: NodeJSKernelBackend, inputs: Inputs, attributes: unknown) => TensorInfo | TensorInfo[];

/** Registers the kernels of `./names.ts`, and those that TensorFlow.js leaves out, as TensorFlow's own operations. */
export function registerTensorFlowKernels(): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    registerKernel({
      backendName: 'tensorflow',
      kernelName,
      kernelFunc: ({ inputs, backend, attrs }) => kernel(backend as NodeJSKernelBackend, inputs as Inputs, attrs),
    });
  }
}

const kernels: Readonly<Record<string, Kernel>> = {
  [LogSoftmax]: (tensorflow, { logits }) => single(tensorflow, 'LogSoftmax', [logits!]),
  [names.TANH_GRADIENT]: (tensorflow, { dy, y }) => single(tensorflow, 'TanhGrad', [y!, dy!]),
  [names.SIGMOID_GRADIENT]: (tensorflow, { dy, y }) => single(tensorflow, 'SigmoidGrad', [y!, dy!]),
  [names.ELU_GRADIENT]: (tensorflow, { dy, y }) => single(tensorflow, 'EluGrad', [dy!, y!]),
  [names.SELU_GRADIENT]: (tensorflow, { dy, y }) => single(tensorflow, 'SeluGrad', [dy!, y!]),
  [names.RELU_GRADIENT]: (tensorflow, { dy, y }) => single(tensorflow, 'ReluGrad', [dy!, y!]),
  [names.RELU6_GRADIENT]: (tensorflow, { dy, y }) => single(tensorflow, 'Relu6Grad', [dy!, y!]),
  [names.SOFTPLUS_GRADIENT]: (tensorflow, { dy, x }) => single(tensorflow, 'SoftplusGrad', [dy!, x!]),
  [names.LEAKY_RELU_GRADIENT]: (tensorflow, { dy, x }, attributes) => {
    const alpha = { name: 'alpha', type: tensorflow.binding.TF_ATTR_FLOAT, value: (attributes as Alpha).alpha };
    return single(tensorflow, 'LeakyReluGrad', [dy!, x!], [alpha]);
  },
  [names.BROADCAST]: (tensorflow, { x }, attributes) => {
    const { shape } = attributes as { shape: readonly number[] };
    return withIntegers(tensorflow, shape, [shape.length], (lengths) =>
      single(tensorflow, 'BroadcastTo', [x!, lengths], [integerType(tensorflow, 'Tidx')]),
    );
  },
  [names.MIRROR_PAD_GRADIENT]: (tensorflow, { dy }, attributes) => {
    const { paddings, mode } = attributes as MirrorPadAttributes;
    const { TF_ATTR_STRING } = tensorflow.binding;
    return withIntegers(tensorflow, paddings.flat(), [paddings.length, 2], (sizes) =>
      single(
        tensorflow,
        'MirrorPadGrad',
        [dy!, sizes],
        [
          integerType(tensorflow, 'Tpaddings'),
          { name: 'mode', type: TF_ATTR_STRING, value: mode === 'reflect' ? 'REFLECT' : 'SYMMETRIC' },
        ],
      ),
    );
  },
  [names.MAX_POOL_SECOND_GRADIENT]: (tensorflow, { x, y, ddx }, attributes) => {
    const { filterSize, strides, padding } = attributes as PoolAttributes;
    const { TF_ATTR_INT, TF_ATTR_STRING } = tensorflow.binding;
    return single(
      tensorflow,
      'MaxPoolGradGrad',
      [x!, y!, ddx!],
      [
        { name: 'ksize', type: TF_ATTR_INT, value: [1, ...filterSize, 1] },
        { name: 'strides', type: TF_ATTR_INT, value: [1, ...strides, 1] },
        { name: 'padding', type: TF_ATTR_STRING, value: padding },
        { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
      ],
    );
  },
  [names.ADD_BIAS]: (tensorflow, { x, bias }) => single(tensorflow, 'BiasAdd', [x!, bias!], [channelsLast(tensorflow)]),
  [names.BIAS_GRADIENT]: (tensorflow, { dy }) => single(tensorflow, 'BiasAddGrad', [dy!], [channelsLast(tensorflow)]),
  [names.BATCH_NORMALIZATION]: (tensorflow, { x, scale, offset }, attributes) => {
    const nothing = tensorflow.write(new Float32Array(0), [0], 'float32');
    const empty: TensorInfo = { dataId: nothing, shape: [0], dtype: 'float32' };
    try {
      const inputs = [x!, scale!, offset!, empty, empty];
      const outputs = tensorflow.executeMultipleOutputs(
        'FusedBatchNormV3',
        normalizationAttributes(tensorflow, attributes as BatchNormalizationAttributes),
        inputs,
        6,
      );
      outputs.pop()!.dispose(); // what cuDNN alone keeps
      return outputs;
    } finally {
      tensorflow.disposeData(nothing);
    }
  },
  [names.BATCH_NORMALIZATION_GRADIENT]: (tensorflow, { dy, x, scale, saved0, saved1 }, attributes) => {
    const nothing = tensorflow.write(new Float32Array(0), [0], 'float32');
    const empty: TensorInfo = { dataId: nothing, shape: [0], dtype: 'float32' };
    try {
      const outputs = tensorflow.executeMultipleOutputs(
        'FusedBatchNormGradV3',
        normalizationAttributes(tensorflow, attributes as BatchNormalizationAttributes),
        [dy!, x!, scale!, saved0!, saved1!, empty],
        5,
      );
      for (const unused of outputs.splice(3)) unused.dispose();
      return outputs;
    } finally {
      tensorflow.disposeData(nothing);
    }
  },
  [names.SOFTMAX_CROSS_ENTROPY]: (tensorflow, { labels, logits }) =>
    tensorflow.executeMultipleOutputs(
      'SoftmaxCrossEntropyWithLogits',
      [floatType(tensorflow, 'T')],
      [logits!, labels!],
      2,
    ),
  [names.SPARSE_SOFTMAX_CROSS_ENTROPY]: (tensorflow, { labels, logits }) =>
    tensorflow.executeMultipleOutputs(
      'SparseSoftmaxCrossEntropyWithLogits',
      [floatType(tensorflow, 'T'), integerType(tensorflow, 'Tlabels')],
      [logits!, labels!],
      2,
    ),
};

interface Alpha {
  readonly alpha: number;
}

function single(
  tensorflow: NodeJSKernelBackend,
  operation: string,
  inputs: TensorInfo[],
  attributes: readonly TFEOpAttr[] = [],
): TensorInfo {
  return tensorflow.executeSingleOutput(operation, [floatType(tensorflow, 'T'), ...attributes], inputs);
}

function floatType({ binding }: NodeJSKernelBackend, name: string): TFEOpAttr {
  return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}

function integerType({ binding }: NodeJSKernelBackend, name: string): TFEOpAttr {
  return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 };
}

function channelsLast({ binding }: NodeJSKernelBackend): TFEOpAttr {
  return { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' };
}

function normalizationAttributes(tensorflow: NodeJSKernelBackend, { epsilon }: BatchNormalizationAttributes) {
  const { TF_ATTR_BOOL, TF_ATTR_FLOAT } = tensorflow.binding;
  return [
    floatType(tensorflow, 'T'),
    floatType(tensorflow, 'U'),
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    channelsLast(tensorflow),
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ];
}

/** Calls with a constant that TensorFlow wants as a tensor. */
function withIntegers<T>(
  tensorflow: NodeJSKernelBackend,
  values: readonly number[],
  shape: number[],
  use: (constant: TensorInfo) => T,
): T {
  const dataId = tensorflow.write(Int32Array.from(values), shape, 'int32');
  try {
    return use({ dataId, shape, dtype: 'int32' });
  } finally {
    tensorflow.disposeData(dataId);
  }
}
