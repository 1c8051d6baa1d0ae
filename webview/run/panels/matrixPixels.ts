import { levelOf, levelsOf, type HeatScale } from './heatScale';

export interface MatrixValues {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns] */
  readonly values: Float32Array;
}

/**
 * The pixels of a matrix, RGBA, at most `width` × `height`. If there are more cells than pixels, a pixel has the color
 * of its cell that is farthest from 0: a mean would hide a single large entry.
 */
export function matrixPixels(
  { rows, columns, values }: MatrixValues,
  scale: HeatScale,
  { width, height }: { readonly width: number; readonly height: number },
): ImageData {
  const across = Math.max(1, Math.min(columns, width));
  const down = Math.max(1, Math.min(rows, height));
  const image = new ImageData(across, down);
  const strongest = new Float32Array(across * down);
  for (let row = 0; row < rows; row++) {
    const line = Math.floor((row * down) / rows) * across;
    for (let column = 0; column < columns; column++) {
      const at = line + Math.floor((column * across) / columns);
      const value = values[row * columns + column]!;
      // NaN and infinities take precedence.
      if (!(Math.abs(value) <= Math.abs(strongest[at]!))) strongest[at] = Number.isNaN(strongest[at]!) ? NaN : value;
    }
  }
  const levels = levelsOf(scale);
  strongest.forEach((value, at) => {
    const level = 3 * levelOf(value, scale);
    for (let part = 0; part < 3; part++) {
      image.data[4 * at + part] = Number.isFinite(value) ? levels[level + part]! : scale.broken[part]!;
    }
    image.data[4 * at + 3] = 255;
  });
  return image;
}

/** The position of the cell farthest from 0, and the number of cells that are not finite. */
export function extremesOf({ values }: MatrixValues): { readonly at: number | undefined; readonly broken: number } {
  let at: number | undefined;
  let broken = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) broken++;
    else if (at === undefined || Math.abs(values[i]!) > Math.abs(values[at]!)) at = i;
  }
  return { at, broken };
}
