import { errorCode, reasonOf } from '../common/systemError';

/**
 * TensorFlow could not be set up. The message says what happened and why; `next` says what the user can do. WebAssembly
 * works in every such case, so callers report this and continue.
 */
export class TensorFlowSetupError extends Error {
  override name = 'TensorFlowSetupError';

  constructor(
    /** For programs: the category of the problem. */
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

const ROOM = 'Free some space, or choose another folder with LATENT_STUDIO_CACHE.';

/** There is not enough space in the cache; `how` states the required amount if known. */
export function noRoom(folder: string, how?: string, options?: ErrorOptions): TensorFlowSetupError {
  return new TensorFlowSetupError(
    'disk',
    how ?? `The disk of ${folder} is full: TensorFlow cannot be kept there.`,
    ROOM,
    options,
  );
}

/** Whether the last output of a program, such as pip or Python, indicates a full disk. */
export function saysFull(output: string): boolean {
  return /No space left on device|Disk quota exceeded|Errno (?:28|122)\b|ENOSPC|EDQUOT/.test(output);
}

/** Converts anything that a setup throws into its own error; system errors are attributed to the cache. */
export function asSetupError(error: unknown, cache: string): unknown {
  const code = errorCode(error);
  if (error instanceof TensorFlowSetupError || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return noRoom(cache, undefined, { cause: error });
  const { path = cache } = error as NodeJS.ErrnoException;
  return new TensorFlowSetupError(
    'disk',
    `TensorFlow cannot be kept in ${cache}: ${path} cannot be used: ${reasonOf(error)}.`,
    'Correct that, or choose another folder with LATENT_STUDIO_CACHE, then start again.',
    { cause: error },
  );
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

export function cancelled(): TensorFlowSetupError {
  return new TensorFlowSetupError(
    'cancelled',
    'The setup of TensorFlow was cancelled.',
    'Start it again: finished stages are kept.',
  );
}
