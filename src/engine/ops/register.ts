import { registerGradients } from '../gradients';
import { correctAveragePoolGradient } from './kernels/averagePool';
import { registerCommonKernels } from './kernels/common';
import { registerComposedKernels } from './kernels/composed';
import { limitEinsumOperands, refuseAbsentKernels, registerMissingKernels } from './kernels/missing';
import { registerCumulativeSum } from './kernels/cumulativeSum';
import { registerTensorFlowKernels } from './kernels/tensorflow';
import { registerTopK } from './kernels/topK';

/**
 * Registers the operations of this folder for a backend, and the gradients of all operations. Once a backend and
 * process, before the first tensor. "cpu" is TensorFlow.js' own backend in plain JavaScript, for tests.
 */
export function registerOperations(backendName: 'tensorflow' | 'wasm' | 'cpu'): void {
  if (backendName === 'tensorflow') {
    registerTensorFlowKernels();
    limitEinsumOperands(backendName);
    registerCumulativeSum();
    registerTopK();
  } else {
    registerComposedKernels(backendName);
    correctAveragePoolGradient(backendName);
  }
  registerCommonKernels(backendName);
  if (backendName === 'wasm') registerMissingKernels();
  if (backendName !== 'cpu') refuseAbsentKernels(backendName);
  registerGradients();
}
