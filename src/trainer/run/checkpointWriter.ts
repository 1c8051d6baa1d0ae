import type { HostTensor } from '../../engine/program';
import { capabilitiesOf } from '../../models/model';
import type { CheckpointTensor } from '../../runs/checkpointFile';
import type { CheckpointStore } from '../../runs/checkpoints';
import type { EventLogWriter } from '../../runs/eventLog';
import { notANumber } from '../errors/failure';
import type { LiveStatus } from './live';
import type { Publisher } from './publisher';
import type { RecordKeeper } from './recordKeeper';
import type { Workbench } from '../workbench/workbench';

export interface CheckpointWriterParts {
  readonly runId: string;
  readonly workbench: Workbench;
  readonly store: CheckpointStore;
  readonly log: EventLogWriter;
  readonly live: LiveStatus;
  readonly record: RecordKeeper;
  readonly publisher: Publisher;
}

/** Writes what a resume needs. An announced checkpoint is on disk, and so is the log up to its step. */
export class CheckpointWriter {
  private newest: { readonly step: number; readonly file: string; readonly requested: boolean } | undefined;

  /** @param metrics results of the last evaluation before the checkpoint that the session started from, by tag */
  constructor(
    private readonly parts: CheckpointWriterParts,
    private metrics: Readonly<Record<string, number>>,
  ) {}

  /** Sets the newest results of the evaluation, by tag, by which the best checkpoint is kept. */
  measured(metrics: Readonly<Record<string, number>>): void {
    this.metrics = metrics;
  }

  /**
   * Resolves with the file's name once it is safe on disk. Throws without touching older ones.
   *
   * @param options.requested the user asked for it: it is written again if only the schedule had written this step
   */
  async write(step: number, { requested = false } = {}): Promise<string> {
    if (this.newest?.step === step && (this.newest.requested || !requested)) return this.newest.file;
    const { live, workbench, log, store, record, runId, publisher } = this.parts;
    const epoch = step / workbench.stepsPerEpoch;
    return live.during('writing a checkpoint', async () => {
      const tensors = toTensors(workbench.runner.readState(), step);
      // First the log, then the checkpoint: a resume must find every point up to its step.
      await log.sync();
      const file = await store.write({
        step,
        epoch,
        tensors,
        specification: workbench.specification,
        capabilities: capabilitiesOf(workbench.model),
        runId,
        seed: workbench.specification.training.seed,
        metrics: this.metrics,
        requested,
      });
      this.newest = { step, file, requested };
      // After a crash run.json must not claim fewer steps than the checkpoint from which a resume continues.
      await record.update({ step, epoch });
      publisher.checkpointWritten(file, step);
      return file;
    });
  }
}

function toTensors(state: ReadonlyMap<string, HostTensor>, step: number): Map<string, CheckpointTensor> {
  const tensors = new Map<string, CheckpointTensor>();
  for (const [name, { dtype, shape, data }] of state) {
    // A loss is one step behind the weights: the update that reported a finite loss may have made them non-finite.
    if (dtype === 'float32' && !data.every(Number.isFinite))
      throw notANumber(`The variable ${name} is not finite`, step);
    tensors.set(name, { dtype: dtype === 'float32' ? 'F32' : 'I32', shape, data });
  }
  return tensors;
}

/** Tensors of a checkpoint as a runner takes them. */
export function toState(tensors: ReadonlyMap<string, CheckpointTensor>): Map<string, HostTensor> {
  return new Map(
    [...tensors].map(([name, { dtype, shape, data }]) => [
      name,
      { dtype: dtype === 'F32' ? 'float32' : 'int32', shape, data },
    ]),
  );
}
