import type { Place } from './drawing';

/** Points of a press, and of a stroke per unit of its length. */
const PRESSED = 6;
const PER_UNIT = 60;
/** Without a spread, one press is one point. */
const PRECISE = 0;

/** Points around a place, scattered by a normal distribution. @param spread its standard deviation along each axis */
export function press(place: Place, spread: number, random = Math.random): Place[] {
  const count = spread === PRECISE ? 1 : PRESSED;
  return Array.from({ length: count }, () => scattered(place, spread, random));
}

/**
 * Points along a line, as many as its length takes: a fraction of a point is one with that probability, so that slow movements draw as
 * densely as fast ones.
 */
export function stroke([fromX, fromY]: Place, [toX, toY]: Place, spread: number, random = Math.random): Place[] {
  const wanted = PER_UNIT * Math.hypot(toX - fromX, toY - fromY);
  const count = Math.floor(wanted) + (random() < wanted % 1 ? 1 : 0);
  return Array.from({ length: count }, () => {
    const at = random();
    return scattered([fromX + at * (toX - fromX), fromY + at * (toY - fromY)], spread, random);
  });
}

/** Box and Muller 1958. */
function scattered([x, y]: Place, spread: number, random: () => number): Place {
  const radius = spread * Math.sqrt(-2 * Math.log(1 - random()));
  const angle = 2 * Math.PI * random();
  return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
}
