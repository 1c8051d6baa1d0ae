import type { DataSpecification } from './dataSpecification';
import { MOST_MODES } from './mixtures';
import type { SpecificationIssue } from './specificationIssues';

type Key = keyof DataSpecification;

/** The settings of each data set besides `set` and `limit`. */
const TAKES: Readonly<Record<DataSpecification['set'], readonly Key[]>> = {
  mnist: ['binarization'],
  idx: ['binarization', 'path'],
  ring: ['modes', 'deviation'],
  grid: ['modes', 'deviation'],
  swissRoll: ['deviation'],
};

/** A setting that the chosen data set does not have, and that would be ignored. */
export function dataIssue(data: DataSpecification): SpecificationIssue | undefined {
  const all: readonly Key[] = ['path', 'binarization', 'modes', 'deviation'];
  const given = all.filter((key) => data[key] !== undefined && data[key] !== 'none');
  const unused = given.find((key) => !TAKES[data.set].includes(key));
  if (unused === undefined) return modesIssue(data);
  const sets = Object.entries(TAKES).flatMap(([set, keys]) => (keys.includes(unused) ? [`"${set}"`] : []));
  const keys = ['data', unused] as const;
  return {
    keys,
    path: keys.join('.'),
    message: `has no effect on the set "${data.set}"; it is for ${sets.join(' and ')}`,
  };
}

/** Modes that make no such set. */
function modesIssue({ set, modes }: DataSpecification): SpecificationIssue | undefined {
  if (modes === undefined) return undefined;
  const keys = ['data', 'modes'] as const;
  const issue = (message: string) => ({ keys, path: keys.join('.'), message });
  if (modes > MOST_MODES) return issue(`must be at most ${MOST_MODES}`);
  const side = Math.round(Math.sqrt(modes));
  if (set !== 'grid' || side * side === modes) return undefined;
  return issue(`must be a square number for the set "grid", such as ${side * side}`);
}
