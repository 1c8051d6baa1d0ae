import { existsSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { BackendError, type BackendInfo } from '../backend';
import { cpuName } from '../machine';
import { registerOperations } from '../ops/register';
import { registerPhiloxKernels } from '../random/kernels';
import { registerFilterGradient } from './filterGradient';

let loaded: Promise<BackendInfo> | undefined;

/**
 * Starts TensorFlow.js’ WebAssembly backend, once a process. TensorFlow.js runs it on one thread in Node
 * (tensorflow/tfjs#3830). Throws {@link BackendError}.
 */
export function loadWasm(): Promise<BackendInfo> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(): Promise<BackendInfo> {
  setWasmPaths(`${findWasmFolder()}${path.sep}`);
  registerPhiloxKernels('wasm');
  registerFilterGradient();
  registerOperations('wasm');
  if (!(await tf.setBackend('wasm'))) {
    throw new BackendError('The WebAssembly backend did not start.', 'Install Latent Studio again.');
  }
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return {
    name: 'wasm',
    description: simd ? 'WebAssembly SIMD' : 'WebAssembly',
    version: version_wasm,
    device: cpuName(),
    flags: { threads: '1', simd: simd ? 'on' : 'off', tfjs: tf.version_core },
  };
}

/** `wasm` beside the bundle, or the package's folder in a checkout. */
function findWasmFolder(start = __dirname): string {
  const candidates = [path.join(start, 'wasm')];
  for (let level = 0; level <= 3; level++) {
    const root = path.join(start, ...Array<string>(level).fill('..'));
    candidates.push(path.join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist'));
  }
  const folder = candidates.find((candidate) => existsSync(path.join(candidate, 'tfjs-backend-wasm.wasm')));
  if (folder) return folder;
  throw new BackendError(`The WebAssembly files are missing beside ${start}.`, 'Install Latent Studio again.');
}
