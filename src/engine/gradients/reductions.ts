import * as tf from '@tensorflow/tfjs-core';
import { BROADCAST } from '../ops/kernels/names';
import { broadcast, keptShape } from './reduced';
import { detached, reattached } from './tape';

/** Reductions over axes, softmax among them. */
export const reductionGradients: tf.GradConfig[] = [
  {
    kernelName: tf.Sum,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { axis }) => ({ x: () => spread(dy as tf.Tensor, x!, axesOf(axis, x!)) }),
  },
  {
    kernelName: tf.Mean,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { axis }) => ({
      x: () => {
        const count = x!.size / Math.max((dy as tf.Tensor).size, 1);
        return spread(tf.div(dy as tf.Tensor, count), x!, axesOf(axis, x!));
      },
    }),
  },
  {
    kernelName: BROADCAST,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { shape }) => ({
      x: () => {
        const axes = (shape as number[]).flatMap((length, axis) => (length === x!.shape[axis] ? [] : [axis]));
        return tf.sum(dy as tf.Tensor, axes, true);
      },
    }),
  },
  extremum(tf.Max, 'reductionIndices'),
  extremum(tf.Min, 'axis'),
  {
    kernelName: tf.Prod,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { axis }) => ({ x: () => productGradient(dy as tf.Tensor, x!, axesOf(axis, x!)) }),
  },
  {
    kernelName: tf.Cumsum,
    gradFunc: (dy, _saved, { axis, exclusive, reverse }) => ({
      x: () => tf.cumsum(dy as tf.Tensor, axis as number, exclusive as boolean, !(reverse as boolean)),
    }),
  },
  {
    kernelName: tf.LogSoftmax,
    inputsToSave: ['logits'],
    outputsToSave: [true],
    gradFunc: (dy, [logits, y], attributes) => ({
      logits: () => {
        const probabilities = tf.exp(reattached(tf.LogSoftmax, 'logits', logits!, y!, attributes));
        return tf.sub(dy as tf.Tensor, tf.mul(tf.sum(dy as tf.Tensor, -1, true), probabilities));
      },
    }),
  },
  {
    kernelName: tf.Softmax,
    inputsToSave: ['logits'],
    outputsToSave: [true],
    gradFunc: (dy, [logits, y], attributes) => ({
      logits: () => {
        const probabilities = reattached(tf.Softmax, 'logits', logits!, y!, attributes);
        const weighted = tf.mul(dy as tf.Tensor, probabilities);
        return tf.sub(weighted, tf.mul(tf.sum(weighted, -1, true), probabilities));
      },
    }),
  },
];

/** The gradient of a sum: dy where each entry went. */
function spread(dy: tf.Tensor, x: tf.Tensor, axes: number[]): tf.Tensor {
  const kept = tf.reshape(dy, keptShape(x.shape, axes));
  return broadcast(kept, x.shape);
}

/** dy goes to where the extremum is, in equal parts where it is in several places. */
function extremum(kernelName: string, axesAttribute: string): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attributes) => ({
      x: () => {
        const axes = axesOf(attributes[axesAttribute], x!);
        const shape = keptShape(x!.shape, axes);
        const chosen = tf.cast(tf.equal(detached(x!), tf.reshape(detached(y!), shape)), 'float32');
        // The quotient is of the small tensors: each operation on one like x goes through memory once more.
        return tf.mul(chosen, tf.div(tf.reshape(dy as tf.Tensor, shape), tf.sum(chosen, axes, true)));
      },
    }),
  };
}

/**
 * ∂Π/∂xᵢ = Π_{j≠i} xⱼ, right where entries are 0. By cumulative products from both ends; these have no gradient in
 * TensorFlow.js, so where it is differentiated, by the products themselves of n × n entries.
 */
function productGradient(dy: tf.Tensor, x: tf.Tensor, axes: number[]): tf.Tensor {
  const others = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...others, ...axes];
  const moved = tf.transpose(x, order);
  const rows = others.reduce((product, axis) => product * x.shape[axis]!, 1);
  const count = x.size / Math.max(rows, 1);
  const flat = tf.reshape(moved, [rows, count]);
  const products = tf.engine().isTapeOn() ? productsOfOthers(flat, count) : cumulatedProductsOfOthers(flat);
  const gradient = tf.mul(tf.reshape(dy, [rows, 1]), products);
  return tf.transpose(tf.reshape(gradient, moved.shape), tf.backend_util.getUndoAxesPermutation(order));
}

function cumulatedProductsOfOthers(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.cumprod(x, 1, true, false), tf.cumprod(x, 1, true, true));
}

/** [rows, n] → [rows, n] through [rows, n, n], with ones on the diagonal. */
function productsOfOthers(x: tf.Tensor, count: number): tf.Tensor {
  const diagonal = tf.expandDims(tf.eye(count), 0);
  const repeated = broadcast(tf.expandDims(x, 1), [x.shape[0]!, count, count]);
  return tf.prod(tf.add(tf.mul(repeated, tf.sub(1, diagonal)), diagonal), 2);
}

function axesOf(axis: tf.NamedAttrMap[string] | undefined, x: tf.Tensor): number[] {
  return tf.util.parseAxisParam((axis ?? undefined) as unknown as number[], x.shape);
}
