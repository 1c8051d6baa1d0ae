/** Something at a place of the x axis, in axis units, and what is said of it when the pointer comes near. */
export interface PlotMark {
  readonly x: number;
  readonly text: string;
}

/** Near enough to be meant, in CSS pixels. */
const REACH = 6;
/** More would cover the curves. */
const MOST_LINES = 4;

/** What is said of the marks near `pixel`, a line each; undefined where there are none. */
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
