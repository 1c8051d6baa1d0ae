import type { DataShape } from './capabilities';

/** The shape of one example: [height, width, channel], or [size] of points. */
export function exampleShape(data: DataShape): readonly number[] {
  return data.kind === 'image' ? data.shape : [data.size];
}

/** Number of values of an example. */
export function exampleSize(data: DataShape): number {
  return exampleShape(data).reduce((product, size) => product * size, 1);
}

/** "28×28×1", or "2" of points on a plane. */
export function shapeText(data: DataShape): string {
  return exampleShape(data).join('×');
}

/** The noun for an example: "image", "point". */
export function exampleNoun(data: DataShape | undefined): 'image' | 'point' {
  return data?.kind === 'points' ? 'point' : 'image';
}
