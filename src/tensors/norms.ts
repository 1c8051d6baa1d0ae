import type { NormColumns } from '../protocol/tensors';
import { streamNumbers, type ReadableTensor } from './numberStream';
import { readable, type TensorFile } from './tensorFile';

/**
 * The norm of the tensor of one name in several files, with the step of each; those that lack it are left
 * out. Files are opened one after the other by `open`, which resolves to undefined for an unreadable one. `onProgress`
 * receives fractions from 0 to 1.
 */
export async function normsOf(
  name: string,
  others: readonly { readonly file: string; readonly step: number }[],
  open: (file: string) => Promise<TensorFile | undefined>,
  signal: AbortSignal,
  onProgress: (done: number) => void = () => undefined,
): Promise<NormColumns> {
  const points: { step: number; norm: number }[] = [];
  for (const [i, { file, step }] of others.entries()) {
    signal.throwIfAborted();
    onProgress(i / others.length);
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

/** Of the finite values, as in the statistics. */
async function normOf(tensor: ReadableTensor, signal: AbortSignal): Promise<number> {
  let squares = 0;
  await streamNumbers(tensor, signal, (numbers) => {
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i]!;
      if (value - value === 0) squares += value * value;
    }
  });
  return Math.sqrt(squares);
}
