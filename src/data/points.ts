import { normals, uniforms } from '../engine/random/philox';
import { deviationOf, LINEAR, mixtureOf, modesLimit, modesOf } from '../protocol/mixtures';
import type { Mixture, Point, PointsSpecification } from '../protocol/mixtures';
import type { Dataset, ExampleSet, Split } from './exampleSet';
import { DATA_TITLES } from '../protocol/dataTitles';
import { DataError } from './error';

const COUNT: Record<Split, number> = { train: 50_000, test: 10_000 };
const SEED = 0;
/** Philox streams: one for mode or position, one for the noise. */
const PLACES: Record<Split, number> = { train: 0x4100_0000, test: 0x8100_0000 };
const NOISE: Record<Split, number> = { train: 0x4200_0000, test: 0x8200_0000 };

/**
 * A mixture of Gaussians on a circle or a square grid, whose labels are the modes, a spiral, or a correlated Gaussian; drawn once, the same for every seed
 * of training, so that runs can be compared. Throws
 * {@link DataError} for modes that do not fit, and for a binarization.
 */
export function makePoints(specification: PointsSpecification): Dataset {
  const { set, binarization } = specification;
  if (binarization !== 'none') {
    throw new DataError('Points cannot be binarized.', 'Remove data.binarization, or choose a set of images.');
  }
  const deviation = deviationOf(specification);
  const limit = modesLimit(specification);
  if (limit !== undefined) {
    throw new DataError(`There is no ${set} of ${modesOf(specification)} modes.`, `Set data.modes to ${limit}.`);
  }
  const gaussians = mixtureOf(specification);
  const make = (split: Split): ExampleSet => {
    const noise = normals(2 * COUNT[split], SEED, NOISE[split], 0);
    const draw = set === 'linearGaussian' ? normals : uniforms;
    const places = draw(COUNT[split], SEED, PLACES[split], 0);
    if (gaussians) return mixture(split, gaussians, places, noise);
    const middle = set === 'linearGaussian' ? line : spiral;
    return { split, count: COUNT[split], values: scattered(places, middle, noise, deviation) };
  };
  return { name: DATA_TITLES[set], train: make('train'), test: make('test'), shape: { kind: 'points', size: 2 } };
}

function mixture(split: Split, { centers, deviation }: Mixture, places: Float32Array, noise: Float32Array): ExampleSet {
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

/** W z + μ. With noise of the deviation σ, x has the covariance W Wᵀ + σ² I (probabilistic PCA; Tipping & Bishop 1999). */
function line(z: number): Point {
  const { weights, mean } = LINEAR;
  return [weights[0] * z + mean[0], weights[1] * z + mean[1]];
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
