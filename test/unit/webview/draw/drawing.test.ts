import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawnSpecification } from '../../../../src/host/commands/drawnSpecification';
import { drawingRequests } from '../../../../src/protocol/drawing';
import { MOST_DRAWN } from '../../../../src/protocol/drawingLimits';
import { parseNewSpecification } from '../../../../src/protocol/specification';
import { press, stroke } from '../../../../webview/draw/brush';
import { Drawing } from '../../../../webview/draw/drawing';

describe('a drawing', () => {
  it('keeps the points within the plane, up to a limit', () => {
    const drawing = new Drawing();
    drawing.add([
      [0, 0],
      [2, -2],
      [2.01, 0],
      [0, -3],
      [NaN, 0],
    ]);
    expect(drawing.coordinates).toEqual([0, 0, 2, -2]);
    drawing.add(Array.from({ length: MOST_DRAWN }, () => [1, 1] as const));
    expect([drawing.all.length, drawing.isFull]).toEqual([MOST_DRAWN, true]);
  });

  it('takes back whole strokes, erasing and clearing, and none that changed nothing', () => {
    const drawing = new Drawing();
    const strokeOf = (x: number) => {
      drawing.begin();
      drawing.add([[x, 0]]);
      drawing.add([[x, 1]]);
      drawing.end();
    };
    strokeOf(0);
    strokeOf(1);
    drawing.begin();
    drawing.erase([1, 0], 0.5);
    drawing.end();
    expect(drawing.coordinates).toEqual([0, 0, 0, 1, 1, 1]);
    drawing.begin();
    drawing.erase([-2, -2], 0.1);
    drawing.end();
    drawing.undo();
    expect(drawing.all.length).toBe(4);
    drawing.clear();
    expect(drawing.all.length).toBe(0);
    drawing.undo();
    drawing.undo();
    expect(drawing.coordinates).toEqual([0, 0, 0, 1]);
    drawing.undo();
    expect([drawing.all.length, drawing.canUndo]).toEqual([0, false]);
  });

  it('restores what an earlier page kept, and nothing else', () => {
    for (const [kept, restored] of [
      [
        [1, 2, 0.5, -0.5],
        [1, 2, 0.5, -0.5],
      ],
      [
        [1, 2, 3],
        [1, 2],
      ],
      [
        ['x', 1, 1, 1],
        [1, 1],
      ],
      [[9, 9], []],
      [undefined, []],
      [{ length: 4 }, []],
    ] as const) {
      const drawing = new Drawing();
      drawing.restore(kept);
      expect(drawing.coordinates).toEqual(restored);
      expect(drawing.canUndo).toBe(false);
    }
  });
});

describe('a brush', () => {
  it('without spread draws exactly where it is', () => {
    expect(press([1, -1], 0)).toEqual([[1, -1]]);
    for (const [x, y] of stroke([0, 0], [1, 2], 0)) expect(y).toBeCloseTo(2 * x, 10);
  });

  it('scatters by its standard deviation, and draws as many points as a line is long however it is cut', () => {
    const points = stroke([0, 0], [100, 0], 0.3);
    expect(Math.abs(points.length - 6000)).toBeLessThanOrEqual(1);
    const deviation = Math.sqrt(points.reduce((sum, [, y]) => sum + y * y, 0) / points.length);
    // Of 6,000 draws the standard error is 0.003.
    expect(Math.abs(deviation - 0.3)).toBeLessThan(0.02);
    const cut = Array.from({ length: 20_000 }, (_, i) => stroke([i / 200, 0], [(i + 1) / 200, 0], 0.3)).flat();
    // A binomial number with the mean 6,000 and a deviation of 65.
    expect(Math.abs(cut.length - 6000)).toBeLessThan(400);
  });

  it('gives numbers that are finite for any random number', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (value) => {
        for (const point of press([0, 0], 0.5, () => value)) expect(point.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe('what a page asks for', () => {
  const accepts = (coordinates: unknown) => drawingRequests.train.safeParse({ coordinates }).success;

  it('is points within the plane, neither too few nor too many', () => {
    expect(accepts(Array.from({ length: 40 }, () => 1))).toBe(true);
    expect(accepts(Array.from({ length: 41 }, () => 1))).toBe(false);
    expect(accepts(Array.from({ length: 38 }, () => 1))).toBe(false);
    expect(accepts(Array.from({ length: 40 }, () => 2.1))).toBe(false);
    expect(accepts(Array.from({ length: 40 }, () => NaN))).toBe(false);
    expect(accepts(Array.from({ length: 2 * MOST_DRAWN + 2 }, () => 1))).toBe(false);
    expect(accepts('1,1')).toBe(false);
  });

  it.each([20, 500, 50_000])('becomes a GAN for %i points that takes some 8,000 steps', (count) => {
    const specification = parseNewSpecification(drawnSpecification('gan-points', 'points.csv', count));
    expect(specification.data).toMatchObject({ set: 'points', path: 'points.csv' });
    expect(specification.model).toMatchObject({ family: 'gan', latent: 2, generator: { kind: 'mlp' } });
    const steps = specification.training.epochs * Math.ceil((0.9 * count) / specification.training.batch);
    expect(steps).toBeGreaterThanOrEqual(8000);
    expect(steps).toBeLessThan(8500);
  });
});
