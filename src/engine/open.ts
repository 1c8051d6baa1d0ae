import os from 'node:os';
import { enableProdMode, findBackend } from '@tensorflow/tfjs-core';
// For its side effect: the gradients of all operations, which the core alone does not bring in Node.
import '@tensorflow/tfjs';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { locateTensorFlow } from '../native';
import { BackendError, type Backend, type BackendInfo, type RunnerOptions } from './backend';
import { EagerRunner } from './eager/runner';
import { GraphRunner } from './graph/runner';
import type { Program, Runner } from './program';
import { loadTensorFlow } from './tensorflow/backend';
import { loadWasm } from './wasm/backend';

export interface OpenOptions {
  /** auto: native TensorFlow where it is set up and loads, else WebAssembly. */
  readonly choice: 'auto' | 'tensorflow' | 'wasm';
  /** Threads of one operation; else TF_NUM_INTRAOP_THREADS, else all cores. WebAssembly has one. */
  readonly threads?: number;
}

/**
 * Opens what is to compute. Throws {@link BackendError} where the choice cannot be had. A process should open one backend
 * once: settings such as threads hold from the first time on.
 */
export async function openBackend({ choice, threads }: OpenOptions): Promise<Backend> {
  enableProdMode();
  if (choice === 'wasm') return new OpenBackend(await loadWasm());
  const location = await locateTensorFlow();
  if (location) {
    try {
      return new OpenBackend(await loadTensorFlow(location, threads ?? settledThreads() ?? os.availableParallelism()));
    } catch (error) {
      if (choice === 'tensorflow' || !(error instanceof BackendError)) throw error;
      return new OpenBackend(withReason(await loadWasm(), error.message));
    }
  }
  if (choice === 'auto') return new OpenBackend(withReason(await loadWasm(), 'not set up'));
  throw new BackendError(
    'Native TensorFlow is not set up.',
    'Run “Set Up TensorFlow” (on the command line: latent tensorflow install), or set engine.backend to "wasm".',
  );
}

/** The number of threads that the parent process has chosen, as for a resumed run. */
function settledThreads(): number | undefined {
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS']);
  return Number.isSafeInteger(threads) && threads > 0 ? threads : undefined;
}

/** Says in the record why it is not TensorFlow that runs. */
function withReason(info: BackendInfo, reason: string): BackendInfo {
  return { ...info, flags: { ...info.flags, tensorflow: reason } };
}

class OpenBackend implements Backend {
  private readonly runners = new Set<Runner>();

  constructor(readonly info: BackendInfo) {}

  createRunner(
    program: Program,
    seed: number,
    { mode = 'compiled', examples, onNonFinite }: RunnerOptions = {},
  ): Runner {
    const { name } = this.info;
    const onDispose = () => this.runners.delete(runner);
    const runner: Runner =
      name === 'tensorflow' && mode === 'compiled' && onNonFinite === undefined
        ? new GraphRunner(findBackend(name) as NodeJSKernelBackend, program, seed, examples, onDispose)
        : new EagerRunner(program, seed, name, { examples, onNonFinite }, onDispose);
    this.runners.add(runner);
    return runner;
  }

  dispose(): void {
    for (const runner of this.runners) runner.dispose();
  }
}
