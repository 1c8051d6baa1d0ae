import { add, cast, div, engine, minimum, mul, scalar } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { words } from './hostTensor';
import { clipByGlobalNorm, clipByValue, globalNorm } from './ops/clipping';
import type { OptimizerDeclaration } from './program';

/** Throws a TypeError unless it is one float32 number: TensorFlow's kernels take no other, operations would broadcast it. */
export function checkLearningRate({ dtype, shape }: Tensor): void {
  if (dtype === 'float32' && shape.length === 0) return;
  throw new TypeError(
    `A learning rate must be ${words({ dtype: 'float32', shape: [] })}, but is ${words({ dtype, shape })}.`,
  );
}

/**
 * Gradients of a loss with regard to `values`, clipped as the optimizer says. `report` is handed each named output of
 * the loss, which otherwise ends with the gradient's own scope, and the gradients' norm where the optimizer reports it. Throws a
 * TypeError for a loss that is no scalar or does not depend on a variable.
 */
export function clippedGradients(
  { variables, clip, reportsNorm }: OptimizerDeclaration,
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
  if (reportsNorm) report('gradient_norm', globalNorm(gradients));
  if (!clip) return gradients;
  return clip.by === 'value' ? clipByValue(gradients, clip.at) : clipByGlobalNorm(gradients, clip.at).gradients;
}

/** 1 − d for the moving average of variables after update `step`, with d = min(decay, (t − 1)/(t + 9)). */
export function averageRest(decay: number, step: Scalar): Scalar {
  const count = cast<Scalar>(step, 'float32');
  const grown = div(add(count, scalar(-1)), add(count, scalar(9)));
  return add(scalar(1), mul(minimum(grown, scalar(decay)), scalar(-1)));
}
