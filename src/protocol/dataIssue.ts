import type { DataSpecification } from './dataSpecification';
import { isPointSet, modesLimit } from './mixtures';
import type { SpecificationIssue } from './specificationIssues';

type Key = keyof DataSpecification;

/** The settings of each data set besides `set` and `limit`. */
const TAKES: Readonly<Record<DataSpecification['set'], readonly Key[]>> = {
  mnist: ['binarization'],
  idx: ['binarization', 'path', 'split'],
  cifar10: ['binarization', 'path'],
  images: ['binarization', 'path', 'size', 'channels', 'fit', 'testShare'],
  numpy: ['binarization', 'path', 'size', 'channels', 'testShare'],
  freyFace: ['binarization', 'path', 'testShare'],
  points: ['path', 'testShare'],
  ring: ['modes', 'deviation'],
  grid: ['modes', 'deviation'],
  swissRoll: ['deviation'],
  linearGaussian: ['deviation'],
};

/** A setting that the chosen data set does not have, and that would be ignored. */
export function dataIssue(data: DataSpecification): SpecificationIssue | undefined {
  const all: readonly Key[] = [
    'path',
    'split',
    'binarization',
    'size',
    'channels',
    'fit',
    'testShare',
    'modes',
    'deviation',
  ];
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
function modesIssue(data: DataSpecification): SpecificationIssue | undefined {
  const limit = isPointSet(data) ? modesLimit(data) : undefined;
  if (limit === undefined) return undefined;
  const keys = ['data', 'modes'] as const;
  return { keys, path: keys.join('.'), message: `must be ${limit}` };
}
