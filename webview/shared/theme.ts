import { RUN_COLORS, RUN_COLOR_COUNT, runColorId } from '../../src/common/runColors';
import { Emitter, type Event } from '../../src/common/emitter';

/** The editor's colors, resolved for use on a canvas. */
export interface Theme {
  readonly foreground: string;
  readonly dim: string;
  readonly background: string;
  readonly grid: string;
  readonly border: string;
  readonly accent: string;
  readonly warning: string;
  /** The theme's colors for charts, the distinguishable ones first. */
  readonly palette: readonly string[];
  /** The hues of runs; see {@link runColor}. */
  readonly runs: readonly string[];
  readonly font: string;
  readonly highContrast: boolean;
}

/**
 * Colors that every theme defines for charts come first. Each has a substitute for the case that the theme's own color
 * is hardly visible on its background: some themes define the orange of charts as a translucent highlight.
 */
const PALETTE = [
  { name: '--vscode-charts-blue', onDark: '#3794ff', onLight: '#0063d3' },
  { name: '--vscode-charts-orange', onDark: '#e2953b', onLight: '#b35900' },
  { name: '--vscode-charts-green', onDark: '#89d185', onLight: '#388a34' },
  { name: '--vscode-charts-purple', onDark: '#b180d7', onLight: '#652d90' },
  { name: '--vscode-charts-red', onDark: '#f14c4c', onLight: '#c72e0f' },
  { name: '--vscode-charts-yellow', onDark: '#cca700', onLight: '#8a6d00' },
  { name: '--vscode-terminal-ansiCyan', onDark: '#29b8db', onLight: '#0c6f85' },
  { name: '--vscode-terminal-ansiMagenta', onDark: '#d670d6', onLight: '#a1059f' },
];

/** Required contrast of lines thinner than text (WCAG 2.2, 1.4.11: graphical objects). */
const LEGIBLE_CONTRAST = 3;

/** Euclidean distance of 8-bit RGB values. */
const NEAR = 88;

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (...names: string[]) => {
    for (const name of names) {
      const value = style.getPropertyValue(name).trim();
      if (value !== '') return value;
    }
    return '#808080';
  };
  // A view in a side bar has no background of its own; the bar's is visible.
  const painted = getComputedStyle(document.body).backgroundColor;
  const background = isPainted(painted) ? painted : color('--vscode-sideBar-background', '--vscode-editor-background');
  const kinds = document.body.classList;
  const highContrast = kinds.contains('vscode-high-contrast') || kinds.contains('vscode-high-contrast-light');
  return {
    foreground: color('--vscode-foreground'),
    dim: highContrast ? color('--vscode-foreground') : color('--vscode-descriptionForeground', '--vscode-foreground'),
    background,
    grid: color('--latent-grid'),
    border: color('--vscode-contrastBorder', '--vscode-widget-border', '--vscode-panel-border'),
    accent: color('--vscode-focusBorder'),
    warning: color('--vscode-charts-yellow', '--vscode-editorWarning-foreground'),
    palette: distinctFirst(
      PALETTE.map(({ name, ...substitutes }) =>
        legible(color(name, '--vscode-charts-foreground'), background, substitutes),
      ),
    ),
    runs: Array.from({ length: RUN_COLOR_COUNT }, (_, index) => {
      const [onDark, onLight] = [RUN_COLORS.dark[index]!, RUN_COLORS.light[index]!];
      const own = style.getPropertyValue(`--vscode-${runColorId(index).replace('.', '-')}`).trim();
      return legible(own === '' ? onDark : own, background, { onDark, onLight });
    }),
    font: style.getPropertyValue('--vscode-font-family').trim() || 'sans-serif',
    highContrast,
  };
}

/** Number of kinds of curve that dashes distinguish; further ones are lighter or darker. */
const DASHED_KINDS = 4;

/**
 * The color of a run's curves: one hue per run.
 * @param index index assigned to the run by the host
 * @param kind the curve's index among those of its chart (train 0, test 1, …)
 */
export function runColor({ runs, foreground, background }: Theme, index: number, kind = 0): string {
  const hue = runs[index % runs.length]!;
  const shade = Math.floor(kind / DASHED_KINDS) % 3;
  if (shade === 0) return hue;
  return `color-mix(in srgb, ${hue} 55%, ${shade === 1 ? foreground : background})`;
}

/** The color if it has enough contrast with its background, else the substitute for that kind of background. */
export function legible(color: string, background: string, substitutes: { onDark: string; onLight: string }): string {
  const behind = parseColor(background);
  const [red, green, blue, alpha] = parseColor(color);
  const seen = [red, green, blue].map((part, i) => part * alpha + behind[i]! * (1 - alpha));
  const [a, b] = [luminance(seen), luminance(behind)];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast >= LEGIBLE_CONTRAST) return color;
  return b < 0.18 ? substitutes.onDark : substitutes.onLight;
}

/** Whether a color is not fully transparent: "transparent" is computed as black without alpha. */
export function isPainted(color: string): boolean {
  return parseColor(color)[3] > 0;
}

/** Relative luminance of 8-bit red, green and blue (WCAG 2.2). */
function luminance(parts: readonly number[]): number {
  const [red, green, blue] = parts.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** Some themes give two charts indistinguishable colors (high contrast light does); the second then goes last. */
export function distinctFirst(colors: readonly string[]): string[] {
  const first: string[] = [];
  const last: string[] = [];
  for (const color of colors) {
    const near = first.some((other) => distance(parseColor(color), parseColor(other)) < NEAR);
    (near ? last : first).push(color);
  }
  return [...first, ...last];
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...[0, 1, 2].map((i) => a[i]! - b[i]!));
}

/**
 * [red, green, blue, alpha] of "#rrggbb", "#rrggbbaa", "rgb(…)" and "rgba(…)", the notations used by VS Code; black for
 * others.
 */
export function parseColor(color: string): [number, number, number, number] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?$/i.exec(color);
  if (hex) {
    const [red, green, blue, alpha] = hex.slice(1).map((part) => parseInt(part ?? 'ff', 16));
    return [red!, green!, blue!, alpha! / 255];
  }
  const parts = /^rgba?\(([^)]+)\)$/
    .exec(color)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  if (!parts || parts.length < 3 || parts.some(Number.isNaN)) return [0, 0, 0, 1];
  return [parts[0]!, parts[1]!, parts[2]!, parts[3] ?? 1];
}

/** Fires when the editor's theme changes: VS Code then rewrites the root's style and the body's class. */
export function watchTheme(): Event<Theme> {
  const changed = new Emitter<Theme>();
  const observer = new MutationObserver(() => changed.fire(readTheme()));
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-kind'] });
  return changed.event;
}
