import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as ops from '../../../../src/engine/ops';
import { everyBackend, use } from '../gradients/support';

/** Closeness of float32 results, relative to the largest of them. */
function expectClose(actual: tf.Tensor, expected: readonly number[], tolerance = 1e-5): void {
  const values = [...actual.dataSync()];
  expect(values).toHaveLength(expected.length);
  const size = Math.max(1, ...expected.map(Math.abs));
  for (const [index, value] of values.entries()) {
    expect(Math.abs(value - expected[index]!), `${index}: ${value} for ${expected[index]}`).toBeLessThan(
      tolerance * size,
    );
  }
}

const column = (values: readonly (readonly number[])[], index: number) => values.map((row) => row[index]!);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const squares = (values: readonly number[]) => values.map((value) => (value - mean(values)) ** 2);

describe.each(everyBackend)('on %s', (name) => {
  const test = (title: string, body: () => void) =>
    it(title, async () => {
      await use(name);
      tf.tidy(body);
    });

  test('a bias is added to every position’s channels', () => {
    const bias = tf.tensor1d([10, 20]);
    expectClose(ops.addBias(tf.tensor2d([[1, 2], [3, 4]]), bias), [11, 22, 13, 24]); // prettier-ignore
    expectClose(ops.addBias(tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]), bias), [11, 22, 13, 24]);
  });

  test('a bias of another length than the channels is refused', () => {
    expect(() => ops.addBias(tf.zeros([2, 3]), tf.zeros([2]))).toThrow(TypeError);
    expect(() => ops.addBias(tf.zeros([2, 3]), tf.zeros([1]))).toThrow('[1] does not fit channels last in [2,3]');
  });

  test('batch normalization has mean 0 and variance 1 before scale and offset; statistics are of the batch', () => {
    const rows = [[1, -2], [4, 0], [2, 5], [-3, 1]]; // prettier-ignore
    const [scale, offset, epsilon] = [[2, 0.5], [1, -1], 1e-3];
    const { output, ...statistics } = ops.batchNormalization(
      tf.tensor2d(rows),
      tf.tensor1d(scale!),
      tf.tensor1d(offset!),
      epsilon,
    );
    const columns = [0, 1].map((index) => column(rows, index));
    expectClose(statistics.mean, columns.map(mean));
    expectClose(
      statistics.variance,
      columns.map((values) => (mean(squares(values)) * 4) / 3),
    );
    const expected = rows.map((row) =>
      row.map((value, index) => {
        const values = columns[index]!;
        const normalized = (value - mean(values)) / Math.sqrt(mean(squares(values)) + epsilon);
        return normalized * scale![index]! + offset![index]!;
      }),
    );
    expectClose(output, expected.flat());
  });

  test('batch normalization treats an image’s pixels like rows of a batch', () => {
    const values = Array.from({ length: 24 }, (_, index) => Math.sin(index * 1.7));
    const parameters = [tf.tensor1d([1, 2, 3]), tf.tensor1d([0.1, 0.2, 0.3])] as const;
    const images = ops.batchNormalization(tf.tensor4d(values, [2, 2, 2, 3]), ...parameters);
    const rows = ops.batchNormalization(tf.tensor2d(values, [8, 3]), ...parameters);
    expect(images.output.shape).toEqual([2, 2, 2, 3]);
    expectClose(images.output, [...rows.output.dataSync()]);
    expectClose(images.variance, [...rows.variance.dataSync()]);
  });

  test('the statistics of batch normalization are constants: a loss of them has no gradient', () => {
    const x = tf.tensor2d([[1], [2], [4]]);
    const [scale, offset] = [tf.ones([1]) as tf.Tensor1D, tf.zeros([1]) as tf.Tensor1D];
    const loss = (input: tf.Tensor) => {
      const { mean: average, variance } = ops.batchNormalization(input, scale, offset);
      return tf.sum(tf.add(tf.mul(input, 0), tf.add(average, variance)));
    };
    expectClose(tf.grad(loss)(x), [0, 0, 0]);
  });

  test('batch normalization by moving averages is (x − μ) / √(σ² + ε) · scale + offset', () => {
    const statistics = { mean: tf.tensor1d([1, -1]), variance: tf.tensor1d([4, 0.25]) };
    const output = ops.normalizeBatch(tf.tensor2d([[3, 0]]), statistics, tf.tensor1d([2, 3]), tf.tensor1d([5, 7]), 0);
    expectClose(output, [7, 13]);
  });

  test('batch normalization refuses shapes that do not fit', () => {
    expect(() => ops.batchNormalization(tf.zeros([2, 3, 4]), tf.zeros([4]), tf.zeros([4]))).toThrow('[2,3,4]');
    expect(() => ops.batchNormalization(tf.zeros([2, 3]), tf.zeros([3]), tf.zeros([2]))).toThrow('offset of shape [2]');
  });

  test('layer and instance normalization take the statistics of a row, and of a channel of an image', () => {
    const [scale, offset] = [tf.tensor1d([1, 2]), tf.tensor1d([0, 10])];
    expectClose(ops.layerNormalization(tf.tensor2d([[1, 3], [5, 5]]), scale, offset, 0.21), [-1 / 1.1, 10 + 2 / 1.1, 0, 10]); // prettier-ignore
    const images = tf.tensor4d([1, 10, 3, 10, 5, -1, 5, 1], [2, 1, 2, 2]);
    expectClose(ops.instanceNormalization(images, scale, offset, 0.21), [-1 / 1.1, 10, 1 / 1.1, 10, 0, 10 - 2 / 1.1, 0, 10 + 2 / 1.1]); // prettier-ignore
  });

  test('softmax cross-entropy is −Σ p log softmax(l), also for large logits and for class numbers', () => {
    const logits = [[1, -1, 0.5], [300, 0, -300]]; // prettier-ignore
    const labels = [[0.2, 0.3, 0.5], [0, 1, 0]]; // prettier-ignore
    const entropies = logits.map((row, index) => {
      const largest = Math.max(...row);
      const normalizer = largest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0));
      return row.reduce((sum, value, label) => sum + labels[index]![label]! * (normalizer - value), 0);
    });
    expectClose(ops.softmaxCrossEntropy(tf.tensor2d(labels), tf.tensor2d(logits)), entropies);
    const sparse = ops.sparseSoftmaxCrossEntropy(tf.tensor1d([2, 1], 'int32'), tf.tensor2d(logits));
    expectClose(sparse, [Math.log(Math.E + Math.exp(-1) + Math.exp(0.5)) - 0.5, 300]);
  });

  test('sigmoid cross-entropy stays finite and exact for logits of any size', () => {
    const logits = tf.tensor1d([0, 2, -3, 200, -200, 200, -200]);
    const labels = tf.tensor1d([0.5, 1, 0.25, 1, 0, 0, 1]);
    const expected = [Math.LN2, Math.log1p(Math.exp(-2)), Math.log1p(Math.exp(-3)) + 0.75, 0, 0, 200, 200];
    expectClose(ops.sigmoidCrossEntropy(labels, logits), expected);
    const gradient = tf.grad((l: tf.Tensor) => tf.sum(ops.sigmoidCrossEntropy(labels, l)))(logits);
    const sigmoid = (l: number) => 1 / (1 + Math.exp(-l));
    expectClose(gradient, [0, sigmoid(2) - 1, sigmoid(-3) - 0.25, 0, 0, 1, -1]);
  });

  test('a class number is an integer, a probability is not', () => {
    const logits = tf.tensor2d([[1, 2]]);
    expect(() => ops.sparseSoftmaxCrossEntropy(tf.tensor1d([1]), logits)).toThrow(
      'int32 of shape [1], but are float32',
    );
    expect(() => ops.softmaxCrossEntropy(tf.tensor2d([[0, 1, 0]]), logits)).toThrow(
      '[1,2], but are float32 of shape [1,3]',
    );
  });

  test('clipping by the global norm preserves the joint direction of all gradients', () => {
    const gradients = [tf.tensor1d([3, 0]), tf.tensor2d([[4]])];
    expectClose(ops.globalNorm(gradients), [5]);
    const clipped = ops.clipByGlobalNorm(gradients, 2);
    expectClose(clipped.norm, [5]);
    expectClose(clipped.gradients[0]!, [1.2, 0]);
    expectClose(clipped.gradients[1]!, [1.6]);
    const untouched = ops.clipByGlobalNorm(gradients, 5.5).gradients;
    expect([...untouched[0]!.dataSync(), ...untouched[1]!.dataSync()]).toEqual([3, 0, 4]);
  });

  test('gradients of zero stay zero, and a divergence shows', () => {
    const [zero] = ops.clipByGlobalNorm([tf.zeros([2])], 1).gradients;
    expect([...zero!.dataSync()]).toEqual([0, 0]);
    for (const value of [Infinity, NaN]) {
      const { gradients } = ops.clipByGlobalNorm([tf.tensor1d([value]), tf.tensor1d([1])], 1);
      expect([...gradients[1]!.dataSync()]).toEqual([NaN]);
    }
  });

  test('clipping by value bounds each entry; bounds must be positive', () => {
    expectClose(ops.clipByValue([tf.tensor1d([-3, 0.2, 3])], 0.5)[0]!, [-0.5, 0.2, 0.5]);
    for (const bound of [0, -1, NaN, Infinity]) {
      expect(() => ops.clipByValue([], bound)).toThrow(RangeError);
      expect(() => ops.clipByGlobalNorm([], bound)).toThrow(RangeError);
    }
  });

  test('a stopped gradient is the same value and no path', () => {
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(x, ops.stopGradient(tf.square(x)))))(tf.tensor1d([2, 3]));
    expectClose(gradient, [4, 9]);
  });
});
