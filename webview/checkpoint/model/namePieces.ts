import { commonBeginning } from '../../../src/common/names';

/** A name in three pieces, of which the first ones give way where there is no room. */
export interface NamePieces {
  /** The beginning that all names of the list have; empty where it is not worth an ellipsis. */
  readonly shared: string;
  readonly head: string;
  /** Stays longest: "….0.kernel" tells more than "encoder.conv…". */
  readonly tail: string;
}

const LEAST_SHARED = 6;
const LONGEST_TAIL = 20;
const SHORTEST_TAIL = 5;
/** Is an end by itself. */
const SHORT_NAME = 10;

/** @param shared how many characters all names of the list begin with */
export function namePieces(shown: string, shared: number): NamePieces {
  const from = shared < LEAST_SHARED || shared >= shown.length ? 0 : shared;
  const characters = [...shown.slice(from)];
  const least = characters.length > SHORT_NAME ? Math.ceil(characters.length / 3) : 0;
  const end = characters.slice(Math.max(least, characters.length - LONGEST_TAIL));
  const mark = least === 0 ? 0 : end.findIndex((character) => /[._/]/.test(character));
  const tail = mark >= 0 && end.length - mark >= SHORTEST_TAIL ? end.slice(mark) : end;
  return {
    shared: shown.slice(0, from),
    head: characters.slice(0, characters.length - tail.length).join(''),
    tail: tail.join(''),
  };
}

/** What all names begin with, in characters: the first and the last one in order differ where any two do. */
export function sharedBeginning(names: Iterable<string>): number {
  let [first, last]: (string | undefined)[] = [];
  for (const name of names) {
    if (first === undefined || name < first) first = name;
    if (last === undefined || name > last) last = name;
  }
  return first === undefined || last === undefined ? 0 : commonBeginning([first, last]);
}
