import { byteCount } from '../../common/byteCount';
import type { DataSpecification } from '../../protocol/dataSpecification';
import { DataError } from '../error';
import type { Dataset, ExampleSet, Split } from '../exampleSet';
import { divide } from './division';
import { labelsOf } from './labels';
import { placesOf } from './layout';
import type { StoredArray } from './numpyFile';
import type { Part, Parts } from './roles';

const MOST_POINTS = 10_000_000;
/** Larger ones lose digits as float32, and any model of points has long diverged on them. */
const LARGEST = 1e6;
/** Where half the side of a square around the points is outside of these, networks learn slowly or not at all. */
const USUAL: readonly [number, number] = [0.1, 20];

type PointData = Pick<Dataset, 'train' | 'test' | 'shape' | 'extent' | 'remarks'>;

/** The points of arrays [count, 2], divided where there are no test points. Throws {@link DataError}. */
export async function pointsOf(parts: Parts, data: DataSpecification, file: string): Promise<PointData> {
  const train = await read(parts.train, file);
  if (parts.test === undefined) return dividedPoints(train, data, file);
  const test = await read(parts.test, file);
  const set = (split: Split, { values, labels }: Read): ExampleSet => {
    if (values.length === 0) throw new DataError(`There are no ${split} points in ${file}.`, 'Store at least one.');
    return { split, count: values.length / 2, values, labels };
  };
  return { train: set('train', train), test: set('test', test), ...described([train, test]) };
}

/** Points with their coordinates [count, 2], and their labels if they have some. */
export interface Read {
  readonly values: Float32Array;
  readonly labels?: Uint8Array;
}

/** Points of a file without test points: some are held out. Throws {@link DataError} for fewer than two. */
export function dividedPoints(read: Read, data: DataSpecification, file: string): PointData {
  const count = read.values.length / 2;
  const { tests, places } = divide(count, data, file);
  const values = new Float32Array(2 * count);
  const labels = read.labels && new Uint8Array(count);
  for (const [row, place] of places.entries()) {
    values.set(read.values.subarray(2 * row, 2 * row + 2), 2 * place);
    if (labels) labels[place] = read.labels![row]!;
  }
  const set = (split: Split, from: number, to: number): ExampleSet => ({
    ...{ split, count: to - from, values: values.subarray(2 * from, 2 * to), labels: labels?.subarray(from, to) },
  });
  return { test: set('test', 0, tests), train: set('train', tests, count), ...described([read]) };
}

async function read({ examples, labels }: Part, file: string): Promise<Read> {
  checkShape(examples, file);
  const [count] = examples.shape as [number];
  const values = new Float32Array(2 * count);
  const next = placesOf(examples, [0, 1]);
  for await (const piece of examples.pieces()) {
    for (let i = 0; i < piece.length; i++) {
      const place = next();
      values[place] = coordinate(piece[i]!, `Point ${Math.floor(place / 2)} in ${file}`);
    }
  }
  return { values, labels: labels && (await labelsOf(labels, count, file)) };
}

function checkShape({ shape }: StoredArray, file: string): void {
  if (shape.length !== 2 || shape[1] !== 2) {
    const images = shape.length === 3 || shape.length === 4;
    throw new DataError(
      `${file} holds an array of ${shape.slice(0, 8).join('×')}; points on a plane are [count, 2].`,
      images ? 'These may be images: set data.set to "numpy".' : 'Store two coordinates for each point.',
    );
  }
  checkCount(shape[0]!, file);
}

/** Throws {@link DataError} for more points than can be used. */
export function checkCount(count: number, file: string): void {
  if (count <= MOST_POINTS) return;
  throw new DataError(
    `${file} holds ${count.toLocaleString('en-US')} points, ${byteCount(8 * count)}; at most ${MOST_POINTS.toLocaleString('en-US')} are read.`,
    'Store fewer of them.',
  );
}

/** A coordinate that is finite and of a reasonable size. Throws {@link DataError}. */
export function coordinate(value: number, where: string): number {
  if (Math.abs(value) <= LARGEST) return value;
  throw new DataError(
    `${where} has the coordinate ${value}; coordinates are finite, and at most ${LARGEST.toLocaleString('en-US')} from 0.`,
    'Correct it, or scale all points to about −2 to 2.',
  );
}

function described(all: readonly Read[]): Pick<Dataset, 'shape' | 'extent' | 'remarks'> {
  let farthest = 0;
  for (const { values } of all) for (const value of values) farthest = Math.max(farthest, Math.abs(value));
  const extent = extentOf(farthest);
  const usual = farthest >= USUAL[0] && farthest <= USUAL[1];
  const far = Number(farthest.toPrecision(3));
  const remark = `The points reach ${far} from the origin. Networks learn best what reaches about 2: scale them if training fails.`;
  return { shape: { kind: 'points', size: 2 }, extent, remarks: usual ? [] : [remark] };
}

/** Half the side of the square that is shown: with a margin, and round in the first digits. */
function extentOf(farthest: number): number {
  if (farthest === 0) return 1;
  const wanted = farthest * 1.2;
  const unit = 10 ** Math.floor(Math.log10(wanted));
  return (Math.ceil((2 * wanted) / unit) * unit) / 2;
}
