import { commonBeginning } from '../../../src/common/names';

/** A name in three pieces, the first of which are truncated first if there is no room. */
export interface NamePieces {
  /** The common prefix of all names; empty if it is too short to be abbreviated. */
  readonly shared: string;
  readonly head: string;
  /** The last piece is kept longest: "….0.kernel" says more than "encoder.conv…". */
  readonly tail: string;
}

const LEAST_SHARED = 6;
const LONGEST_TAIL = 20;
const SHORTEST_TAIL = 5;
/** A name this short is not divided further. */
const SHORT_NAME = 10;

/** @param shared length of the common prefix of all names */
export function namePieces(shown: string, shared: number): NamePieces {
  const from = shared < LEAST_SHARED || shared >= shown.length ? 0 : shared;
  const characters = [...shown.slice(from)];
  const tail = tailStart(characters);
  return {
    shared: shown.slice(0, from),
    head: characters.slice(0, tail).join(''),
    tail: characters.slice(tail).join(''),
  };
}

/** At the first word separator that is near the end and leaves a third of the name to the head. */
function tailStart(characters: readonly string[]): number {
  const { length } = characters;
  if (length <= SHORT_NAME) return 0;
  const earliest = Math.max(Math.ceil(length / 3), length - LONGEST_TAIL);
  const mark = characters.findIndex((character, at) => at >= earliest && /[._/]/.test(character));
  return mark >= 0 && length - mark >= SHORTEST_TAIL ? mark : earliest;
}

/** Length of the common prefix of sorted names, which is that of the first and the last one. */
export function sharedBeginning(names: Iterable<string>): number {
  let [first, last]: (string | undefined)[] = [];
  for (const name of names) {
    if (first === undefined || name < first) first = name;
    if (last === undefined || name > last) last = name;
  }
  return first === undefined || last === undefined ? 0 : commonBeginning([first, last]);
}
