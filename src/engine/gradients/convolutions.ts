import * as tf from '@tensorflow/tfjs-core';
import { MAX_POOL_SECOND_GRADIENT } from '../ops/kernels/names';
import { detached } from './tape';

/**
 * Convolutions are linear in the input and in the filter, so that their gradients are convolutions, and so on. Pooling
 * is linear in the input (but for which entry is the largest). [batch, height, width, channel].
 */
export const convolutionGradients: tf.GradConfig[] = [
  {
    kernelName: tf.Conv2DBackpropFilter,
    inputsToSave: ['x', 'dy'],
    gradFunc: (ddw, [x, dy], attributes) => {
      const { strides, pad, dataFormat, dimRoundingMode } = attributes;
      const common = { strides: strides!, pad: pad!, dataFormat: dataFormat!, dimRoundingMode: dimRoundingMode! };
      const filter = ddw as tf.Tensor;
      return {
        x: () => run(tf.Conv2DBackpropInput, { dy: dy!, filter }, { ...common, inputShape: x!.shape }),
        dy: () => run(tf.Conv2D, { x: x!, filter }, { ...common, dilations: 1 }),
      };
    },
  },
  {
    kernelName: tf.DepthwiseConv2dNativeBackpropInput,
    inputsToSave: ['dy', 'filter'],
    gradFunc: (ddx, [dy, filter], attributes) => {
      const { inputShape: _, ...common } = attributes;
      const x = ddx as tf.Tensor;
      return {
        dy: () => run(tf.DepthwiseConv2dNative, { x, filter: filter! }, common),
        filter: () =>
          run(tf.DepthwiseConv2dNativeBackpropFilter, { x, dy: dy! }, { ...common, filterShape: filter!.shape }),
      };
    },
  },
  {
    kernelName: tf.DepthwiseConv2dNativeBackpropFilter,
    inputsToSave: ['x', 'dy'],
    gradFunc: (ddw, [x, dy], attributes) => {
      const { filterShape: _, ...common } = attributes;
      const filter = ddw as tf.Tensor;
      return {
        x: () => run(tf.DepthwiseConv2dNativeBackpropInput, { dy: dy!, filter }, { ...common, inputShape: x!.shape }),
        dy: () => run(tf.DepthwiseConv2dNative, { x: x!, filter }, common),
      };
    },
  },
  {
    kernelName: tf.AvgPool,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => run(tf.AvgPoolGrad, { dy: dy as tf.Tensor, input: detached(x!) }, attributes),
    }),
  },
  {
    kernelName: tf.AvgPoolGrad,
    gradFunc: (ddx, _saved, attributes) => ({
      dy: () => run(tf.AvgPool, { x: ddx as tf.Tensor }, attributes),
      input: () => tf.zerosLike(ddx as tf.Tensor),
    }),
  },
  {
    kernelName: tf.MaxPool,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => ({
      x: () => {
        const [input, output] = [detached(x!), detached(y!)];
        return run(tf.MaxPoolGrad, { dy: dy as tf.Tensor, input, output }, attributes);
      },
    }),
  },
  {
    kernelName: tf.MaxPoolGrad,
    inputsToSave: ['input', 'output'],
    gradFunc: (ddx, [input, output], attributes) => ({
      dy: () => {
        const inputs = { x: detached(input!), y: detached(output!), ddx: ddx as tf.Tensor };
        return run(MAX_POOL_SECOND_GRADIENT, inputs, poolAttributes(input as tf.Tensor4D, attributes));
      },
      input: () => tf.zerosLike(input!),
      output: () => tf.zerosLike(output!),
    }),
  },
];

function run(kernelName: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap): tf.Tensor {
  return tf.engine().runKernel(kernelName, inputs, attributes);
}

function poolAttributes(x: tf.Tensor4D, attributes: tf.NamedAttrMap): tf.NamedAttrMap {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as tf.MaxPoolGradAttrs;
  const info = tf.backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad, dimRoundingMode);
  const padding = info.padInfo.type;
  if (padding !== 'SAME' && padding !== 'VALID') {
    throw new TypeError('The gradient of max pooling can be differentiated for “same” and “valid” padding only.');
  }
  return {
    filterSize: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    padding,
  };
}
