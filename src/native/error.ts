/**
 * TensorFlow could not be set up. The message says what happened and why; `next` says what the user can do. WebAssembly
 * keeps working in every such case, so callers report this and go on.
 */
export class TensorFlowSetupError extends Error {
  override name = 'TensorFlowSetupError';

  constructor(
    /** For programs: which kind of thing is missing. */
    readonly code: TensorFlowSetupCode,
    message: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export type TensorFlowSetupCode =
  'cancelled' | 'compiler' | 'disk' | 'download' | 'library' | 'pip' | 'platform' | 'python' | 'self-test' | 'sources';

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

export function cancelled(): TensorFlowSetupError {
  return new TensorFlowSetupError(
    'cancelled',
    'The set-up of TensorFlow was cancelled.',
    'Start it again: finished stages are kept.',
  );
}
