import { CLASS_COLORS, classColor } from '../../shared/classColors';

/** Red, green and blue of "#rrggbb". */
export function rgb(color: string): [number, number, number] {
  const number = parseInt(color.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

const PLAIN = 215;
const FAINT = 45;

/** Determines the colors of points. */
export interface Looks {
  /** One label per point; undefined if images have none. */
  readonly labels: Uint8Array | undefined;
  readonly shown: (label: number) => boolean;
  readonly selected: ((index: number) => boolean) | undefined;
  /** The highlighted class. */
  readonly emphasized: number | undefined;
  readonly dark: boolean;
}

/** Red, green, blue and opacity of `count` points. */
export function pointColors(count: number, { labels, shown, selected, emphasized, dark }: Looks): Uint8Array {
  const colors = new Uint8Array(count * 4);
  const palette = Array.from({ length: CLASS_COLORS }, (_, label) => rgb(classColor(label, dark)));
  const visible = Array.from({ length: 256 }, (_, label) => shown(label));
  for (let i = 0; i < count; i++) {
    const label = labels?.[i] ?? 0;
    const [red, green, blue] = palette[label % CLASS_COLORS]!;
    const behind = (selected && !selected(i)) || (emphasized !== undefined && emphasized !== label);
    colors[4 * i] = red;
    colors[4 * i + 1] = green;
    colors[4 * i + 2] = blue;
    colors[4 * i + 3] = !visible[label] ? 0 : behind ? FAINT : selected ? 255 : PLAIN;
  }
  return colors;
}
