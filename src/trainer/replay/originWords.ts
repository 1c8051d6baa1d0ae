import type { NonFinite } from '../../engine/nonFinite';
import type { Failure } from '../../protocol/run';

/** Where a number came from, in which step and which part of it. */
export interface Origin extends NonFinite {
  /** Finished updates, this one included. */
  readonly step: number;
  readonly phase: string;
}

/** What the failure's record keeps of it. */
export function originOf(found: Origin): NonNullable<Failure['origin']> {
  const { step, phase, part, operation, layer, shape, value, count } = found;
  return { step, phase, part, operation, layer, shape: [...shape], value: String(value), count };
}

/**
 * "The first number that is not finite: Infinity (3 of 8192) from Exp after the layer encoder.logVariance, [128, 64], in the forward
 * pass of the phase train at step 12. What went in was finite, and at most 88.9 in magnitude."
 */
export function originWords(origin: Origin): string {
  const { part, phase, step, value, count, shape, operation, layer, at } = origin;
  const size = shape.reduce((product, length) => product * length, 1);
  const share = size === 1 ? '' : ` (${count} of ${size})`;
  const broken = `The first number that is not finite: ${value}${share}`;
  const where = `of the phase ${phase} at step ${step}`;
  const sized = `, [${shape.join(', ')}],`;
  switch (part) {
    case 'variable':
      return `${broken} in ${operation}${sized} before the phase ${phase} of step ${step}.`;
    case 'input':
      return `${broken} in the input “${operation}”${sized} ${where}.`;
    default: {
      const from = `from ${operation}${layer === undefined ? '' : ` after the layer ${layer}`}`;
      return `${broken} ${from}${sized} in the ${PARTS[part]} ${where}. ${inputWords(origin)}${at}`;
    }
  }
}

const PARTS = { forward: 'forward pass', gradient: 'gradient', update: 'optimizer’s update' } as const;

function inputWords({ inputs }: Origin): string {
  if (inputs.length === 0) return 'Nothing went in.';
  const largest = Math.max(...inputs.flatMap(({ least, greatest }) => [Math.abs(least), Math.abs(greatest)]));
  return `What went in was finite, and at most ${shown(largest)} in magnitude.`;
}

/** Three digits, with an exponent where a number without one would be long: "88.9", "7.01e+19". */
function shown(value: number): string {
  return value >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}
