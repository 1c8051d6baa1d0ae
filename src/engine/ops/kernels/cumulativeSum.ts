import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';

/** Below, TensorFlow's own kernel is as fast as the overhead of many operations. */
const SMALLEST = 2 ** 14;

/** Runs of fewer numbers than this side by side are not worth adding by themselves: the axis is then moved to the front. */
const SHORTEST_RUN = 8;

/**
 * Replaces cumulative sums on a CPU by {@link cumulativeSum}: TensorFlow's kernel goes number by number, on one thread, and takes
 * five times as long for [32, 784, 50].
 */
export function registerCumulativeSum(): void {
  const original = tf.getKernel(tf.Cumsum, 'tensorflow');
  tf.unregisterKernel(tf.Cumsum, 'tensorflow');
  tf.registerKernel({
    ...original,
    kernelFunc: (call) => {
      const { binding } = call.backend as NodeJSKernelBackend;
      const x = call.inputs['x'] as tf.Tensor;
      const { axis, exclusive, reverse } = call.attrs as unknown as tf.CumsumAttrs;
      const small = x.shape[axis]! < 4 || tf.util.sizeFromShape(x.shape) < SMALLEST;
      if (small || x.dtype !== 'float32' || binding.isUsingGpuDevice()) return original.kernelFunc(call);
      return tf.tidy(() => cumulativeSum(x, axis, { exclusive, reverse }));
    },
  });
}

interface Direction {
  /** Each entry without itself. */
  readonly exclusive: boolean;
  /** From the end. */
  readonly reverse: boolean;
}

/**
 * The sums of x up to each entry along an axis. The axis is cut into blocks of about √n entries; all blocks are summed at once, whole
 * slices at a time, and each gets the sum of those before it. Only additions, as matrix products with triangles would make NaN of
 * every entry before an infinite one.
 */
export function cumulativeSum(x: tf.Tensor, axis: number, direction: Direction): tf.Tensor {
  const product = (lengths: readonly number[]) => lengths.reduce((total, length) => total * length, 1);
  const length = x.shape[axis]!;
  const [outer, inner] = [product(x.shape.slice(0, axis)), product(x.shape.slice(axis + 1))];
  const layers = tf.reshape(x, [outer, length, inner]);
  if (inner >= SHORTEST_RUN || outer === 1) return tf.reshape(sumOfLayers(layers, direction), x.shape);
  const moved = tf.reshape(tf.transpose(layers, [1, 0, 2]), [1, length, outer * inner]);
  const sums = tf.reshape(sumOfLayers(moved, direction), [length, outer, inner]);
  return tf.reshape(tf.transpose(sums, [1, 0, 2]), x.shape);
}

/** x [outer, n, inner], along the middle axis */
function sumOfLayers(x: tf.Tensor, direction: Direction): tf.Tensor {
  const [outer, length, inner] = x.shape as [number, number, number];
  const size = blockOf(length);
  const blocks = Math.ceil(length / size);
  const rest = blocks * size - length;
  const padded = rest === 0 ? x : tf.pad(x, [[0, 0], [0, rest], [0, 0]]); // prettier-ignore
  const { sums, total } = running(tf.unstack(tf.reshape(padded, [outer, blocks, size, inner]), 2), direction);
  const stacked = tf.stack(sums, 2);
  if (blocks === 1) return tf.reshape(stacked, x.shape);
  const before = running(tf.unstack(total, 1), { ...direction, exclusive: true });
  const shifted = tf.add(stacked, tf.reshape(tf.stack(before.sums, 1), [outer, blocks, 1, inner]));
  const flat = tf.reshape(shifted, [outer, blocks * size, inner]);
  return rest === 0 ? flat : tf.slice(flat, [0, 0, 0], [outer, length, inner]);
}

/** The sums up to each part, and of all. */
function running(
  parts: readonly tf.Tensor[],
  { exclusive, reverse }: Direction,
): { readonly sums: tf.Tensor[]; readonly total: tf.Tensor } {
  const ordered = reverse ? parts.toReversed() : parts;
  let total: tf.Tensor | undefined;
  const sums = ordered.map((part) => {
    const before = total ?? tf.zerosLike(part);
    total = total ? tf.add(total, part) : part;
    return exclusive ? before : total;
  });
  return { sums: reverse ? sums.toReversed() : sums, total: total! };
}

/** A length of blocks near √n; one that divides n where there is one, since what does not must be padded. */
function blockOf(length: number): number {
  const root = Math.ceil(Math.sqrt(length));
  for (let size = root; size <= 2 * root; size++) if (length % size === 0) return size;
  return root;
}
