/** Longer names do not fit beside the rest of a row in a side bar of the usual width. */
const LONG = 28;
/** A beginning this short is not worth an ellipsis. */
const SHORTEST_CUT = 6;

/**
 * The index, at the beginning of a word, where the names begin to differ: `vae-mnist-001` and `vae-mnist-002` differ
 * from `001` on. 0 for a single name, or if a name would become empty.
 */
export function commonBeginning(names: readonly string[]): number {
  const [first, ...others] = [...new Set(names)];
  if (first === undefined || others.length === 0) return 0;
  let length = first.length;
  for (const name of others) {
    let same = 0;
    while (same < length && name[same] === first[same]) same++;
    length = same;
  }
  // Back to the last word separator that all names share.
  return /^.*[^\p{L}\p{N}]/su.exec(first.slice(0, length))?.[0].length ?? 0;
}

/** Names for a place that truncates at the end: without their common prefix. */
export function shortNames(names: readonly string[]): string[] {
  const long = names.some((name) => name.length > LONG);
  const cut = long ? commonBeginning(names) : 0;
  return names.map((name) => middleCut(cut < SHORTEST_CUT ? name : `…${name.slice(cut)}`));
}

/** Shortens a name that is still too long in the middle: names differ at their beginnings and ends. */
function middleCut(name: string): string {
  const characters = [...name];
  if (characters.length <= 2 * LONG) return name;
  return `${characters.slice(0, LONG).join('')}…${characters.slice(1 - LONG).join('')}`;
}

/** "a, b and 3 more": names at most `most` of them. */
export function atMost(names: readonly string[], most: number): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
