import { errorCode, errorMessage, reasonOf } from '../../common/systemError';
import { BackendError } from '../../engine/backend';
import { RuntimeFolderError } from '../../process/runtimeFolder';
import { isRepeated, lastEdit } from '../../protocol/lastEdit';
import type { Failure, RunRecord } from '../../protocol/run';
import { SpecificationError } from '../../protocol/specification';

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
    message: `${what} at step ${step}: training has diverged.`,
    remedy:
      'Resume with a smaller learning rate, or train again with a smaller' +
      ' training.optimizer.learningRate (a tenth is a good start), and check that the data hold no extreme values.',
  });
}

/**
 * Says of a run that diverged what a resume starts from, and blames the last edit of a hyperparameter, which most likely
 * was the reason.
 *
 * @param checkpoint step of the run's newest checkpoint; undefined where it has none
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
      `${repeated ? kept : seen(checkpoint)}`,
  };
}

/** Finite, but trained with the value that broke the run. */
function seen(checkpoint: number): string {
  return (
    `The newest checkpoint, of step ${checkpoint}, was trained with that value: should a resume from it diverge again, ` +
    'branch a new run from an earlier one (latent resume --from).'
  );
}

/**
 * What a run's record says of an error.
 *
 * @param step finished updates
 * @param checkpoint step of the run's newest checkpoint; undefined where it has none
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
      remedy: `Make room, then ${goOn(checkpoint)}.`,
      step,
    };
  }
  if (system !== undefined) {
    return {
      kind: 'disk',
      message: `${where.replace(/^t/, 'T')} could not be read or written: ${reasonOf(system)} (${system.path === undefined ? errorMessage(error) : code}).`,
      remedy: `Check the disk and the permissions, then ${goOn(checkpoint)}.`,
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

/** How the run can continue, to stand inside of a sentence. */
function goOn(checkpoint: number | undefined): string {
  if (checkpoint === undefined) return 'resume the run: it has no checkpoint yet and starts from step 0';
  return `resume the run: it continues from its checkpoint of step ${checkpoint}`;
}

/** The error of the operating system's ("ENOSPC" and the like): this one, or what caused it. */
function systemError(error: unknown): NodeJS.ErrnoException | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (/^E[A-Z0-9]+$/.test(errorCode(current) ?? '')) return current;
  }
  return undefined;
}
