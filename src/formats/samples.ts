import { imageGrid, type Bitmap } from './grid';
import { scatter } from './scatter';

/** Examples of a model: images as bytes [count, height, width, channel], or points as float32 [count, size]. */
export interface DrawnSamples {
  readonly count: number;
  readonly shape:
    | { readonly kind: 'image'; readonly shape: readonly [number, number, number] }
    | { readonly kind: 'points'; readonly size: number };
  /** Images in a row of the grid. */
  readonly columns?: number;
}

/** Samples as one picture. Throws a RangeError for points that do not lie on a plane. */
export function samplesPicture({ count, shape, columns }: DrawnSamples, body: Uint8Array): Bitmap {
  if (shape.kind === 'image') return imageGrid(body, [count, ...shape.shape], { columns });
  if (shape.size !== 2) {
    throw new RangeError(`Points of ${shape.size} coordinates have no picture; write them to a .csv file.`);
  }
  return scatter(pointsOf(body));
}

/** Points as they travel. */
export function pointsOf(body: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(body).buffer);
}
