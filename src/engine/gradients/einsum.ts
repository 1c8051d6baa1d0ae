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

/** "ij,jk->ik" in parts. Throws for what has no simple gradient: repeated labels in one operand, ellipses. */
export function parseEquation(equation: string): { readonly inputs: readonly string[]; readonly output: string } {
  const [left, right] = equation.replace(/\s/g, '').split('->');
  const inputs = (left ?? '').split(',');
  for (const labels of inputs) {
    if (!/^[a-zA-Z]*$/.test(labels) || new Set(labels).size !== labels.length) {
      throw new TypeError(
        `The gradient of an Einstein sum needs letters, each once an operand; “${equation}” is not so.`,
      );
    }
  }
  if (right === undefined)
    throw new TypeError(`An Einstein sum must name its output, as in “ij,jk->ik”: “${equation}”.`);
  return { inputs, output: right };
}
