import { FormatError } from './error';

/**
 * The filters of PNG (third edition, section 9): each row is stored as the difference to a prediction from its
 * neighbors, and a byte in front says which prediction.
 */
type Predict = (left: number, up: number, upLeft: number) => number;

const PREDICTIONS: readonly Predict[] = [
  () => 0,
  (left) => left,
  (_left, up) => up,
  (left, up) => (left + up) >> 1,
  paeth,
];

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toUpLeft = Math.abs(estimate - upLeft);
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}

/**
 * Filters rows of `rowLength` bytes, `step` bytes a pixel. Each row takes the filter with the least sum of absolute
 * differences, the heuristic that section 12.7 recommends; trying deflate on each would cost five times as much.
 */
export function filterRows(data: Uint8Array, rowLength: number, step: number): Uint8Array {
  const turns = filterRowsInTurns(data, rowLength, step, Infinity);
  for (;;) {
    const { done, value } = turns.next();
    if (done) return value;
  }
}

/**
 * The same in slices of about `bytes` bytes, so that the caller can yield between them; returns the filtered rows.
 */
export function* filterRowsInTurns(
  data: Uint8Array,
  rowLength: number,
  step: number,
  bytes: number,
): Generator<void, Uint8Array> {
  const rows = data.length / rowLength;
  const out = new Uint8Array(rows * (rowLength + 1));
  const candidate = new Uint8Array(rowLength);
  let sinceTurn = 0;
  for (let row = 0; row < rows; row++) {
    if ((sinceTurn += rowLength) > bytes) {
      sinceTurn = 0;
      yield;
    }
    filterRow(data, row, rowLength, step, { out, candidate });
  }
  return out;
}

function filterRow(
  data: Uint8Array,
  row: number,
  rowLength: number,
  step: number,
  { out, candidate }: { readonly out: Uint8Array; readonly candidate: Uint8Array },
): void {
  const start = row * rowLength;
  const target = row * (rowLength + 1);
  let least = Infinity;
  PREDICTIONS.forEach((predict, filter) => {
    let sum = 0;
    for (let i = 0; i < rowLength; i++) {
      const left = i >= step ? data[start + i - step]! : 0;
      const up = row > 0 ? data[start + i - rowLength]! : 0;
      const upLeft = row > 0 && i >= step ? data[start + i - rowLength - step]! : 0;
      const difference = (data[start + i]! - predict(left, up, upLeft)) & 255;
      candidate[i] = difference;
      sum += difference < 128 ? difference : 256 - difference;
      if (sum >= least) return;
    }
    least = sum;
    out[target] = filter;
    out.set(candidate, target + 1);
  });
}

/** The inverse of {@link filterRows}. Throws {@link FormatError} for a filter that does not exist. */
export function unfilterRows(filtered: Uint8Array, rowLength: number, step: number): Uint8Array {
  const rows = filtered.length / (rowLength + 1);
  const out = new Uint8Array(rows * rowLength);
  for (let row = 0; row < rows; row++) {
    const source = row * (rowLength + 1);
    const start = row * rowLength;
    const predict = PREDICTIONS[filtered[source]!];
    if (predict === undefined)
      throw new FormatError(`A row of this PNG image has the unknown filter ${filtered[source]}.`);
    for (let i = 0; i < rowLength; i++) {
      const left = i >= step ? out[start + i - step]! : 0;
      const up = row > 0 ? out[start + i - rowLength]! : 0;
      const upLeft = row > 0 && i >= step ? out[start + i - rowLength - step]! : 0;
      out[start + i] = filtered[source + 1 + i]! + predict(left, up, upLeft);
    }
  }
  return out;
}
