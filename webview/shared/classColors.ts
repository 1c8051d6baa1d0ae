import { parseColor, type Theme } from './theme';

/**
 * Colors of classes, with a contrast of at least 3 to the background. Found by a search that maximised the smallest
 * difference (Oklab) of any two as seen with normal sight, protanopia, deuteranopia and tritanopia (Machado, Oliveira and
 * Fernandes 2009).
 */
const ON_DARK = '#49e6fb #db1200 #649cff #ffffd8 #9630fe #a6a70c #fd48be #b6f30f #fba59d #347a6e'.split(' ');
const ON_LIGHT = '#2a94ff #bc3111 #2c3871 #cb7b89 #3e0adf #979606 #fb27da #017458 #86469e #6a290c'.split(' ');

/** The color of a class; further ones than there are colors begin again. */
export function classColor(index: number, { background }: Pick<Theme, 'background'>): string {
  const [red, green, blue] = parseColor(background);
  const colors = red + green + blue < 384 ? ON_DARK : ON_LIGHT;
  return colors[index % colors.length]!;
}
