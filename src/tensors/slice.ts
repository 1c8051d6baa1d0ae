import type { SliceQuery, TensorSlice } from '../protocol/tensors';
import { readPart, type ReadableTensor } from './numberStream';

/** Maximum window size: what fits on a screen, and some more. */
const MOST_ROWS = 512;
const MOST_COLUMNS = 512;

/**
 * Values of a window of a tensor's last two dimensions (a vector is one column, a scalar one value), clipped to the
 * tensor. Throws a RangeError for leading indices out of range.
 */
export async function sliceOf(tensor: ReadableTensor, query: SliceQuery, signal: AbortSignal): Promise<TensorSlice> {
  const { shape } = tensor;
  // A vector is one column: its values are then found by row number, like everything else.
  const full = shape.length === 0 ? [1, 1] : shape.length === 1 ? [shape[0]!, 1] : shape;
  const strides = stridesOf(full, tensor.at.fortran === true);
  const [height, width] = full.slice(-2) as [number, number];
  const leading = checkedLeading(query.leading, full);
  const base = leading.reduce((sum, index, i) => sum + index * strides[i]!, 0);
  const [rowStride, columnStride] = strides.slice(-2) as [number, number];
  const row = clamp(query.row, height);
  const column = clamp(query.column, width);
  const rows = Math.min(clamp(query.rows, MOST_ROWS + 1), height - row);
  const columns = Math.min(clamp(query.columns, MOST_COLUMNS + 1), width - column);
  const parts = tensor.type.startsWith('C') ? 2 : 1;
  const window = { values: new Float64Array(rows * columns * parts), texts: [] as string[] };
  const start = base + row * rowStride + column * columnStride;
  // Along the dimension that is contiguous, so that one reading gives a line.
  const upright = columnStride !== 1 && rowStride === 1;
  const [lines, length] = upright ? [columns, rows] : [rows, columns];
  const [lineStride, step] = upright ? [columnStride, rowStride] : [rowStride, columnStride];
  for (let line = 0; line < lines; line++) {
    const place = (i: number) => (upright ? i * columns + line : line * columns + i);
    await readLine(tensor, { from: start + line * lineStride, step, length, parts }, place, window, signal);
  }
  const { values, texts } = window;
  const all = { leading, row, column, rows, columns, values };
  return texts.length > 0 ? { ...all, texts } : all;
}

interface Line {
  readonly from: number;
  readonly step: number;
  readonly length: number;
  /** Numbers an element. */
  readonly parts: number;
}

async function readLine(
  tensor: ReadableTensor,
  { from, step, length, parts }: Line,
  place: (i: number) => number,
  window: { readonly values: Float64Array; readonly texts: string[] },
  signal: AbortSignal,
): Promise<void> {
  // One element at a time if they are not contiguous: only in Fortran order beyond matrices.
  const [readings, size] = step === 1 || length < 2 ? [1, length] : [length, 1];
  for (let reading = 0; reading < readings; reading++) {
    signal.throwIfAborted();
    const at = (from + reading * step) * parts;
    const { numbers, exact } = await readPart(tensor, at, size * parts);
    for (let i = 0; i < size; i++) {
      const to = place(reading + i);
      for (let part = 0; part < parts; part++) window.values[to * parts + part] = numbers[i * parts + part]!;
      if (exact !== undefined) window.texts[to] = String(exact[i]);
    }
  }
}

/** Of how many elements one step along each dimension is. */
function stridesOf(shape: readonly number[], fortran: boolean): number[] {
  const after = (i: number) => (fortran ? shape.slice(0, i) : shape.slice(i + 1));
  return shape.map((_, i) => after(i).reduce((product, size) => product * size, 1));
}

function checkedLeading(leading: readonly number[], shape: readonly number[]): number[] {
  return shape.slice(0, -2).map((size, i) => {
    const index = leading[i] ?? 0;
    if (!Number.isInteger(index) || index < 0 || index >= size) {
      throw new RangeError(`There is no index ${index} in dimension ${i}, which has ${size}.`);
    }
    return index;
  });
}

/** A whole number from 0 to `limit` − 1 (0 if the limit is 0). */
function clamp(value: number, limit: number): number {
  return Math.max(0, Math.min(Math.floor(Number.isFinite(value) ? value : 0), limit - 1));
}
