import { DIFFERENCES, type Comparison, type Difference, type NormColumns, type TensorRow } from '../protocol/tensors';
import { numberCount, readNumbers, streamNumbers, type ReadableTensor } from './numberStream';
import { readable, type StoredTensor, type TensorFile } from './tensorFile';

interface TensorDifference {
  readonly what: Difference;
  readonly relative: number;
  readonly largest: number;
  /** Of one that was removed or reshaped: how the other file has it. */
  readonly other?: TensorRow;
}

/** Two of these are in memory at a time. */
const CHUNK_NUMBERS = 512 * 1024;

/**
 * How each tensor of `file` differs from that of the same name in `other`, and which ones `other` has alone. What is
 * stored in other types is compared by value. `onProgress` hears of shares from 0 to 1.
 */
export async function compare(
  file: TensorFile,
  other: TensorFile,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<Comparison> {
  const others = new Map(other.tensors.map((tensor) => [tensor.name, tensor]));
  const differences: TensorDifference[] = [];
  const all = file.tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const tensor of file.tensors) {
    signal.throwIfAborted();
    const its = others.get(tensor.name);
    others.delete(tensor.name);
    differences.push(await difference(tensor, its, signal));
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
    others: differences.flatMap(({ other: row }, at) => (row === undefined ? [] : [{ at, row }])),
  };
}

async function difference(
  tensor: StoredTensor,
  other: StoredTensor | undefined,
  signal: AbortSignal,
): Promise<TensorDifference> {
  const unknown = { relative: NaN, largest: NaN };
  if (other === undefined) return { what: 'added', ...unknown };
  if (tensor.shape.join() !== other.shape.join()) return { what: 'reshaped', ...unknown, other: rowOf(other) };
  const [a, b] = [tensor, other].map((each) => (each.at === undefined ? undefined : { ...each, at: each.at }));
  if (a === undefined || b === undefined || a.at.fortran !== b.at.fortran || numberCount(a) !== numberCount(b)) {
    return { what: tensor.type === other.type ? 'changed' : 'reshaped', ...unknown, other: rowOf(other) };
  }
  return distance(a, b, signal);
}

async function distance(a: ReadableTensor, b: ReadableTensor, signal: AbortSignal): Promise<TensorDifference> {
  const count = numberCount(a);
  let [changed, largest, squares, norm] = [false, 0, 0, 0];
  for (let from = 0; from < count; from += CHUNK_NUMBERS) {
    signal.throwIfAborted();
    const length = Math.min(CHUNK_NUMBERS, count - from);
    const [left, right] = [await readNumbers(a, from, length), await readNumbers(b, from, length)];
    for (let i = 0; i < length; i++) {
      const [value, before] = [left[i]!, right[i]!];
      norm += before * before;
      // Also NaN, which is the same as NaN here: nothing has changed.
      if (Object.is(value, before) || value === before) continue;
      changed = true;
      const step = Math.abs(value - before);
      squares += step * step;
      // NaN counts as the largest there is.
      if (!(step <= largest)) largest = step;
    }
  }
  if (!changed) return { what: 'same', relative: 0, largest: 0 };
  return { what: 'changed', relative: Math.sqrt(squares / norm), largest };
}

/**
 * The norm of the tensor of one name in several files, with the step that each stands for; those that lack it are left
 * out. Files are opened one after the other by `open`, which answers with undefined for one that cannot be.
 */
export async function normsOf(
  name: string,
  others: readonly { readonly file: string; readonly step: number }[],
  open: (file: string) => Promise<TensorFile | undefined>,
  signal: AbortSignal,
): Promise<NormColumns> {
  const points: { step: number; norm: number }[] = [];
  for (const { file, step } of others) {
    signal.throwIfAborted();
    const opened = await open(file);
    const index = opened?.tensors.findIndex((tensor) => tensor.name === name) ?? -1;
    if (opened === undefined || index < 0 || opened.tensors[index]!.at === undefined) continue;
    points.push({ step, norm: await normOf(readable(opened, index), signal) });
  }
  points.sort((a, b) => a.step - b.step);
  return {
    steps: Float64Array.from(points, ({ step }) => step),
    norms: Float64Array.from(points, ({ norm }) => norm),
  };
}

async function normOf(tensor: ReadableTensor, signal: AbortSignal): Promise<number> {
  let squares = 0;
  await streamNumbers(tensor, signal, (numbers) => {
    for (let i = 0; i < numbers.length; i++) squares += numbers[i]! * numbers[i]!;
  });
  return Math.sqrt(squares);
}

function rowOf({ name, type, shape, elements, bytes }: TensorRow): TensorRow {
  return { name, type, shape, elements, bytes };
}
