import type { SampleMetric } from './model';

/** A sample belongs to a mode within this many standard deviations of its centre. */
const MODE_RADIUS = 3;

/**
 * How samples of points cover the modes that labels tell apart (Srivastava et al. 2017, section 4.1): `test/high_quality`, the share of
 * samples within three standard deviations of a mode's centre, and `test/modes_covered`, how many modes are the nearest of at least
 * one of these. Centres, and the one standard deviation of all modes, are those of the test points. Nothing without labels.
 *
 * @param size coordinates of a point
 * @param samples how many are drawn; 2,500 in the paper
 */
export function modeCoverage(size: number, samples = 2500): SampleMetric {
  return {
    samples,
    finish(drawn, test, labels): Readonly<Record<string, number>> {
      if (labels === undefined) return {};
      const { centers, deviation } = modesOf(size, test, labels);
      const covered = new Set<number>();
      let near = 0;
      for (let at = 0; at < drawn.length; at += size) {
        const point = drawn.subarray(at, at + size);
        const [mode, distance] = nearestOf(point, centers);
        if (!(distance <= MODE_RADIUS * deviation)) continue;
        near += 1;
        covered.add(mode);
      }
      return { 'test/modes_covered': covered.size, 'test/high_quality': near / samples };
    },
  };
}

/** The centre of each label's points, and their standard deviation along an axis, over all labels. */
function modesOf(size: number, points: Float32Array, labels: Int32Array) {
  const sums = new Map<number, { readonly sum: Float64Array; count: number }>();
  labels.forEach((label, row) => {
    const mode = sums.get(label) ?? { sum: new Float64Array(size), count: 0 };
    sums.set(label, mode);
    mode.count += 1;
    for (let axis = 0; axis < size; axis++) mode.sum[axis]! += points[row * size + axis]!;
  });
  const centers = new Map([...sums].map(([label, { sum, count }]) => [label, sum.map((total) => total / count)]));
  let squares = 0;
  labels.forEach((label, row) => (squares += distanceOf(points.subarray(row * size), centers.get(label)!) ** 2));
  return { centers, deviation: Math.sqrt(squares / (labels.length * size)) };
}

function nearestOf(point: Float32Array, centers: ReadonlyMap<number, Float64Array>): readonly [number, number] {
  let nearest: readonly [number, number] = [-1, Infinity];
  for (const [mode, center] of centers) {
    const distance = distanceOf(point, center);
    if (distance < nearest[1]) nearest = [mode, distance];
  }
  return nearest;
}

/** Of a point, the first numbers of an array, from a centre. */
function distanceOf(point: Float32Array, center: Float64Array): number {
  return Math.sqrt(center.reduce((sum, at, axis) => sum + (point[axis]! - at) ** 2, 0));
}
