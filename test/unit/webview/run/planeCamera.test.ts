import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromPixels, PlaneCamera } from '../../../../webview/run/panels/planeCamera';
import { boundsOf, checked } from '../../../../webview/run/panels/planeData';
import { toX, toY } from '../../../../webview/run/panels/planeLayers';

const place = { left: 40, top: 10, width: 300, height: 200, ratio: 2 };
const bounds = { x: { lowest: -2, highest: 4 }, y: { lowest: -1, highest: 1 } };

describe('PlaneCamera', () => {
  it('shows all of the bounds at first, to the same scale on both axes, in the middle', () => {
    const projection = new PlaneCamera().project(bounds, place);
    expect(projection.scale).toBe(50);
    expect([toX(projection, -2), toX(projection, 4)]).toEqual([40, 340]);
    expect([toY(projection, 1), toY(projection, -1)]).toEqual([60, 160]);
  });

  it('zooms around the pointer, which stays over the same place', () => {
    const pixel = fc.record({ x: fc.integer({ min: 40, max: 340 }), y: fc.integer({ min: 10, max: 210 }) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(pixel, fc.double({ min: 0.5, max: 2, noNaN: true })), { maxLength: 8 }),
        (zooms) => {
          const camera = new PlaneCamera();
          for (const [at, factor] of zooms) {
            const before = fromPixels(camera.project(bounds, place), at);
            camera.zoomAt(camera.project(bounds, place), factor, at);
            const after = fromPixels(camera.project(bounds, place), at);
            expect(after.x).toBeCloseTo(before.x, 6);
            expect(after.y).toBeCloseTo(before.y, 6);
          }
        },
      ),
    );
  });

  it('moves with what is dragged, and goes back', () => {
    const camera = new PlaneCamera();
    camera.pan(camera.project(bounds, place), 50, -100);
    expect(fromPixels(camera.project(bounds, place), { x: 190, y: 110 })).toEqual({ x: 0, y: -2 });
    expect(camera.moved).toBe(true);
    camera.reset();
    expect(fromPixels(camera.project(bounds, place), { x: 190, y: 110 })).toEqual({ x: 1, y: 0 });
  });
});

describe('the bounds of a plane', () => {
  const layer = { kind: 'points', tag: 't', label: 'data' } as const;
  const points = (values: number[]) =>
    checked(layer, { step: 1, shape: [values.length / 2, 2], values: Float32Array.from(values) });

  it('hold nearly every point, and not the few that are far away', () => {
    const near = Array.from({ length: 1000 }, (_, i) => [i / 1000, (i * 7) % 5]).flat();
    expect(boundsOf([points([...near, NaN, Infinity, 1e30, -1e30])])).toEqual({
      x: { lowest: 0, highest: Math.fround(0.995) },
      y: { lowest: 0, highest: 4 },
    });
    expect(boundsOf([points([0, 0, 3, 1])])).toEqual({ x: { lowest: 0, highest: 3 }, y: { lowest: 0, highest: 1 } });
    expect(boundsOf([points([NaN, 1])])).toBeUndefined();
  });

  it('are refused to values of another shape', () => {
    const tensor = { step: 1, shape: [6], values: new Float32Array(6) };
    expect(checked(layer, tensor)).toMatchObject({ problem: expect.stringContaining('shape [6]') as string });
    const field = { kind: 'field' as const, tag: 't', label: 'density', y: [0, 1] as [number, number] };
    expect(checked({ ...field, x: [1, 1] }, { ...tensor, shape: [2, 3] }).problem).toContain('do not ascend');
  });
});
