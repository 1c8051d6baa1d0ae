import path from 'node:path';
import type { HostTensor } from '../../engine/program';
import { shownState } from '../../engine/shownProgram';
import type { Checkpoint } from '../../runs/checkpointFile';
import { checkpointFileName, readCheckpoint } from '../../runs/checkpoints';
import { errorMessage } from '../../runs/error';
import { toState } from '../run/checkpointWriter';
import { RefusedError } from '../errors/refused';
import type { Workbench } from '../workbench/workbench';

/** Cache size for other checkpoints, so that moving back and forth between them reads none twice. */
const MOST_KEPT_BYTES = 512 * 1024 * 1024;

/** Weights of one step in the form that a runner takes. */
export interface LoadedWeights {
  readonly step: number;
  readonly state: ReadonlyMap<string, HostTensor>;
}

/** The weights of the opened checkpoint and of its run's other checkpoints, and which of them the runner holds. */
export class Weights {
  readonly own: LoadedWeights;
  private readonly kept = new Map<number, LoadedWeights>();
  private readonly runId: string;
  private inPlace: LoadedWeights | undefined;

  /**
   * @param checkpoint the opened one; not kept, since an optimizer's slots are two or three times the weights
   * @param file real path of the checkpoint; others of its run lie beside it
   */
  constructor(
    private readonly workbench: Workbench,
    checkpoint: Checkpoint,
    private readonly file: string,
  ) {
    this.own = this.shown(checkpoint);
    this.runId = checkpoint.runId;
  }

  /** The weights of a step; if absent, of the opened checkpoint. Throws {@link RefusedError} if there are none. */
  async at(step: number | undefined): Promise<LoadedWeights> {
    if (step === undefined || step === this.own.step) return this.own;
    const known = this.kept.get(step);
    if (known !== undefined) {
      this.kept.delete(step);
      this.kept.set(step, known);
      return known;
    }
    const loaded = await this.read(step);
    this.kept.set(step, loaded);
    let total = 0;
    for (const [key, { state }] of [...this.kept].reverse()) {
      total += bytesOf(state);
      if (total > MOST_KEPT_BYTES && key !== step) this.kept.delete(key);
    }
    return loaded;
  }

  /** Gives weights to the runner, unless it holds them already. */
  use(weights: LoadedWeights): void {
    if (this.inPlace === weights) return;
    this.inPlace = undefined; // in case the next line throws
    this.workbench.runner.writeState(weights.state);
    this.inPlace = weights;
  }

  /** Reads a checkpoint of the same run from the folder of the opened one, under the name that a trainer gives it. */
  private async read(step: number): Promise<LoadedWeights> {
    const file = path.join(path.dirname(this.file), checkpointFileName(step));
    const found = await readCheckpoint(file).catch((error: unknown) => {
      throw new RefusedError(errorMessage(error), 'absent');
    });
    if (found.runId !== this.runId || found.step !== step) {
      throw new RefusedError(`The checkpoint of step ${step} is not one of this run.`, 'absent');
    }
    return this.shown(found);
  }

  private shown({ step, tensors }: Checkpoint): LoadedWeights {
    return { step, state: shownState(this.workbench.model.program, toState(tensors)) };
  }
}

function bytesOf(state: ReadonlyMap<string, HostTensor>): number {
  let bytes = 0;
  for (const { data } of state.values()) bytes += data.byteLength;
  return bytes;
}
