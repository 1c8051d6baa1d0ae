import * as tf from '@tensorflow/tfjs-core';
import { parseEquation } from '../../gradients/einsum';

/** An Einstein sum of one or two operands as a matrix product, for backends without one. */
export function einsumByProducts(equation: string, operands: readonly tf.Tensor[]): tf.Tensor {
  const { inputs, output } = parseEquation(equation);
  if (operands.length !== inputs.length) {
    throw new TypeError(`“${equation}” is of ${inputs.length} operands, and there are ${operands.length}.`);
  }
  const needed = (index: number) => output + (inputs[1 - index] ?? '');
  const [a, b] = operands.map((operand, index) => reduced(operand, inputs[index]!, needed(index)));
  if (!b) return arranged(a!, output);
  const batch = only(a!.labels, (label) => b.labels.includes(label) && output.includes(label));
  const summed = only(a!.labels, (label) => b.labels.includes(label) && !output.includes(label));
  const left = only(a!.labels, (label) => !b.labels.includes(label));
  const right = only(b.labels, (label) => !a!.labels.includes(label));
  const sizes = (labels: string) => [...labels].map((label) => sizeOf(label, a!) ?? sizeOf(label, b)!);
  const total = (labels: string) => sizes(labels).reduce((product, size) => product * size, 1);
  const product = tf.matMul(
    tf.reshape(arranged(a!, batch + left + summed), [total(batch), total(left), total(summed)]),
    tf.reshape(arranged(b, batch + summed + right), [total(batch), total(summed), total(right)]),
  );
  const labels = batch + left + right;
  return arranged({ tensor: tf.reshape(product, sizes(labels)), labels }, output);
}

interface Labeled {
  readonly tensor: tf.Tensor;
  /** One letter an axis. */
  readonly labels: string;
}

/** Sums over what neither the other operand nor the output has. */
function reduced(tensor: tf.Tensor, labels: string, needed: string): Labeled {
  const axes = [...labels].flatMap((label, axis) => (needed.includes(label) ? [] : [axis]));
  if (axes.length === 0) return { tensor, labels };
  return { tensor: tf.sum(tensor, axes), labels: only(labels, (label) => needed.includes(label)) };
}

function arranged({ tensor, labels }: Labeled, order: string): tf.Tensor {
  return tf.transpose(
    tensor,
    [...order].map((label) => labels.indexOf(label)),
  );
}

function sizeOf(label: string, { tensor, labels }: Labeled): number | undefined {
  return tensor.shape[labels.indexOf(label)];
}

function only(labels: string, keep: (label: string) => boolean): string {
  return [...labels].filter(keep).join('');
}
