import { imageGrid, type Bitmap } from './grid';
import { scatter } from './scatter';

/** Samples as a trainer gives them: images as bytes [count, height, width, channel], or points as float32 [count, size]. */
export type DrawnSamples = {
  readonly count: number;
  /** Images in a row of the grid. */
  readonly columns?: number;
} & (
  | { readonly height: number; readonly width: number; readonly channels: number; readonly size?: undefined }
  | { readonly size: number }
);

/** Samples as one picture. Throws a RangeError for points that do not lie on a plane. */
export function samplesPicture(drawn: DrawnSamples, body: Uint8Array): Bitmap {
  if (drawn.size === undefined) {
    const { count, height, width, channels, columns } = drawn;
    return imageGrid(body, [count, height, width, channels], { columns });
  }
  if (drawn.size === 2) return scatter(pointsOf(body));
  throw new RangeError(`Points of ${drawn.size} coordinates have no picture; write them to a .csv file.`);
}

/** Points as they travel. */
export function pointsOf(body: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(body).buffer);
}
