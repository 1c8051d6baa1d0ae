/** A mark at a position of the x axis, in axis units, and its description, shown when the pointer comes near. */
export interface PlotMark {
  readonly x: number;
  readonly text: string;
}

/** Maximum distance from the pointer, in CSS pixels. */
const REACH = 6;
/** More lines would cover the curves. */
const MOST_LINES = 4;

/** The descriptions of the marks near `pixel`, one per line; undefined if there are none. */
export function textNear(
  marks: readonly PlotMark[],
  pixel: number,
  xToPixel: (x: number) => number,
): readonly string[] | undefined {
  const near = marks.filter(({ x }) => Math.abs(xToPixel(x) - pixel) <= REACH).map(({ text }) => text);
  if (near.length === 0) return undefined;
  if (near.length <= MOST_LINES) return near;
  return [...near.slice(0, MOST_LINES - 1), `and ${near.length - MOST_LINES + 1} more`];
}
