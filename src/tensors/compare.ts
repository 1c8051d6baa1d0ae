import { DIFFERENCES, type Comparison, type Difference, type OtherRow, type TensorRow } from '../protocol/tensors';
import { FormatError } from '../formats/error';
import { comparable, distance } from './distance';
import type { ReadableTensor } from './numberStream';
import { ReadAhead } from './readAhead';
import type { StoredTensor, TensorFile } from './tensorFile';

interface TensorDifference {
  readonly what: Difference;
  readonly relative: number;
  readonly largest: number;
  /** The row of the other file, if different. */
  readonly other?: TensorRow;
}

/**
 * The difference of each tensor of `file` from that of the same name in `other`, and the tensors only in `other`. Tensors
 * of different types or orders are compared by value. `onProgress` receives fractions from 0 to 1.
 */
export async function compare(
  file: TensorFile,
  other: TensorFile,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<Comparison> {
  const others = new Map(other.tensors.map((tensor) => [tensor.name, tensor]));
  const differences: TensorDifference[] = [];
  const ahead = [new ReadAhead(), new ReadAhead()] as const;
  const all = file.tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const tensor of file.tensors) {
    signal.throwIfAborted();
    const its = others.get(tensor.name);
    others.delete(tensor.name);
    const onShare = (share: number) => onProgress(all > 0 ? (done + share * tensor.bytes) / all : 1);
    differences.push(await difference(tensor, its, ahead, signal, onShare));
    done += tensor.bytes;
    onProgress(all > 0 ? done / all : 1);
  }
  for (const tensor of others.values()) {
    differences.push({ what: 'removed', relative: NaN, largest: NaN, other: rowOf(tensor) });
  }
  return columnsOf(differences);
}

function columnsOf(differences: readonly TensorDifference[]): Comparison {
  return {
    what: Uint8Array.from(differences, ({ what }) => DIFFERENCES.indexOf(what)),
    relative: Float64Array.from(differences, ({ relative }) => relative),
    largest: Float64Array.from(differences, ({ largest }) => largest),
    others: othersOf(differences),
  };
}

function othersOf(differences: readonly TensorDifference[]): Uint8Array {
  const rows = differences.flatMap(({ other: row }, at): OtherRow[] => (row === undefined ? [] : [{ at, row }]));
  return new TextEncoder().encode(JSON.stringify(rows)).slice();
}

async function difference(
  tensor: StoredTensor,
  other: StoredTensor | undefined,
  [ahead, otherAhead]: readonly [ReadAhead, ReadAhead],
  signal: AbortSignal,
  onShare: (share: number) => void,
): Promise<TensorDifference> {
  const nothing = { relative: NaN, largest: NaN };
  if (other === undefined) return { what: 'added', ...nothing };
  if (tensor.shape.join() !== other.shape.join()) return { what: 'reshaped', ...nothing, other: rowOf(other) };
  const unknown = { what: 'unknown', ...nothing, other: rowOf(other) } as const;
  const [a, b] = [withPlace(tensor, ahead), withPlace(other, otherAhead)];
  if (a === undefined || b === undefined || !comparable(a, b)) return unknown;
  try {
    const { changed, ...found } = await distance(a, b, signal, onShare);
    return { what: changed ? 'changed' : 'same', ...found };
  } catch (error) {
    // A damaged member of an archive, or a truncated file, must not hide the others.
    if (error instanceof FormatError && !signal.aborted) return unknown;
    throw error;
  }
}

function withPlace(tensor: StoredTensor, ahead: ReadAhead): ReadableTensor | undefined {
  return tensor.at === undefined ? undefined : ahead.through({ ...tensor, at: tensor.at });
}

function rowOf({ name, type, shape, elements, bytes }: TensorRow): TensorRow {
  return { name, type, shape, elements, bytes };
}
