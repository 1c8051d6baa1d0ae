import { resolveColor, signColors, type Rgb } from '../shared/signColors';
import { readTheme } from '../shared/theme';
import type { Palette } from './detail/tilePainter';

/** Share of the text's color in the color of 0, which sets images off from their surroundings. */
const TINT = 0.09;

/** The colors of signs, and 0 near the editor's own background. */
export function paletteOf(): Palette {
  const theme = readTheme();
  return { ...signColors(theme), zero: mixed(resolveColor(theme.background), resolveColor(theme.foreground)) };
}

function mixed(a: Rgb, b: Rgb): Rgb {
  const part = (i: 0 | 1 | 2) => Math.round(a[i] * (1 - TINT) + b[i] * TINT);
  return [part(0), part(1), part(2)];
}
