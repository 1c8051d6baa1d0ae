import { totalmem } from 'node:os';
import type { Program } from '../../engine/program';
import { stateOf } from '../../engine/state';
import { MAX_CHECKPOINT_BYTES } from '../../runs/checkpointSource';
import { TrainerError } from '../errors/failure';

/** Peak memory as a multiple of the state: old state, new state and gradients coexist during an update. */
const TIMES_STATE = 2;
/** A generous upper bound for a checkpoint's header. */
const HEADER_BYTES = 1024 * 1024;

/**
 * Throws {@link TrainerError}, before any memory is allocated, for a model that does not fit into a checkpoint or this
 * machine: a few numbers in a specification can ask for terabytes.
 *
 * @param memory bytes that this process may use
 */
export function checkModelSize(program: Program, memory = availableMemory()): void {
  let numbers = 0;
  for (const { shape } of stateOf(program).values()) numbers += shape.reduce((product, size) => product * size, 1);
  const bytes = numbers * 4;
  const what = `The weights of this model and its optimizer’s averages are ${gigabytes(bytes)}`;
  if (bytes > MAX_CHECKPOINT_BYTES - HEADER_BYTES) {
    throw tooLarge(`${what}; a checkpoint holds ${gigabytes(MAX_CHECKPOINT_BYTES)} at most.`);
  }
  if (bytes * TIMES_STATE <= memory) return;
  throw tooLarge(`${what}, and training takes at least twice that; this machine gives a process ${gigabytes(memory)}.`);
}

function tooLarge(message: string): TrainerError {
  const remedy = 'Make model.network (or model.latent) smaller.';
  return new TrainerError({ kind: 'specification', message, remedy });
}

/** Memory of the machine, or of the container that the process runs in. */
function availableMemory(): number {
  // 0 or a huge number if the process is not constrained.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString('en-US', { maximumFractionDigits: 1 })} GB`;
}
