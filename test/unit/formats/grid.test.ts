import { describe, expect, it } from 'vitest';
import { imageGrid } from '../../../src/formats/grid';

describe('imageGrid', () => {
  it('lays tiles out row by row with a gap between them and none around', () => {
    const images = Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0, 0.2, 0.4, 0.6, 0.8);
    const grid = imageGrid(images, [3, 2, 2, 1], { columns: 2, gap: 1, background: 7 });
    expect([grid.width, grid.height, grid.channels]).toEqual([5, 5, 1]);
    expect([...grid.data]).toEqual([
      ...[255, 255, 7, 0, 0],
      ...[255, 255, 7, 0, 0],
      ...[7, 7, 7, 7, 7],
      ...[51, 102, 7, 7, 7],
      ...[153, 204, 7, 7, 7],
    ]);
  });

  it('keeps the channels of a pixel together', () => {
    const grid = imageGrid(Float32Array.of(1, 0, 0, 0, 0, 1), [2, 1, 1, 3], { gap: 0 });
    expect([...grid.data]).toEqual([255, 0, 0, 0, 0, 255]);
  });

  it('takes bytes for what they are', () => {
    const bytes = Uint8Array.of(0, 1, 200, 255);
    expect([...imageGrid(bytes, [4, 1, 1, 1], { columns: 4, gap: 0 }).data]).toEqual([...bytes]);
  });

  it('is as square as it gets by default', () => {
    const { width, height } = imageGrid(new Float32Array(10), [10, 1, 1, 1], { gap: 0 });
    expect([width, height]).toEqual([4, 3]);
  });

  it('clamps values out of range and draws NaN black', () => {
    expect([...imageGrid(Float32Array.of(-3, 2, NaN, 0.5), [4, 1, 1, 1], { columns: 4, gap: 0 }).data]).toEqual([
      0, 255, 0, 128,
    ]);
  });

  it('refuses values that are no images of the shape', () => {
    expect(() => imageGrid(new Float32Array(5), [1, 2, 2, 1])).toThrow(RangeError);
    expect(() => imageGrid(new Float32Array(8), [1, 2, 2, 2])).toThrow('1 or 3 channels');
    expect(() => imageGrid(new Float32Array(0), [0, 2, 2, 1])).toThrow(RangeError);
  });
});
