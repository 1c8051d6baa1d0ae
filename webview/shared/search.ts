/** The index of the entry nearest to `target` in an ascending column, or −1 for an empty one. */
export function nearestIndex(column: Float64Array, target: number): number {
  if (column.length === 0) return -1;
  const above = lowerBound(column, target);
  if (above === 0) return 0;
  if (above === column.length) return column.length - 1;
  return target - column[above - 1]! <= column[above]! - target ? above - 1 : above;
}

/** The first index in [from, to) whose entry is ≥ `target`; `to` if there is none. */
export function lowerBound(column: Float64Array, target: number, from = 0, to = column.length): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index whose entry is > `target`; the column's length if there is none. */
export function upperBound(column: Float64Array, target: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! <= target) low = middle + 1;
    else high = middle;
  }
  return low;
}
