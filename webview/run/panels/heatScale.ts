import { element, setText } from '../../shared/dom';
import { formatValue } from '../../shared/format';
import { resolveColor, signColors, type Rgb } from '../../shared/signColors';
import type { Theme } from '../../shared/theme';
import type { Interval } from './interval';

export type ScaleKind = 'sequential' | 'diverging' | 'gray';

/** Colors for the values of a range. */
export interface HeatScale extends Interval {
  readonly kind: ScaleKind;
  /** Of the smallest, the middle and the largest value. */
  readonly colors: readonly [Rgb, Rgb, Rgb];
  /** Of NaN and infinities. */
  readonly broken: Rgb;
}

const LEVELS = 256;
/** The strongest gray still leaves contrast for colored points on top of it. */
const GRAY = 0.5;

/**
 * The scale for values in `range`: `diverging` has the background's color at 0 and symmetric intensity; `sequential`
 * goes from the background to blue, and `gray` to gray, for use below other layers.
 */
export function heatScale(kind: ScaleKind, { lowest, highest }: Interval, theme: Theme): HeatScale {
  const background = resolveColor(theme.background);
  const broken = mixed(background, resolveColor(theme.warning), 0.6);
  const { positive, negative } = signColors(theme);
  if (kind === 'diverging') {
    const most = Math.max(Math.abs(lowest), Math.abs(highest)) || 1;
    return { kind, lowest: -most, highest: most, colors: [negative, background, positive], broken };
  }
  const strong = kind === 'gray' ? mixed(background, resolveColor(theme.foreground), GRAY) : positive;
  const top = highest > lowest ? highest : lowest + 1;
  return { kind, lowest, highest: top, colors: [background, mixed(background, strong, 0.5), strong], broken };
}

/** Red, green and blue of each of the scale's levels, concatenated. */
export function levelsOf({ colors: [low, middle, high] }: HeatScale): Uint8ClampedArray {
  const levels = new Uint8ClampedArray(3 * LEVELS);
  for (let level = 0; level < LEVELS; level++) {
    const share = (2 * level) / (LEVELS - 1);
    levels.set(share <= 1 ? mixed(low, middle, share) : mixed(middle, high, share - 1), 3 * level);
  }
  return levels;
}

/** The level of a finite value. */
export function levelOf(value: number, { lowest, highest }: Interval): number {
  const share = (value - lowest) / (highest - lowest);
  return Math.max(0, Math.min(LEVELS - 1, Math.round(share * (LEVELS - 1))));
}

/** The color of a value in CSS notation. */
export function colorOf(value: number, scale: HeatScale, levels: Uint8ClampedArray): Rgb {
  if (!Number.isFinite(value)) return scale.broken;
  const at = 3 * levelOf(value, scale);
  return [levels[at]!, levels[at + 1]!, levels[at + 2]!];
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const part = (i: 0 | 1 | 2) => Math.round(from[i] + share * (to[i] - from[i]));
  return [part(0), part(1), part(2)];
}

/** The scale as a bar with its ends labeled. */
export class ColorBar {
  private readonly name = element('span', { class: 'dim' });
  private readonly low = element('span', { class: 'number' });
  private readonly high = element('span', { class: 'number' });
  private readonly bar = element('i');
  readonly node = element(
    'div',
    { class: 'color-bar', 'aria-hidden': 'true' },
    this.name,
    this.low,
    this.bar,
    this.high,
  );

  show(name: string, { lowest, highest, colors }: HeatScale): void {
    setText(this.name, name);
    setText(this.low, formatValue(Number(lowest.toPrecision(3))));
    setText(this.high, formatValue(Number(highest.toPrecision(3))));
    this.bar.style.background = `linear-gradient(to right, ${colors.map((color) => `rgb(${color.join(' ')})`).join(', ')})`;
  }
}
