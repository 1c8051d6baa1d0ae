import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';

/** Rows shorter than this times k are left to TensorFlow: choosing blocks would take longer than it saves. */
const SHORTEST = 100;

/**
 * Replaces `tf.topk` of long rows on a CPU by {@link topOfBlocks}: TensorFlow's kernel takes 2.5 times as long as PyTorch's for 5 of
 * 10,000 numbers, and this takes less. For k = 1 TensorFlow has a kernel that is fast.
 */
export function registerTopK(): void {
  const original = tf.getKernel(tf.TopK, 'tensorflow');
  tf.unregisterKernel(tf.TopK, 'tensorflow');
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => {
      const { binding } = call.backend as NodeJSKernelBackend;
      const x = call.inputs['x'] as tf.Tensor;
      const { k } = call.attrs as unknown as tf.TopKAttrs;
      const long = k > 1 && x.shape.at(-1)! >= SHORTEST * k;
      if (!long || x.dtype !== 'float32' || binding.isUsingGpuDevice()) return original.kernelFunc(call);
      return tf.tidy(() => {
        const top = (of: tf.Tensor, count: number) => {
          const attrs = { k: count, sorted: true };
          return original.kernelFunc({ ...call, inputs: { x: of }, attrs }) as tf.Tensor[];
        };
        return topOfBlocks(x, k, top);
      });
    },
  });
}

/** x [..., n] → values and indices [..., k] (int32), in descending order; of equal numbers the first. */
type Top = (x: tf.Tensor, k: number) => tf.Tensor[];

/**
 * The k largest numbers of each row. They are in the k blocks of the row with the largest maxima, so that `top` is asked for the
 * maxima, and for the numbers of those blocks: about 2 √(n k) numbers instead of n. The blocks are brought back into their order, by
 * which the first of equal numbers is found. x [..., n] → [values, indices], each [..., k]
 */
export function topOfBlocks(x: tf.Tensor, k: number, top: Top): tf.Tensor[] {
  const length = x.shape.at(-1)!;
  const rows = x.size / length;
  const size = blockOf(length, k);
  const count = Math.ceil(length / size);
  const rest = count * size - length;
  const flat = tf.reshape(x, [rows, length]);
  const padded = rest === 0 ? flat : tf.pad(flat, [[0, 0], [0, rest]], -Infinity); // prettier-ignore
  const blocks = tf.reshape(padded, [rows * count, size]);
  const [, best] = top(tf.reshape(tf.max(blocks, 1), [rows, count]), k);
  const chosen = tf.neg(top(tf.neg(best!), k)[0]!);
  const candidates = tf.reshape(tf.gather(blocks, ofRows(chosen, count)), [rows, k * size]);
  const [values, places] = top(candidates, k);
  const block = tf.floorDiv(places!, tf.scalar(size, 'int32'));
  const starts = tf.mul(
    tf.reshape(tf.gather(tf.reshape(chosen, [-1]), ofRows(block, k)), [rows, k]),
    tf.scalar(size, 'int32'),
  );
  const within = tf.sub(places!, tf.mul(block, tf.scalar(size, 'int32')));
  const shape = [...x.shape.slice(0, -1), k];
  return [tf.reshape(values!, shape), tf.reshape(tf.add(starts, within), shape)];
}

/** A length of blocks near √(n / k); one that divides n where there is one, since what does not must be padded. */
function blockOf(length: number, k: number): number {
  const best = Math.max(1, Math.round(Math.sqrt(length / k)));
  for (let off = 0; off <= best / 2; off++) {
    const size = [best - off, best + off].find((each) => length % each === 0);
    if (size !== undefined) return size;
  }
  return best;
}

/** Indices into rows of `count` entries, [rows, k], as indices into all of them, [rows · k]. */
function ofRows(indices: tf.Tensor, count: number): tf.Tensor1D {
  const rows = indices.shape[0]!;
  const starts = tf.reshape(tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(count, 'int32')), [rows, 1]);
  return tf.reshape(tf.add(indices, starts), [-1]);
}
