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

/** Writes what a resume needs. What it announces is on disk, and so is the log that led to it. */
export class CheckpointWriter {
  private newest: { readonly step: number; readonly file: string; readonly requested: boolean } | undefined;

  /** @param metrics What the evaluation before the checkpoint that we started from gave. */
  constructor(
    private readonly parts: CheckpointWriterParts,
    private metrics: Readonly<Record<string, number>>,
  ) {}

  /** Newest results of the evaluation, by tag: what the rule that keeps the best goes by. */
  measured(metrics: Readonly<Record<string, number>>): void {
    this.metrics = metrics;
  }

  /**
   * Resolves with the file's name once it is safe on disk. Throws without touching older ones.
   *
   * @param options.requested a person asked for it: it is written once more where only the schedule had written this step
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
      // What a resume continues from is the least that run.json may claim after a crash.
      await record.update({ step, epoch });
      publisher.checkpointWritten(file, step);
      return file;
    });
  }
}

function toTensors(state: ReadonlyMap<string, HostTensor>, step: number): Map<string, CheckpointTensor> {
  const tensors = new Map<string, CheckpointTensor>();
  for (const [name, { dtype, shape, data }] of state) {
    // A loss is one step behind the weights: they may have broken in the very update that reported a good loss.
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
