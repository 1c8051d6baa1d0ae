import type { DataSpecification } from './dataSpecification';

/** Sets of points that are made on the fly. */
export const POINT_SETS = ['ring', 'grid', 'swissRoll', 'linearGaussian'] as const;
export type PointSet = (typeof POINT_SETS)[number];
export type PointsSpecification = DataSpecification & { readonly set: PointSet };
export type Point = readonly [number, number];

/** Gaussians of equal weight and of covariance deviation² I. */
export interface Mixture {
  readonly centers: readonly Point[];
  readonly deviation: number;
}

/** As in Metz et al. 2017 (ring) and Srivastava et al. 2017 (grid). */
const DEVIATION: Readonly<Record<PointSet, number>> = {
  ring: 0.02,
  grid: 0.05,
  swissRoll: 0.02,
  linearGaussian: 0.3,
};
/** Labels are bytes, and more colors could not be told apart. */
const MOST_MODES = 256;
const RADIUS = 2;
const SPACING = 2;

/** Of the set x = W z + μ + σ ε: W, a column, and μ. */
export const LINEAR: { readonly weights: Point; readonly mean: Point } = { weights: [1.2, 0.6], mean: [0.5, -0.5] };
/** Points of a Gaussian reach about as far, in standard deviations. */
const REACHED = 4;

export function isPointSet(data: DataSpecification): data is PointsSpecification {
  return Object.hasOwn(DEVIATION, data.set);
}

/** Whether the examples are points on a plane, made on the fly or read from a file. */
export function holdsPoints(set: unknown): boolean {
  return set === 'points' || POINT_SETS.includes(set as PointSet);
}

/** The standard deviation of each Gaussian, or of the noise around a spiral or a line. */
export function deviationOf({ set, deviation }: PointsSpecification): number {
  return deviation ?? DEVIATION[set];
}

/** How many Gaussians a ring or a grid has; of a grid a square number, or there is no such grid. */
export function modesOf({ set, modes }: PointsSpecification): number {
  return modes ?? (set === 'ring' ? 8 : 25);
}

/** What `data.modes` must be where it is not: "at most 256", "a square number, such as 9". */
export function modesLimit(data: PointsSpecification): string | undefined {
  const count = modesOf(data);
  if (count > MOST_MODES) return `at most ${MOST_MODES}`;
  const side = Math.round(Math.sqrt(count));
  return data.set === 'grid' && side * side !== count ? `a square number, such as ${side * side}` : undefined;
}

/** The mixture that a set of points is drawn from; undefined for a set that is none. */
export function mixtureOf(data: PointsSpecification): Mixture | undefined {
  if (data.set !== 'ring' && data.set !== 'grid') return undefined;
  const count = modesOf(data);
  return { centers: data.set === 'ring' ? ringOf(count) : gridOf(count), deviation: deviationOf(data) };
}

/** Half the side of a square around the origin that holds all but a few of a set's points, with some margin. */
export function extentOf(data: PointsSpecification): number {
  const farthest = Math.max(...middlesOf(data).flat().map(Math.abs));
  return Math.ceil(2 * (farthest + 4 * deviationOf(data)) * 1.2) / 2;
}

/** Places around which the points are scattered by their deviation. */
function middlesOf(data: PointsSpecification): readonly Point[] {
  if (data.set !== 'linearGaussian') return mixtureOf(data)?.centers ?? [[1, 1]];
  const { weights, mean } = LINEAR;
  return [-REACHED, REACHED].map((z) => [mean[0] + z * weights[0], mean[1] + z * weights[1]]);
}

function ringOf(count: number): Point[] {
  return Array.from({ length: count }, (_, mode) => {
    const angle = (2 * Math.PI * mode) / count;
    return [RADIUS * Math.cos(angle), RADIUS * Math.sin(angle)];
  });
}

function gridOf(count: number): Point[] {
  const side = Math.round(Math.sqrt(count));
  const at = (index: number) => SPACING * (index - (side - 1) / 2);
  return Array.from({ length: count }, (_, mode) => [at(mode % side), at(Math.floor(mode / side))]);
}
