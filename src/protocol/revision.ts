import { lastEdit } from './lastEdit';
import { nearest } from './nearest';
import type { Change, Hyperparameter } from './run';

/** How hyperparameters change as a run is resumed: from the first update after its checkpoint on. */
export interface Revision {
  /** Takes the last edit back that has not been taken back yet. */
  readonly withoutLastEdit?: boolean;
  /** New values by name. */
  readonly set?: Readonly<Record<string, number>>;
}

/**
 * Why a revision cannot be made, as sentences; undefined where it can.
 *
 * @param declared undefined while no trainer has loaded the run: then names and values are for its trainer to judge
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
