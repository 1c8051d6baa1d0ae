import util from 'node:util';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { errorMessage } from '../../common/systemError';
import { applyTensorFlowSettings, type TensorFlowLocation } from '../../native';
import { BackendError, type BackendInfo } from '../backend';
import { cpuFeatures, cpuName, gpuName } from '../machine';
import { registerOperations } from '../ops/register';
import { registerGather } from './gather';
import { registerTensorFlowRandom } from './random';

let loaded: Promise<BackendInfo> | undefined;

/**
 * Loads the library into this process and registers it with TensorFlow.js as backend "tensorflow"; once a process, since
 * the library can be neither unloaded nor set up differently. Throws {@link BackendError}.
 */
export function loadTensorFlow(location: TensorFlowLocation, threads: number): Promise<BackendInfo> {
  loaded ??= load(location, threads).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(location: TensorFlowLocation, threads: number): Promise<BackendInfo> {
  applyTensorFlowSettings({ threads });
  const binding = loadBinding(location);
  defineMissingUtilities();
  // Not the package's index: that one looks for a binding of its own and brings files, images and progress bars along.
  const [{ NodeJSKernelBackend }] = await Promise.all([
    import('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js'),
    import('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js'),
  ]);
  const backend = new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu');
  tf.registerBackend('tensorflow', () => backend);
  registerTensorFlowRandom();
  registerOperations('tensorflow');
  registerGather();
  if (!(await tf.setBackend('tensorflow'))) {
    throw new BackendError('TensorFlow.js refused the TensorFlow backend.', 'Report this; use WebAssembly meanwhile.');
  }
  return describe(location, binding, threads);
}

function loadBinding(location: TensorFlowLocation): TFJSBinding {
  try {
    return createRequire(location.binding)(location.binding) as TFJSBinding;
  } catch (error) {
    const reason = errorMessage(error);
    throw new BackendError(
      `TensorFlow’s library in ${location.libraryFolder} could not be loaded: ${reason}`,
      'Set TensorFlow up again, or use WebAssembly.',
      { cause: error },
    );
  }
}

/** Node 23 removed a function that TensorFlow.js 4.22 still calls (for top-k). */
function defineMissingUtilities(): void {
  const utilities = util as typeof util & { isNullOrUndefined?: (value: unknown) => boolean };
  utilities.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function describe(location: TensorFlowLocation, binding: TFJSBinding, threads: number): BackendInfo {
  const gpu = binding.isUsingGpuDevice() ? gpuName() : undefined;
  const version = binding.TF_Version;
  return {
    name: 'tensorflow',
    description: `TensorFlow ${version} ${gpu ?? 'CPU'}`,
    version,
    device: gpu ?? cpuName(),
    flags: {
      threads: String(threads),
      oneDNN: process.env['TF_ENABLE_ONEDNN_OPTS'] === '1' ? 'on' : 'off',
      ...(process.env['TF_XLA_FLAGS'] ? { xla: process.env['TF_XLA_FLAGS'] } : {}),
      ...(gpu === undefined ? {} : { deterministic: process.env['TF_DETERMINISTIC_OPS'] === '1' ? 'on' : 'off' }),
      cpuFeatures: cpuFeatures(),
      source: location.source,
      tfjs: tf.version_core,
    },
  };
}
