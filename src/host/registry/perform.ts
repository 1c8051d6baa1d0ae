import type { Results } from '../../protocol/control';
import type { Revision } from '../../protocol/revision';
import type { RunDetail, RunIntent, RunSummary } from '../../protocol/views';
import type { Trainers } from './ports';

/** An intent that cannot be carried out; the message is for users. */
export class ActionError extends Error {
  override name = 'ActionError';
  constructor(
    message: string,
    readonly code: 'untrusted' | 'gone' | 'unfitting',
  ) {
    super(message);
  }
}

/** The outcome of an intent. */
export interface Performance {
  /** The step at which the trainer carried it out. */
  readonly step?: number;
  /** Name of the checkpoint that was written. */
  readonly checkpoint?: string;
}

/** What some intents need to know. */
export interface IntentDetails {
  /** Of `continue`. */
  readonly extendEpochs?: number;
  readonly revision?: Revision;
  /** Of `step`: the only phase of that step. */
  readonly phase?: string;
  /** Of `pace`: steps per second at most; null for full speed. */
  readonly stepsPerSecond?: number | null;
}

export interface PerformOptions {
  readonly intent: RunIntent;
  readonly details: IntentDetails;
  readonly run: { readonly path: string; readonly id?: string } | undefined;
  readonly summary: RunSummary | undefined;
  readonly trusted: boolean;
  readonly trainers: Trainers;
}

/** The registry's actions: each is one request to a trainer, or the start of one. Throws {@link ActionError}. */
export async function perform({
  intent,
  details,
  run,
  summary,
  trusted,
  trainers,
}: PerformOptions): Promise<Performance> {
  if (!trusted) throw untrusted();
  if (run?.id === undefined || summary === undefined) throw gone();
  if (!summary.intents.includes(intent)) {
    throw new ActionError(`${summary.name} is ${summary.status}: there is nothing to ${intent} now.`, 'unfitting');
  }
  const address = { id: run.id, expectedPath: run.path };
  switch (intent) {
    case 'pause':
    case 'resume':
      return (await trainers.control(address, intent, {})).value;
    case 'step':
      return (await trainers.control(address, 'step', { count: 1, phase: details.phase, show: true })).value;
    case 'pace': {
      const { stepsPerSecond = null } = details;
      return { step: (await trainers.control(address, 'pace', { stepsPerSecond })).value.step };
    }
    case 'stop': {
      const { value } = await trainers.control(address, 'stop', {});
      return { step: value.step, checkpoint: value.checkpoint ?? undefined };
    }
    case 'checkpoint': {
      const { value } = await trainers.control(address, 'checkpoint', {});
      return { step: value.step, checkpoint: value.file };
    }
    case 'sample':
      return { step: (await trainers.control(address, 'sample', {})).value.step };
    case 'continue':
      await trainers.resume(run.path, details.extendEpochs, details.revision);
      return {};
  }
}

/** A hyperparameter's new value, and the update from which it applies. */
export type Applied = Results['set'];

/** Changes a hyperparameter of a live run. Throws {@link ActionError}, or the trainer's error. */
export async function setHyperparameter(options: {
  readonly name: string;
  readonly value: number;
  readonly run: PerformOptions['run'];
  readonly detail: RunDetail | undefined;
  readonly trusted: boolean;
  readonly trainers: Trainers;
}): Promise<Applied> {
  const { name, value, run, detail, trusted, trainers } = options;
  if (!trusted) throw untrusted();
  if (run?.id === undefined || detail === undefined) throw gone();
  if (detail.onResume) throw new ActionError('The run is not training: resume it with the new value.', 'unfitting');
  if (detail.fixed !== undefined) throw new ActionError(detail.fixed, 'unfitting');
  return (await trainers.control({ id: run.id, expectedPath: run.path }, 'set', { name, value })).value;
}

function untrusted(): ActionError {
  return new ActionError('In Restricted Mode runs can be viewed, but not controlled.', 'untrusted');
}

function gone(): ActionError {
  return new ActionError('The run is no longer in its folder.', 'gone');
}
