import { control } from '../process/control';
import type { Revision } from '../protocol/revision';
import { revisionProblem } from '../protocol/revision';
import type { RunRecord, RunStatus } from '../protocol/run';
import type { RunDirectory } from '../runs/directory';
import { shellCommand } from '../runs/shellCommand';
import { UsageError } from './usageError';

/** The hyperparameter options of `resume`. */
export interface RevisionOptions {
  /** "name=value" each. */
  readonly set: readonly string[];
  readonly withoutLastEdit?: boolean;
}

/** Undefined if there are no changes. Throws {@link UsageError} for anything but name=number. */
export function revisionOf({ set, withoutLastEdit }: RevisionOptions): Revision | undefined {
  if (set.length === 0 && !withoutLastEdit) return undefined;
  const values = set.map((text): [string, number] => {
    const [name, value] = splitAt(text, text.indexOf('='));
    const number = value.trim() === '' ? NaN : Number(value);
    if (name !== '' && Number.isFinite(number)) return [name, number];
    throw new UsageError(`"${text}" is not name=number, such as --set learningRate=1e-4.`);
  });
  return { withoutLastEdit, set: Object.fromEntries(values) };
}

/**
 * Changes hyperparameters of a run whose trainer is paused. Throws, without changing anything, if it is in another
 * state.
 */
export async function reviseLive(
  run: RunDirectory,
  { id, hyperparameters = [], changes }: RunRecord,
  status: RunStatus,
  revision: Revision,
): Promise<void> {
  if (status !== 'paused') {
    throw new Error(
      `${run.name} is already ${status === 'running' ? 'training' : status}: --set and --without-last-edit change a run ` +
        `as it is resumed. First: ${shellCommand(['latent', 'pause', run.path])}`,
    );
  }
  if (revision.withoutLastEdit) {
    throw new Error(
      `${run.name} is paused, and has trained since the last edit: --without-last-edit is for a run that has ` +
        'ended. Restore the hyperparameter’s value with --set.',
    );
  }
  const problem = revisionProblem(revision, hyperparameters, changes);
  if (problem !== undefined) throw new UsageError(problem);
  for (const [name, value] of Object.entries(revision.set ?? {})) {
    await control({ id, expectedPath: run.path }, 'set', { name, value });
  }
}

function splitAt(text: string, index: number): [string, string] {
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
