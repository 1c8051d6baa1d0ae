/** Of the losses, relative: sums in another order and other approximations of exp stay far below it. */
const TOLERANCE = 1e-3;

type Losses = readonly (number | null)[];

/** Undefined if the losses agree, otherwise a message. */
export function disagreement(losses: Losses, reference: Losses): string | undefined {
  const agree = losses.length === reference.length && losses.every((loss, step) => close(loss, reference[step]!));
  return agree ? undefined : `its first losses are ${inWords(losses)}, the others' ${inWords(reference)}`;
}

/** The losses that most contenders agree with; of as many, those of the one that comes first. */
export function reference(all: readonly Losses[]): Losses | undefined {
  const votes = all.map((losses) => all.filter((other) => disagreement(other, losses) === undefined).length);
  return all[votes.indexOf(Math.max(...votes))];
}

function close(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

const inWords = (losses: Losses) => losses.map((loss) => loss?.toPrecision(6) ?? 'not a number').join(', ');
