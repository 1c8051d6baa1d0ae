import type { Theme } from './theme';

/**
 * Hues in degrees, and the substitutes that are used if the theme's color of that name has a different hue, or almost
 * none.
 */
const SIGNS = {
  positive: { hues: [190, 260], onDark: [55, 148, 255], onLight: [0, 99, 211] },
  negative: { hues: [10, 60], onDark: [226, 149, 59], onLight: [179, 89, 0] },
} as const;
/** Threshold on (max − min) / max of the RGB components, below which a color is nearly gray. */
const LEAST_SATURATION = 0.35;

export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Blue is positive, orange negative, as is common in images of weights: the same two colors wherever a sign is drawn. A
 * theme may call something else orange (high contrast light: a dark blue), which would make both signs look alike.
 */
export function signColors({ palette, background }: Pick<Theme, 'palette' | 'background'>): {
  readonly positive: Rgb;
  readonly negative: Rgb;
} {
  const [positive = '#3794ff', negative = '#e2953b'] = palette;
  const behind = resolveColor(background);
  return {
    positive: signColor('positive', resolveColor(positive), behind),
    negative: signColor('negative', resolveColor(negative), behind),
  };
}

/** The theme's color if it has the expected hue, else the substitute for that background. */
export function signColor(sign: keyof typeof SIGNS, color: Rgb, background: Rgb): Rgb {
  const { hues, onDark, onLight } = SIGNS[sign];
  const hue = hueOf(color);
  if (hue !== undefined && hue >= hues[0] && hue <= hues[1]) return color;
  return background[0] + background[1] + background[2] < 384 ? onDark : onLight;
}

/** In degrees; undefined for a color that is nearly gray. */
function hueOf([red, green, blue]: Rgb): number | undefined {
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  const span = most - least;
  if (most === 0 || span / most < LEAST_SATURATION) return undefined;
  if (most === red) return (60 * ((green - blue) / span) + 360) % 360;
  return most === green ? 60 * ((blue - red) / span) + 120 : 60 * ((red - green) / span) + 240;
}

/** A CSS color in any notation, as 8-bit red, green and blue. */
export function resolveColor(color: string): Rgb {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1, 1];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return [128, 128, 128];
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
