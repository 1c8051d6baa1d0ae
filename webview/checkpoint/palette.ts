import { readTheme } from '../shared/theme';
import type { Palette } from './detail/tilePainter';

/** Blue is positive, orange negative, as in the field's pictures of weights; 0 is the editor's own background. */
export function paletteOf(): Palette {
  const { palette, background } = readTheme();
  const [positive = '#3794ff', negative = '#e2953b'] = palette;
  return { positive: resolved(positive), negative: resolved(negative), zero: resolved(background) };
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
