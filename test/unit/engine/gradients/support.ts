import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../../../../src/engine';
import { registerOperations } from '../../../../src/engine/ops/register';
import { uniforms } from '../../../../src/engine/random/philox';
import { backends, type TestedBackend } from '../../support/backends';

export type Formula = (...inputs: tf.Tensor[]) => tf.Tensor;

/** An input's shape, and the range that its values are drawn from; whole numbers are int32 and not differentiated. */
export interface Input {
  readonly shape: number[];
  readonly from?: number;
  readonly to?: number;
  readonly values?: readonly number[];
}

/** Plain JavaScript, too: a third implementation of every kernel to compare with. */
export const everyBackend: (TestedBackend | 'cpu')[] = [...backends(), 'cpu'];

let plainRegistered = false;

export async function use(name: TestedBackend | 'cpu'): Promise<void> {
  if (name !== 'cpu') {
    await openBackend({ choice: name });
    await tf.setBackend(name);
    return;
  }
  if (!plainRegistered) registerOperations('cpu');
  plainRegistered = true;
  await tf.setBackend('cpu');
}

/** Numbers that differ from each other by at least a hundredth of the range, so that no maximum is nearly a tie. */
export function valuesOf({ shape, from = -1, to = 1, values }: Input, stream: number): number[] {
  if (values) return [...values];
  const count = shape.reduce((product, length) => product * length, 1);
  const order = [...uniforms(count, 11, stream, 0)].map((value, index) => [value, index] as const);
  const ranks = new Array<number>(count);
  for (const [rank, [, index]] of order.toSorted(([a], [b]) => a - b).entries()) ranks[index] = rank;
  return ranks.map((rank) => from + ((rank + 0.5) / count) * (to - from));
}

/** The loss that is differentiated: not linear in y, so that the gradient of y depends on the inputs, too. */
function lossOf(y: tf.Tensor): tf.Scalar {
  const weights = tf.tensor(valuesOf({ shape: y.shape, from: 0.5, to: 1.5 }, 77), y.shape);
  return tf.sum(tf.add(tf.mul(weights, y), tf.mul(tf.square(y), 0.25)));
}

/** Gradients of the loss, one an input. */
export function gradientsOf(formula: Formula, inputs: tf.Tensor[]): tf.Tensor[] {
  return tf.grads((...xs: tf.Tensor[]) => lossOf(formula(...xs)))(inputs);
}

/** ½ Σ of the squared gradients of all inputs: its own gradient has every pure and mixed second derivative in it. */
export function penaltyOf(formula: Formula, inputs: tf.Tensor[]): tf.Scalar {
  const terms = gradientsOf(formula, inputs).map((gradient) => tf.mul(tf.sum(tf.square(gradient)), 0.5));
  return terms.reduce((sum, term) => tf.add(sum, term)) as tf.Scalar;
}

/** The gradient of the penalty, entry by entry of all inputs. */
export function secondGradients(formula: Formula, inputs: tf.Tensor[]): number[] {
  const gradients = tf.grads((...xs: tf.Tensor[]) => penaltyOf(formula, xs))(inputs);
  return gradients.flatMap((gradient) => [...gradient.dataSync()]);
}

export function firstGradients(formula: Formula, inputs: tf.Tensor[]): number[] {
  return gradientsOf(formula, inputs).flatMap((gradient) => [...gradient.dataSync()]);
}

export interface Comparison {
  readonly what: string;
  readonly exact: number;
  readonly finite: number;
  readonly size: number;
}

/**
 * First and second gradients beside finite differences of the order below: along the gradient itself, where an error of any
 * entry shows, and across. Sums are taken in double precision, so that what is lost is float32's rounding of single entries.
 */
export function comparisons(
  formula: Formula,
  inputs: readonly Input[],
  { step = 2e-2, once = false }: { readonly step?: number; readonly once?: boolean } = {},
): Comparison[] {
  return tf.tidy(() => {
    const start = inputs.map((input, index) => valuesOf(input, index));
    const tensors = (flat: readonly number[]) => {
      let offset = 0;
      return inputs.map(({ shape }, index) => {
        const values = flat.slice(offset, (offset += start[index]!.length));
        return tf.tensor(values, shape);
      });
    };
    const flat = start.flat();
    const loss = (at: number[]) => sum([...weighedOutput(formula(...tensors(at)))]);
    const penalty = (at: number[]) => 0.5 * sum(firstGradients(formula, tensors(at)).map((value) => value ** 2));
    const first = firstGradients(formula, tensors(flat));
    const across = valuesOf({ shape: [flat.length] }, 99);
    const orders = [{ what: 'gradient', exact: first, of: loss }];
    if (!once) {
      const second = secondGradients(formula, tensors(flat));
      orders.push({ what: 'gradient of the gradient', exact: second, of: penalty });
    }
    return orders.flatMap(({ what, exact, of }) =>
      [exact, across].map((direction) => {
        const unit = direction.map((value) => value / Math.max(norm(direction), 1e-12));
        return {
          what,
          exact: sum(exact.map((value, i) => value * unit[i]!)),
          finite: slope(of, flat, unit, step),
          size: norm(exact),
        };
      }),
    );
  });
}

function* weighedOutput(y: tf.Tensor): Iterable<number> {
  const weights = valuesOf({ shape: y.shape, from: 0.5, to: 1.5 }, 77);
  for (const [index, value] of [...y.dataSync()].entries()) {
    yield Math.fround(weights[index]!) * value + 0.25 * value ** 2;
  }
}

/** Central differences at two step sizes, extrapolated (Richardson): the error is of fourth order. */
function slope(f: (at: number[]) => number, at: number[], unit: number[], step: number): number {
  const central = (h: number) => {
    // What float32 makes of the moved points; the weight of rounding them would be 1/h.
    const moved = (sign: number) => at.map((value, i) => Math.fround(value + sign * h * unit[i]!));
    return (f(moved(1)) - f(moved(-1))) / (2 * h);
  };
  return (4 * central(step) - central(2 * step)) / 3;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function norm(values: readonly number[]): number {
  return Math.hypot(...values);
}
