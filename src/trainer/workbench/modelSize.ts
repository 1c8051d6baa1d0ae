import { totalmem } from 'node:os';
import type { Program } from '../../engine/program';
import { heldBy, stateOf, type StateDeclaration } from '../../engine/state';
import { MAX_CHECKPOINT_BYTES } from '../../runs/checkpointSource';
import { TrainerError } from '../errors/failure';

/** Peak memory as a multiple of what is held: old values, new values and gradients coexist during an update. */
const TIMES_HELD = 2;
/** A generous upper bound for a checkpoint's header. */
const HEADER_BYTES = 1024 * 1024;

/**
 * Throws {@link TrainerError}, before any memory is allocated, for a model that does not fit into a checkpoint or this
 * machine: a few numbers in a specification can ask for terabytes.
 *
 * @param memory bytes that this process may use
 */
export function checkModelSize(program: Program, memory = availableMemory()): void {
  const [kept, held] = [bytesOf(stateOf(program)), bytesOf(heldBy(program))];
  const what = (bytes: number, caches = '') =>
    `The weights of this model${caches} and its optimizer’s averages are ${gigabytes(bytes)}`;
  if (kept > MAX_CHECKPOINT_BYTES - HEADER_BYTES) {
    throw tooLarge(`${what(kept)}; a checkpoint holds at most ${gigabytes(MAX_CHECKPOINT_BYTES)}.`);
  }
  if (held * TIMES_HELD <= memory) return;
  throw tooLarge(
    `${what(held, held > kept ? ', its caches' : '')}, and training takes at least twice that; ` +
      `this machine gives a process ${gigabytes(memory)}.`,
  );
}

function bytesOf(variables: ReadonlyMap<string, StateDeclaration>): number {
  let numbers = 0;
  for (const { shape } of variables.values()) numbers += shape.reduce((product, size) => product * size, 1);
  return 4 * numbers;
}

function tooLarge(message: string): TrainerError {
  const remedy = 'Make model.network (or model.latent) smaller.';
  return new TrainerError({ kind: 'specification', message, remedy });
}

/** Memory of the machine, or of the container that the process runs in. */
export function availableMemory(): number {
  // 0 or a huge number if the process is not constrained.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString('en-US', { maximumFractionDigits: 1 })} GB`;
}
