/**
 * Edit distance: the number of insertions, deletions, substitutions and transpositions of neighbors between two words.
 */
function editDistance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j] ?? 0, (beforeLast[j - 2] ?? 0) + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** Longer words are unlikely to be typos, and slow to compare. */
const LONGEST = 64;

/**
 * The word that was probably meant: the one at the smallest edit distance, if that is small for its length; case is
 * ignored. Undefined if none is near.
 */
export function nearest(word: string, among: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  let found: string | undefined;
  let least = Infinity;
  for (const candidate of among) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    const allowed = Math.max(1, Math.floor(Math.min(word.length, candidate.length) / 3));
    if (distance <= allowed && distance < least) [found, least] = [candidate, distance];
  }
  return found;
}
