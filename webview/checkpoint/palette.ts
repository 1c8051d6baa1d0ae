import { readTheme } from '../shared/theme';
import type { Palette } from './detail/tilePainter';

/** How much of the text's colour 0 has, so that a picture can be told from what is around it. */
const TINT = 0.09;

/** Blue is positive, orange negative, as in the field's pictures of weights; 0 is near the editor's own background. */
export function paletteOf(): Palette {
  const { palette, background, foreground } = readTheme();
  const [positive = '#3794ff', negative = '#e2953b'] = palette;
  return {
    positive: resolved(positive),
    negative: resolved(negative),
    zero: mixed(resolved(background), resolved(foreground)),
  };
}

function mixed(a: readonly [number, number, number], b: readonly [number, number, number]): [number, number, number] {
  const part = (i: 0 | 1 | 2) => Math.round(a[i] * (1 - TINT) + b[i] * TINT);
  return [part(0), part(1), part(2)];
}

/** What the browser makes of a colour, however it is written. */
function resolved(color: string): [number, number, number] {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1, 1];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return [128, 128, 128];
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
