import { describe, expect, it } from 'vitest';
import { vectors } from '../../../../webview/latent/maths/vectors';
import { planePositions, Portrayal, PORTRAYAL_SIDE } from '../../../../webview/latent/model/portrayal';

/** The middle of the white pixels, from the lower left corner, in shares of the picture. */
function markOf(data: Uint8Array): [number, number] {
  const white = [...data.keys()].filter((i) => data[i] === 255);
  const mean = (of: (i: number) => number) => white.reduce((sum, i) => sum + of(i), 0) / white.length / PORTRAYAL_SIDE;
  return [mean((i) => (i % PORTRAYAL_SIDE) + 0.5), 1 - mean((i) => Math.floor(i / PORTRAYAL_SIDE) + 0.5)];
}

describe('a picture of a point', () => {
  const corners = vectors(Float32Array.of(-2, -2, 2, -2, -2, 2, 2, 2), 2);

  it('marks its place among the generated points, which are gray', () => {
    const portrayal = new Portrayal(corners);
    const { data } = portrayal.picture([1, -1]);
    const [x, y] = markOf(data);
    expect(x).toBeCloseTo(0.5 + 0.42 / 2, 1);
    expect(y).toBeCloseTo(0.5 - 0.42 / 2, 1);
    expect(data.filter((value) => value > 0 && value < 255)).toHaveLength(4);
    // The next picture has its own mark alone.
    expect(markOf(portrayal.picture([-1, 1]).data)[0]).toBeCloseTo(0.5 - 0.42 / 2, 1);
  });

  it('marks one beyond the plane at its edge, and none that is not finite', () => {
    const portrayal = new Portrayal(corners);
    expect(markOf(portrayal.picture([100, 0]).data)[0]).toBeGreaterThan(0.9);
    expect(portrayal.picture([NaN, 0]).data.includes(255)).toBe(false);
    const diverged = new Portrayal(vectors(Float32Array.of(NaN, 0, Infinity, NaN), 2));
    expect(diverged.picture([0, 0]).data.includes(255)).toBe(true);
  });

  it('takes the first two coordinates, and a single one as a line', () => {
    expect([...planePositions(vectors(Float32Array.of(1, 2, 3, 4, 5, 6), 3))]).toEqual([1, 2, 4, 5]);
    expect([...planePositions(vectors(Float32Array.of(7, 8), 1))]).toEqual([7, 0, 8, 0]);
  });
});
