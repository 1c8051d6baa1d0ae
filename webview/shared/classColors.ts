import { parseColor, type Theme } from './theme';

/**
 * Class colors for dark and light backgrounds, each with a contrast of at least 3. The first ten maximize the smallest
 * difference (Oklab) of any two under normal vision, protanopia, deuteranopia and tritanopia (Machado, Oliveira and
 * Fernandes 2009); the others come from the same search with more weight on normal vision, since thirty colors cannot
 * be distinguishable for everybody. The legend therefore also highlights single classes.
 */
const ON_DARK = [
  '#49e6fb',
  '#db1200',
  '#649cff',
  '#ffffd8',
  '#9630fe',
  '#a6a70c',
  '#fd48be',
  '#b6f30f',
  '#fba59d',
  '#347a6e',
  '#9f4a9a',
  '#c68273',
  '#886511',
  '#0064df',
  '#00e200',
  '#47cb83',
  '#bdda92',
  '#8fb7d0',
  '#d80b7b',
  '#ed9dff',
  '#009540',
  '#887998',
  '#c304ca',
  '#ff555b',
  '#68a087',
  '#0091be',
  '#c772e4',
  '#00ffc6',
  '#806ee6',
  '#dfcae7',
];
const ON_LIGHT = [
  '#2a94ff',
  '#bc3111',
  '#2c3871',
  '#cb7b89',
  '#3e0adf',
  '#979606',
  '#fb27da',
  '#017458',
  '#86469e',
  '#6a290c',
  '#b000ff',
  '#e30064',
  '#1e63c4',
  '#fd6000',
  '#620345',
  '#67008d',
  '#5b8094',
  '#06a27e',
  '#9a0044',
  '#8475d1',
  '#ac6e38',
  '#753be4',
  '#b900b5',
  '#735b34',
  '#bf6efe',
  '#01512f',
  '#69415f',
  '#cd59b4',
  '#ac5374',
  '#0023a7',
];

/** Number of distinct colors; further classes reuse them. */
export const CLASS_COLORS = ON_DARK.length;

/** The color of a class, as #rrggbb. */
export function classColor(label: number, dark: boolean): string {
  return (dark ? ON_DARK : ON_LIGHT)[label % CLASS_COLORS]!;
}

/** The same for a theme, by the brightness of its background. */
export function themedClassColor(label: number, { background }: Pick<Theme, 'background'>): string {
  const [red, green, blue] = parseColor(background);
  return classColor(label, red + green + blue < 384);
}
