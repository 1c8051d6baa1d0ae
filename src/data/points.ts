import { normals, uniforms } from '../engine/random/philox';
import type { DataSpecification } from '../protocol/specification';
import type { Dataset, ExampleSet, Split } from './exampleSet';
import { DATA_TITLES } from '../protocol/dataTitles';
import { DataError } from './error';

/** Points on a plane, drawn once and independently of the training seed, so that runs can be compared. */
export type PointsSpecification = DataSpecification & { readonly set: 'ring' | 'grid' | 'swissRoll' };

const COUNT: Record<Split, number> = { train: 50_000, test: 10_000 };
const SEED = 0;
/** Philox streams: one for mode or position, one for the noise. */
const PLACES: Record<Split, number> = { train: 0x4100_0000, test: 0x8100_0000 };
const NOISE: Record<Split, number> = { train: 0x4200_0000, test: 0x8200_0000 };
/** As in Metz et al. 2017 (ring) and Srivastava et al. 2017 (grid). */
const DEVIATION = { ring: 0.02, grid: 0.05, swissRoll: 0.02 } as const;
const RADIUS = 2;
const SPACING = 2;
const MOST_MODES = 256;

/**
 * A mixture of Gaussians on a circle or a square grid, whose labels are the modes, or a spiral. Throws
 * {@link DataError} for modes that do not fit, and for a binarization.
 */
export function makePoints(specification: PointsSpecification): Dataset {
  const { set, binarization } = specification;
  if (binarization !== 'none') {
    throw new DataError('Points cannot be binarized.', 'Remove data.binarization, or choose a set of images.');
  }
  const deviation = specification.deviation ?? DEVIATION[set];
  const make = (split: Split): ExampleSet => {
    const noise = normals(2 * COUNT[split], SEED, NOISE[split], 0);
    const places = uniforms(COUNT[split], SEED, PLACES[split], 0);
    return set === 'swissRoll'
      ? { split, count: COUNT[split], values: scattered(places, spiral, noise, deviation) }
      : mixture(split, centersOf(specification), places, noise, deviation);
  };
  return { name: DATA_TITLES[set], train: make('train'), test: make('test'), shape: { kind: 'points', size: 2 } };
}

type Point = readonly [number, number];

function centersOf({ set, modes }: PointsSpecification): Point[] {
  const count = modes ?? (set === 'ring' ? 8 : 25);
  if (count > MOST_MODES)
    throw new DataError(`${count} modes are too many.`, `Set data.modes to at most ${MOST_MODES}.`);
  if (set === 'ring') {
    return Array.from({ length: count }, (_, mode) => {
      const angle = (2 * Math.PI * mode) / count;
      return [RADIUS * Math.cos(angle), RADIUS * Math.sin(angle)];
    });
  }
  const side = Math.round(Math.sqrt(count));
  if (side * side !== count) {
    throw new DataError(
      `${count} modes do not form a square grid.`,
      `Set data.modes to a square number, such as ${side * side}.`,
    );
  }
  const at = (index: number) => SPACING * (index - (side - 1) / 2);
  return Array.from({ length: count }, (_, mode) => [at(mode % side), at(Math.floor(mode / side))]);
}

function mixture(
  split: Split,
  centers: readonly Point[],
  places: Float32Array,
  noise: Float32Array,
  deviation: number,
): ExampleSet {
  const labels = Uint8Array.from(places, (place) => Math.floor(place * centers.length));
  const center = (_: number, row: number) => centers[labels[row]!]!;
  return { split, count: labels.length, values: scattered(places, center, noise, deviation), labels };
}

/** t (cos t, sin t) for t from 1.5 π to 4.5 π, scaled to a maximum radius of 1. */
function spiral(place: number): Point {
  const t = 1.5 * Math.PI * (1 + 2 * place);
  const radius = t / (4.5 * Math.PI);
  return [radius * Math.cos(t), radius * Math.sin(t)];
}

function scattered(
  places: Float32Array,
  centerOf: (place: number, row: number) => Point,
  noise: Float32Array,
  deviation: number,
): Float32Array {
  const values = new Float32Array(2 * places.length);
  places.forEach((place, row) => {
    const [x, y] = centerOf(place, row);
    values[2 * row] = x + deviation * noise[2 * row]!;
    values[2 * row + 1] = y + deviation * noise[2 * row + 1]!;
  });
  return values;
}
