import type { NonFinite } from './nonFinite';
import type { Program, TrainingExamples, Runner } from './program';

/** What computes: one per process and kind. Runners hold the values of a program's variables there. */
export interface Backend {
  readonly info: BackendInfo;
  /** Loads a program; its variables start as their initializers and `seed` (uint32) say. */
  createRunner(program: Program, seed: number, options?: RunnerOptions): Runner;
  /** Ends the backend's runners. */
  dispose(): void;
}

export interface RunnerOptions {
  /** eager: operation by operation, for debugging. Native TensorFlow otherwise compiles; WebAssembly is always eager. */
  readonly mode?: 'compiled' | 'eager';
  readonly examples?: TrainingExamples;
  /**
   * Called with the first number of a call that is not finite, once the call has ended. Functions then run operation by operation,
   * and many times slower, whatever the mode.
   */
  readonly onNonFinite?: (found: NonFinite) => void;
}

export type BackendName = 'tensorflow' | 'wasm';

/** What ran, for records and people. */
export interface BackendInfo {
  readonly name: BackendName;
  /** "TensorFlow 2.21.0 CPU", "TensorFlow 2.21.0 NVIDIA H200", "WebAssembly SIMD". */
  readonly description: string;
  readonly version: string;
  /** The GPU's name, else the CPU's. */
  readonly device: string;
  /** Whatever else changes bits: thread counts, oneDNN, CPU features. */
  readonly flags: Record<string, string>;
}

/** A backend cannot be used; `next` says what the user can do. */
export class BackendError extends Error {
  override name = 'BackendError';

  constructor(
    message: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
