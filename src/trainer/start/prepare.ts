import type { Revision } from '../../protocol/revision';
import type { BackendInfo, Presentation, RunRecord } from '../../protocol/run';
import { CheckpointStore } from '../../runs/checkpoints';
import { EventLogWriter } from '../../runs/eventLog';
import { capabilitiesOf } from '../../models/model';
import { CheckpointWriter, toState } from '../run/checkpointWriter';
import { TrainerError } from '../errors/failure';
import { Alerts } from '../events/alerts';
import { Hyperparameters } from '../loop/hyperparameters';
import { PartialSteps } from '../loop/partialSteps';
import { scalarsDue } from '../events/listeners';
import { summaryNames } from '../events/summaries';
import type { Publisher } from '../run/publisher';
import { RefusedError } from '../errors/refused';
import { bitDifference, requireParentCheckpoint, newestCheckpoint, type RestorePoint } from './restore';
import type { Session } from '../run/session';
import { scheduleFactor } from '../loop/schedule';
import { phaseNames } from '../workbench/trainingStep';
import { Workbench } from '../workbench/workbench';
import { imageNotes, logImages, recordedImages } from './images';

/** A run with its data, model and checkpoint loaded, ready for its next step. */
export interface LoadedRun {
  readonly workbench: Workbench;
  readonly hyperparameters: Hyperparameters;
  readonly partialSteps: PartialSteps;
  readonly log: EventLogWriter;
  readonly alerts: Alerts;
  readonly checkpoints: CheckpointWriter;
  /** Updates that are finished, and that make the run complete. */
  readonly from: number;
  readonly totalSteps: number;
}

export interface PrepareOptions {
  /** Why native TensorFlow cannot be used although it is set up; goes into the run's notes. */
  readonly withoutTensorFlow?: string;
  /** Changes of hyperparameters that hold from the first update of this session on. */
  readonly revision?: Revision;
  /** Ends what takes long, the decoding of images; its reason is then thrown. */
  readonly signal?: AbortSignal;
}

/** Loads what the run's specification says, restores the newest checkpoint, opens the log. Throws {@link TrainerError}. */
export async function prepare(
  session: Session,
  publisher: Publisher,
  { withoutTensorFlow, revision, signal }: PrepareOptions,
): Promise<LoadedRun> {
  const { run, live, record } = session;
  const { specification, id, changes, partialSteps: stepped, backend: earlier } = record.current;
  const workbench = await Workbench.open({
    specification,
    source: run.path,
    pinned: withoutTensorFlow === undefined ? earlier?.name : 'wasm',
    ready: 'training',
    onActivity: (activity) => live.update({ activity }),
    signal,
  });
  logImages(workbench);
  live.update({ activity: 'reading the last checkpoint' });
  const store = new CheckpointStore(run, specification.checkpoints, undefined, complain);
  // In place: under the old name of a renamed folder there are no checkpoints, and the run would start from its first step.
  const found = await run.inPlace(() => newestCheckpoint(run, store, id));
  requireParentCheckpoint(found, record.current);
  const from = restore(workbench, found);
  const metrics = found.checkpoint?.metrics ?? {};
  const { epochs } = specification.training;
  const totalSteps = workbench.stepsPerEpoch * epochs;
  const hyperparameters = new Hyperparameters(workbench.model.hyperparameters, changes, (schedule, update) =>
    scheduleFactor(schedule, update, totalSteps),
  );
  const partialSteps = new PartialSteps(phaseNames(workbench.model.phases), stepped);
  // On disk before the first update, so that the next resume repeats the same steps.
  const revised = revision === undefined ? [] : revise(hyperparameters, revision, from);
  if (revision !== undefined) await record.update({ changes: [...hyperparameters.changes] });
  const log = await run.inPlace(() =>
    EventLogWriter.open(run, {
      step: found.checkpoint?.step,
      onAppend: (file, offset, bytes) => publisher.appended(file, offset, bytes),
    }),
  );
  const alerts = new Alerts({ model: workbench.model, hyperparameters, log, live, record });
  const counts = (tag: string, step: number) =>
    !tag.startsWith('train/') || scalarsDue(step, { workbench, totalSteps });
  await run.inPlace(() => alerts.resume(run.path, from, counts));
  const checkpoints = new CheckpointWriter({ runId: id, workbench, store, log, live, record, publisher }, metrics);
  live.measured(metrics);
  live.update({ step: from, epoch: from / workbench.stepsPerEpoch, activity: undefined });
  const backend = withReason(workbench.backend.info, withoutTensorFlow);
  const notes = [...notesOf(found, from, earlier, backend), ...imageNotes(workbench, from, record.current), ...revised];
  await describe(session, workbench, backend, totalSteps, notes);
  return { workbench, hyperparameters, partialSteps, log, alerts, checkpoints, from, totalSteps };
}

/** Puts the checkpoint's tensors in place. Returns how many updates are finished. Throws {@link TrainerError}. */
export function restore(workbench: Workbench, { checkpoint, file }: RestorePoint): number {
  if (checkpoint === undefined) return 0;
  try {
    workbench.runner.writeState(toState(checkpoint.tensors));
  } catch (error) {
    throw new TrainerError(
      {
        kind: 'specification',
        message: `The checkpoint ${file} does not fit the model of run.json: ${String(error)}.`,
        remedy: 'run.json was changed after the checkpoint was written. Undo that, or train a new run.',
      },
      { cause: error },
    );
  }
  return checkpoint.step;
}

/** Returns notes on what was reverted. Throws {@link TrainerError} for changes that are not possible. */
function revise(hyperparameters: Hyperparameters, revision: Revision, from: number): string[] {
  try {
    return hyperparameters.revise(revision, from + 1);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const remedy = 'Resume the run without that change, or with another value.';
    throw new TrainerError({ kind: 'specification', message: error.message, remedy }, { cause: error });
  }
}

/** Adds the launcher's reason for not using native TensorFlow, which the backend cannot know. */
function withReason(info: BackendInfo, reason: string | undefined): BackendInfo {
  return reason === undefined ? info : { ...info, flags: { ...info.flags, tensorflow: reason } };
}

function notesOf(found: RestorePoint, from: number, earlier: BackendInfo | undefined, now: BackendInfo): string[] {
  const notes = [...found.notes];
  const difference = from === 0 ? undefined : bitDifference(earlier, now);
  if (difference !== undefined) notes.push(`From step ${from} on ${difference}.`);
  const reason = now.flags['tensorflow']?.replace(/\.$/, '');
  if (reason !== undefined) notes.push(`Native TensorFlow: ${reason}. WebAssembly trains instead, which is slower.`);
  return notes;
}

async function describe(
  session: Session,
  workbench: Workbench,
  backend: BackendInfo,
  totalSteps: number,
  notes: readonly string[],
): Promise<void> {
  const { record, live } = session;
  const { stepsPerEpoch, parameters, model } = workbench;
  live.update({ totalSteps, stepsPerEpoch, backend });
  const phases = phaseNames(model.phases);
  const panels = withNames(model.presentation.panels, summaryNames(workbench));
  const patch: Partial<RunRecord> = {
    totalSteps,
    stepsPerEpoch,
    parameters,
    presentation: { ...model.presentation, panels, ...(phases.length > 1 && { phases }) },
    capabilities: capabilitiesOf(model),
    hyperparameters: Object.entries(model.hyperparameters).map(([name, declared]) => ({ name, ...declared })),
    backend,
    images: recordedImages(workbench),
    notes: [...new Set([...record.current.notes, ...notes])],
  };
  await record.update(patch);
}

/** More names than a record may hold tell nobody anything. */
const MOST_NAMES = 256;

function withNames(
  panels: Presentation['panels'],
  names: Readonly<Record<string, readonly string[] | undefined>>,
): Presentation['panels'] {
  const namesOf = (tag: string) => names[tag]?.slice(0, MOST_NAMES);
  return panels.map((panel) => {
    if (panel.kind === 'images') return { ...panel, rows: panel.rows ?? namesOf(panel.tag) };
    if (panel.kind !== 'plane') return panel;
    const layers = panel.layers.map((layer) =>
      layer.kind === 'points' ? { ...layer, classes: layer.classes ?? namesOf(layer.tag) } : layer,
    );
    return { ...panel, layers };
  });
}

function complain(problem: string): void {
  process.stderr.write(`${problem}\n`);
}
