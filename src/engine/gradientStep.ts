import {
  add,
  cast,
  clipByValue,
  div,
  engine,
  maximum,
  minimum,
  mul,
  scalar,
  sqrt,
  square,
  sum,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { OptimizerDeclaration } from './program';

/**
 * Gradients of a loss with regard to `values`, clipped as the optimiser says. `report` is handed each named output of the loss,
 * which otherwise ends with the gradient's own scope. Throws a TypeError for a loss that is no scalar or does not depend on a variable.
 */
export function clippedGradients(
  { variables, clip }: OptimizerDeclaration,
  values: Tensor[],
  loss: () => { readonly loss: Scalar; readonly [output: string]: Tensor },
  report: (name: string, output: Tensor) => void,
): Tensor[] {
  const forward = () => {
    const outputs = loss();
    if (outputs.loss.rank !== 0) throw new TypeError('A loss must be a scalar.');
    for (const [name, output] of Object.entries(outputs)) report(name, output);
    return outputs.loss;
  };
  const found: (Tensor | null | undefined)[] = engine().gradients(forward, values, undefined, true).grads;
  const gradients = found.map((gradient, index) => {
    if (!gradient) throw new TypeError(`The loss does not depend on “${variables[index]!}”.`);
    return gradient;
  });
  if (!clip) return gradients;
  return clip.by === 'value'
    ? gradients.map((gradient) => clipByValue(gradient, -clip.at, clip.at))
    : clippedByNorm(gradients, clip.at);
}

/** g · at / max(at, ‖g‖), with the norm over all gradients together (Pascanu et al. 2013). */
function clippedByNorm(gradients: readonly Tensor[], at: number): Tensor[] {
  const squares = gradients.map((gradient) => sum(square(gradient)));
  const norm = sqrt(squares.reduce((total, part) => add(total, part)));
  const factor = div(scalar(at), maximum(norm, scalar(at)));
  return gradients.map((gradient) => mul(gradient, factor));
}

/** 1 − d for the moving average of variables after update `step`, with d = min(decay, (t − 1)/(t + 9)). */
export function averageRest(decay: number, step: Scalar): Scalar {
  const count = cast<Scalar>(step, 'float32');
  const grown = div(add(count, scalar(-1)), add(count, scalar(9)));
  return add(scalar(1), mul(minimum(grown, scalar(decay)), scalar(-1)));
}
