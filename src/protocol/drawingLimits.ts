/** Half the side of the square that is drawn on: the points of other sets in the plane reach as far. */
export const DRAWING_EXTENT = 2;
/** More points than a hand draws, and few enough to be drawn and sent at once. */
export const MOST_DRAWN = 50_000;
/** Fewer tell a model nothing, and one of ten is a test point. */
export const FEWEST_DRAWN = 20;
