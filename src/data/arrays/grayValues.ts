import { FormatError } from '../../formats/error';
import type { StoredArray } from './numpyFile';

/** How numbers become bytes, `scale * (value + offset)`, rounded. */
export interface ByteScale {
  readonly scale: number;
  readonly offset: number;
  /** A sentence for the user, where values are not bytes already. */
  readonly remark?: string;
}

interface Range {
  readonly kind: string;
  readonly lowest: number;
  readonly highest: number;
}

/** The range of the values of arrays, which are read for it. Throws {@link FormatError} for a value that is not finite. */
export async function rangeOf(arrays: readonly StoredArray[]): Promise<Range> {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const { name, pieces } of arrays) {
    for await (const piece of pieces()) {
      for (let i = 0; i < piece.length; i++) {
        const value = piece[i]!;
        if (!Number.isFinite(value)) {
          throw new FormatError(`${name === '' ? 'The array' : name} holds a value that is not finite (${value}).`);
        }
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
      }
    }
  }
  return { kind: arrays[0]!.kind, lowest, highest };
}

/** The scale that values of a range suggest; undefined where none does. */
export function byteScaleOf({ kind, lowest, highest }: Range): ByteScale | undefined {
  if (kind === 'b1') return { scale: 255, offset: 0 };
  const within = (from: number, to: number) => lowest >= from && highest <= to;
  if (kind.startsWith('f')) {
    if (within(0, 1)) return { scale: 255, offset: 0, remark: 'Gray values from 0 to 1 were rounded to 256 levels.' };
    if (within(-1, 1)) {
      return {
        scale: 127.5,
        offset: 1,
        remark: 'Gray values from −1 to 1 were rounded to 256 levels, −1 being black.',
      };
    }
    return within(0, 255) ? { scale: 1, offset: 0, remark: 'Gray values from 0 to 255 were rounded.' } : undefined;
  }
  if (within(0, 1) && highest === 1) {
    return { scale: 255, offset: 0, remark: 'No gray value is above 1: 1 was taken as white.' };
  }
  if (within(0, 255)) return { scale: 1, offset: 0 };
  if (kind !== 'u2') return undefined;
  return { scale: 1 / 257, offset: 0, remark: 'Gray values of 16 bits were rounded to 8 bits.' };
}
