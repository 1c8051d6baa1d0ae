import { errorMessage } from '../common/systemError';
import { BackendError } from '../engine/backend';
import { lastEdit } from '../protocol/revision';
import type { Failure, RunRecord } from '../protocol/run';
import { SpecificationError } from '../protocol/specification';

/** Ends a run with words for people: what happened, why, what next. Everything else that is thrown is a fault of ours. */
export class TrainerError extends Error {
  override name = 'TrainerError';
  constructor(
    readonly failure: Failure,
    options?: ErrorOptions,
  ) {
    super(failure.remedy === undefined ? failure.message : `${failure.message} ${failure.remedy}`, options);
  }
}

/** A loss or a weight is not finite any more. */
export function notANumber(what: string, step: number): TrainerError {
  return new TrainerError({
    kind: 'not-a-number',
    step,
    message: `${what} at step ${step}: the training has diverged.`,
    remedy:
      'The checkpoints up to here are intact. Resume with a smaller learning rate, or train again with a smaller' +
      ' training.optimizer.learningRate (a tenth is a good start), and check that the data hold no extreme values.',
  });
}

/** A run that diverged after somebody had changed a hyper-parameter most likely did so because of that. */
export function blamingEdit(failure: Failure, { changes, hyperparameters }: RunRecord): Failure {
  const edit = failure.kind === 'not-a-number' ? lastEdit(changes) : undefined;
  if (edit === undefined) return failure;
  const title = hyperparameters?.find(({ name }) => name === edit.name)?.title ?? edit.name;
  return {
    ...failure,
    remedy:
      `${title} was changed from ${edit.before} to ${edit.value} at step ${edit.step}, and a plain resume repeats that. ` +
      'Resume without the last edit, or with another value; the checkpoints up to here are intact.',
  };
}

/** What a run's record says of an error. */
export function failureOf(error: unknown, step?: number): Failure {
  if (error instanceof TrainerError) return { step, ...error.failure };
  if (error instanceof SpecificationError) {
    return {
      kind: 'specification',
      message: error.message,
      remedy: 'Correct the specification and train again.',
      step,
    };
  }
  if (error instanceof BackendError) return { kind: 'backend', message: error.message, remedy: error.next, step };
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return {
      kind: 'disk',
      message: 'There is no space left on the disk of the run directory.',
      remedy: 'Make room, then resume the run: its last checkpoint is intact.',
      step,
    };
  }
  if (code !== undefined) {
    return {
      kind: 'disk',
      message: `The run directory could not be read or written: ${errorMessage(error)}.`,
      remedy: 'Check the disk and the permissions of the folder, then resume the run.',
      step,
    };
  }
  return {
    kind: 'internal',
    message: `The trainer failed: ${errorMessage(error)}`,
    remedy: 'The trainer’s log (trainer.log) says where. The run can be resumed from its last checkpoint.',
    step,
  };
}

/** "ENOSPC" and the like, of an error of the operating system's or of what caused it. */
function systemCode(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string' && /^E[A-Z0-9]+$/.test(current.code)) return current.code;
  }
  return undefined;
}
