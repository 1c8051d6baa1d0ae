import type { Checkpoint } from '../../../../src/runs/checkpointFile';
import { vae } from './runs';

export const RUN_ID = '0123456789abcdef0123456789abcdef';

/** A small checkpoint whose contents follow from its step. */
export function checkpointAt(step: number, changes: Partial<Checkpoint> = {}): Checkpoint {
  return {
    step,
    epoch: step / 469,
    tensors: new Map([
      ['decoder.bias', { dtype: 'F32', shape: [2, 2], data: Float32Array.of(step, -0, NaN, Infinity) }],
      ['optimizer.adam.step', { dtype: 'I32', shape: [], data: Int32Array.of(step) }],
      ['empty', { dtype: 'F32', shape: [0, 3], data: new Float32Array(0) }],
    ]),
    specification: vae(),
    runId: RUN_ID,
    seed: 2 ** 32 - 1,
    requested: false,
    metrics: { 'test/negative_elbo': 1000 / (step + 1), broken: NaN },
    ...changes,
  };
}
