import { lastEdit } from './lastEdit';
import { nearest } from './nearest';
import type { Change, Hyperparameter } from './run';

/** Changes of hyperparameters on resuming: they apply from the first update after the run's checkpoint. */
export interface Revision {
  /** Undoes the last edit that has not been undone yet. */
  readonly withoutLastEdit?: boolean;
  /** New values by name. */
  readonly set?: Readonly<Record<string, number>>;
}

/**
 * Why a revision is impossible, as sentences; undefined if it is possible.
 *
 * @param declared undefined while no trainer has loaded the run, which then checks names and values itself
 */
export function revisionProblem(
  { withoutLastEdit = false, set = {} }: Revision,
  declared: readonly Hyperparameter[] | undefined,
  changes: readonly Change[],
): string | undefined {
  if (withoutLastEdit && lastEdit(changes) === undefined) {
    return 'No edit of a hyperparameter is left to take back. Resume the run as it is, or with a new value.';
  }
  if (declared === undefined) return undefined;
  for (const [name, value] of Object.entries(set)) {
    const found = declared.find((each) => each.name === name);
    if (found === undefined) return unknownName(name, declared);
    if (!(value >= found.minimum && value <= found.maximum)) {
      return `${found.title} must be between ${found.minimum} and ${found.maximum}; ${value} is not.`;
    }
  }
  return undefined;
}

function unknownName(name: string, declared: readonly Hyperparameter[]): string {
  const names = declared.map((each) => each.name);
  const meant = nearest(name, names);
  const advice = meant === undefined ? `It has: ${names.join(', ')}.` : `Did you mean ${meant}?`;
  return `This model has no hyperparameter “${name.slice(0, 100)}”. ${advice}`;
}
