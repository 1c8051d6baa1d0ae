import { errorCode, errorMessage, reasonOf } from '../../common/systemError';
import { DataError } from '../../data/error';
import { BackendError } from '../../engine/backend';
import { RuntimeFolderError } from '../../process/runtimeFolder';
import { isRepeated, lastEdit } from '../../protocol/lastEdit';
import type { Failure, RunRecord } from '../../protocol/run';
import { SpecificationError } from '../../protocol/specification';

/** Ends a run with a message for the user: what happened, why, what to do. All other errors are internal ones. */
export class TrainerError extends Error {
  override name = 'TrainerError';
  constructor(
    readonly failure: Failure,
    options?: ErrorOptions,
  ) {
    super(failure.remedy === undefined ? failure.message : `${failure.message} ${failure.remedy}`, options);
  }
}

/** The failure of a run whose loss or weights are no longer finite. */
export function notANumber(what: string, step: number): TrainerError {
  return new TrainerError({
    kind: 'not-a-number',
    step,
    message: `${what} at step ${step}: training has diverged.`,
    remedy:
      'Resume with a smaller learning rate, or train again with a smaller' +
      ' training.optimizer.learningRate (a tenth is a good start), and check that the data hold no extreme values.',
  });
}

/**
 * Adds to the failure of a diverged run what a resume starts from, and names the last edit of a hyperparameter as the
 * likely cause.
 *
 * @param checkpoint step of the run's newest checkpoint; undefined if it has none
 */
export function explainDivergence(
  failure: Failure,
  { changes, hyperparameters }: Pick<RunRecord, 'changes' | 'hyperparameters'>,
  checkpoint: number | undefined,
): Failure {
  if (failure.kind !== 'not-a-number') return failure;
  const kept =
    checkpoint === undefined
      ? 'No checkpoint was written before, so a resume begins with the first step.'
      : `The checkpoint of step ${checkpoint} is unaffected.`;
  const edit = lastEdit(changes);
  if (edit === undefined) return { ...failure, remedy: `${kept} ${failure.remedy ?? ''}`.trim() };
  const title = hyperparameters?.find(({ name }) => name === edit.name)?.title ?? edit.name;
  const repeated = checkpoint === undefined || isRepeated(edit, checkpoint);
  return {
    ...failure,
    remedy:
      `${title} was changed from ${edit.before} to ${edit.value} at step ${edit.step}, and a plain resume ` +
      `${repeated ? 'repeats that' : 'continues with that'}. Resume without the last edit, or with another value. ` +
      `${repeated ? kept : trainedWithEdit(checkpoint)}`,
  };
}

/** The checkpoint is finite, but was trained with the value that made the run diverge. */
function trainedWithEdit(checkpoint: number): string {
  return (
    `The newest checkpoint, of step ${checkpoint}, was trained with that value: should a resume from it diverge again, ` +
    'branch a new run from an earlier one (latent resume --from).'
  );
}

/**
 * The failure that a run's record gets for an error.
 *
 * @param step finished updates
 * @param checkpoint step of the run's newest checkpoint; undefined if it has none
 */
export function failureOf(error: unknown, step?: number, checkpoint?: number): Failure {
  if (error instanceof TrainerError) return { step, ...error.failure };
  if (error instanceof SpecificationError) {
    return {
      kind: 'specification',
      message: error.message,
      remedy: 'Correct the specification and train again.',
      step,
    };
  }
  if (error instanceof DataError) return { kind: 'data', message: error.message, remedy: error.remedy, step };
  if (error instanceof BackendError) return { kind: 'backend', message: error.message, remedy: error.next, step };
  if (error instanceof RuntimeFolderError) {
    return { kind: 'disk', message: error.message, step };
  }
  const system = systemError(error);
  const code = system?.code;
  const where = system?.path ?? 'the run directory';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return {
      kind: 'disk',
      message: `There is no space left on the disk of ${where}.`,
      remedy: `Make room, then ${resumeAdvice(checkpoint)}.`,
      step,
    };
  }
  if (system !== undefined) {
    return {
      kind: 'disk',
      message: `${where.replace(/^t/, 'T')} could not be read or written: ${reasonOf(system)} (${system.path === undefined ? errorMessage(error) : code}).`,
      remedy: `Check the disk and the permissions, then ${resumeAdvice(checkpoint)}.`,
      step,
    };
  }
  return {
    kind: 'internal',
    message: `The trainer failed: ${errorMessage(error)}`,
    remedy:
      'The trainer’s log (trainer.log) says where. ' +
      (checkpoint === undefined ? 'The run has no checkpoint.' : `The run can be resumed from step ${checkpoint}.`),
    step,
  };
}

/** How the run can continue, as a clause of a sentence. */
function resumeAdvice(checkpoint: number | undefined): string {
  if (checkpoint === undefined) return 'resume the run: it has no checkpoint yet and starts from step 0';
  return `resume the run: it continues from its checkpoint of step ${checkpoint}`;
}

/** The operating system's error (such as ENOSPC): this error or one of its causes. */
function systemError(error: unknown): NodeJS.ErrnoException | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (/^E[A-Z0-9]+$/.test(errorCode(current) ?? '')) return current;
  }
  return undefined;
}
