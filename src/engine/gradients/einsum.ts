import * as tf from '@tensorflow/tfjs-core';
import { broadcast } from './reduced';

/**
 * An Einstein sum is linear in each operand: the gradient of one is an Einstein sum of dy and the others. TensorFlow.js
 * has none.
 */
export const einsumGradient: tf.GradConfig = {
  kernelName: tf.Einsum,
  saveAllInputs: true,
  gradFunc: (dy, operands, { equation }) => {
    const { inputs, output } = parseEquation(equation as string);
    const gradients = operands.map((operand, index) => () => {
      const others = operands.filter((_, other) => other !== index);
      const subscripts = [output, ...inputs.filter((_, other) => other !== index)];
      const labels = inputs[index]!;
      // A label that stands nowhere else was summed over: every entry along it has the same gradient.
      const found = [...labels].filter((label) => subscripts.some((subscript) => subscript.includes(label))).join('');
      const gradient = tf.einsum(`${subscripts.join(',')}->${found}`, dy as tf.Tensor, ...others);
      const shape = [...labels].map((label, axis) => (found.includes(label) ? operand.shape[axis]! : 1));
      return broadcast(tf.reshape(gradient, shape), operand.shape);
    });
    return Object.fromEntries(gradients.entries());
  },
};

const DIAGONAL = 'Take the diagonal of a matrix before, with tf.sum(tf.mul(x, tf.eye(n)), 1).';

/**
 * "ij,jk->ik" in parts. Throws a TypeError for what has no simple gradient: more than two operands, repeated labels in one operand,
 * ellipses.
 */
export function parseEquation(equation: string): { readonly inputs: readonly string[]; readonly output: string } {
  const [left, right] = equation.replace(/\s/g, '').split('->');
  const inputs = (left ?? '').split(',');
  checkOperands(equation, inputs.length);
  for (const labels of inputs) {
    if (!/^[a-zA-Z]*$/.test(labels) || new Set(labels).size !== labels.length) {
      const instead = labels.includes('.') ? 'Name every axis by a letter.' : DIAGONAL;
      throw new TypeError(`An Einstein sum needs letters, each once an operand, but is “${equation}”. ${instead}`);
    }
  }
  if (right === undefined) {
    throw new TypeError(`An Einstein sum must name its output, as in “ij,jk->ik”, but is “${equation}”.`);
  }
  return { inputs, output: right };
}

/** Throws a TypeError for more than two operands, which no backend takes. */
export function checkOperands(equation: string, count: number): void {
  if (count <= 2) return;
  throw new TypeError(
    `An Einstein sum takes one or two operands, but “${equation}” has ${count}. Take one of two operands, and then one of its result ` +
      'and the next.',
  );
}
