// For its side effect: the gradients of all operations, which the core alone does not bring in Node.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { activationGradients } from './activations';
import { arithmeticGradients } from './arithmetic';
import { biasGradients } from './bias';
import { convolutionGradients } from './convolutions';
import { crossEntropyGradients } from './crossEntropy';
import { guardCustomGradients } from './customGradients';
import { einsumGradient } from './einsum';
import { replaceLosses } from './losses';
import { matrixProductGradients } from './matrixProducts';
import { normalizationGradients } from './normalization';
import { reductionGradients } from './reductions';
import { keepExact, refuseGradients, refuseSecondOrder, registerExact } from './registry';
import { NEVER, ONCE } from './refused';
import { resizingGradients } from './resizing';
import { rootGradients } from './roots';
import { selectionGradients } from './selection';
import { shapeGradients } from './shapes';
import { shortenOperations } from './shortened';

export { GradientError, gradientOrder, kernelsOfOrder, SecondOrderError } from './registry';

let registered = false;

/**
 * Replaces the gradients of TensorFlow.js that are wrong or missing, so that each can be differentiated again or says that it
 * can't. Gradients are the same for all backends; where one computes in a kernel of our own (`../ops/kernels`), this must
 * be registered for the backend, too.
 */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  registerExact([
    ...arithmeticGradients,
    ...rootGradients,
    ...activationGradients,
    ...reductionGradients,
    ...selectionGradients,
    ...shapeGradients,
    ...convolutionGradients,
    ...resizingGradients,
    ...matrixProductGradients,
    ...normalizationGradients,
    ...biasGradients,
    ...crossEntropyGradients,
    einsumGradient,
  ]);
  keepExact(RIGHT);
  refuseSecondOrder(ONCE);
  refuseGradients(NEVER);
  replaceLosses();
  guardCustomGradients();
  shortenOperations();
}

/** TensorFlow.js computes these gradients from inputs, by operations that are exact themselves. */
const RIGHT = [
  ...[tf.Acos, tf.Acosh, tf.Asin, tf.Asinh, tf.Atan, tf.Atan2, tf.Atanh, tf.Cos, tf.Cosh, tf.Sin, tf.Sinh, tf.Tan],
  ...[tf.AddN, tf.Erf, tf.Log, tf.Log1p, tf.Mod, tf.Neg, tf.Square],
  ...[tf.BatchToSpaceND, tf.Concat, tf.ExpandDims, tf.GatherV2, tf.Pack, tf.PadV2, tf.Reshape, tf.Reverse, tf.Slice],
  ...[tf.SpaceToBatchND, tf.Transpose],
  ...[tf.Conv2D, tf.Conv2DBackpropInput, tf.DepthwiseConv2dNative],
];
