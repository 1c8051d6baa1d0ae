import * as tf from '@tensorflow/tfjs-core';
import type { ProgramFunction, Scope, VariableDeclaration } from '../engine/program';

/** Steps whose median is taken, as in the figures of Arjovsky et al. 2017 (their code's filter). */
const WINDOW = 101;
/** Stands where nothing is yet, and is larger than any value. */
const NOTHING = 3e38;

/** A running median over training steps. Its window is state of the program: a resumed run continues with it, bit for bit. */
export interface MedianFilter {
  readonly variables: readonly VariableDeclaration[];
  /** Takes the value [] of a call; that of the last call of a step counts. */
  take(scope: Scope, value: tf.Tensor): void;
  /** Called once a step, gives the median [] of the last 101 steps, or of as many as there were, as the output of that name. */
  readonly function: ProgramFunction;
}

/** @param name of the variables, such as "critic.estimate" */
export function medianFilter(name: string, output: string): MedianFilter {
  const [latest, window, count] = ['latest', 'window', 'count'].map((part) => `${name}.${part}`) as [
    string,
    string,
    string,
  ];
  const state = (of: string, shape: readonly number[]): VariableDeclaration => ({
    ...{ name: of, shape, initializer: { kind: 'zeros' }, trained: false },
  });
  return {
    variables: [state(latest, []), state(window, [WINDOW]), state(count, [])],
    take: (scope, value) => scope.assign(latest, value),
    function: {
      inputs: {},
      body: (scope) => {
        const values = tf.concat([
          tf.slice(scope.variable(window) as tf.Tensor1D, [1], [WINDOW - 1]),
          tf.reshape(scope.variable(latest), [1]),
        ]);
        const filled = tf.minimum(tf.add(scope.variable(count), 1), WINDOW);
        scope.assign(window, values);
        scope.assign(count, filled);
        return { [output]: medianOfLast(values, filled) };
      },
    },
  };
}

/** The median of the last `count` [] of values [n]. */
function medianOfLast(values: tf.Tensor, count: tf.Tensor): tf.Tensor {
  const size = values.shape[0]!;
  const place = tf.range(0, size, 1, 'float32');
  const empty = tf.sub(size, count);
  // In descending order, what stands for nothing comes first.
  const sorted = tf.topk(tf.where(tf.less(place, empty), NOTHING, values), size).values;
  const middle = tf.add(empty, tf.div(tf.sub(count, 1), 2));
  const at = (index: tf.Tensor) => tf.sum(tf.where(tf.equal(place, index), sorted, 0));
  return tf.mul(tf.add(at(tf.floor(middle)), at(tf.ceil(middle))), 0.5);
}
