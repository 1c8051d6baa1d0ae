const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The step of an arrow key; undefined for any other key. */
export function arrowOf({ key }: KeyboardEvent): readonly [right: number, down: number] | undefined {
  return Object.hasOwn(ARROWS, key) ? ARROWS[key] : undefined;
}
