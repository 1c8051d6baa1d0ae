/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** A small generator (Mulberry32), so that a projection is the same each time it is computed. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` draws from the standard normal distribution (Box and Muller 1958). */
export function normalDraws(count: number, random: Random): number[] {
  const draws: number[] = [];
  while (draws.length < count) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    draws.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  return draws.slice(0, count);
}
