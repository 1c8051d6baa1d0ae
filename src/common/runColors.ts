/**
 * The hues of runs, the same in the tree, the charts and a run's tab. Each list was chosen by farthest-first search over
 * OKLab distances with full color vision and with simulated protanopia, deuteranopia and tritanopia (Machado, Oliveira
 * and Fernandes 2009); every color has the contrast of a graphical object with its kind of background. They are
 * contributed to VS Code as `latentStudio.run1` and so on, so that a theme or a user may change them.
 */
export const RUN_COLORS = {
  dark: '#3b9cf6 #edee31 #ff71bb #8ca507 #56f4fd #f7a597 #6f72c8 #c2f6b6 #c46183 #98bffe #947a2d #afce00'.split(' '),
  light: '#2067da #b27f02 #860100 #8f539d #269c96 #c52d1f #3f2b7b #ee5377 #897ad2 #9f285a #682dac #622344'.split(' '),
  highContrastLight:
    '#115bcd #aa5f04 #5a1b00 #2c048f #aa2e4e #834d7e #7a4306 #471663 #746aab #75183f #2836af #533c78'.split(' '),
} as const;

export const RUN_COLOR_COUNT = RUN_COLORS.dark.length;

/** The id of the theme color for the run with this index; the colors repeat, with another dash. */
export function runColorId(index: number): string {
  return `latentStudio.run${(index % RUN_COLOR_COUNT) + 1}`;
}
