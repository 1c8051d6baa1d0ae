import { engine, type GradSaveFunc, type Tensor } from '@tensorflow/tfjs-core';
import { refusing } from './registry';
import { attached } from './tape';

type Engine = ReturnType<typeof engine>;
type CustomGradient = Parameters<Engine['customGrad']>[0];

/**
 * Operations with a gradient of their own (`tf.customGrad`; TensorFlow.js has some: `logSoftmax`,
 * `losses.softmaxCrossEntropy`, fused convolutions) lose second derivatives where they save what they have computed. A
 * saved output is put back on the tape; what else was computed cannot be, and makes the gradient refuse to be
 * differentiated.
 */
export function guardCustomGradients(): void {
  const current = engine();
  const { customGrad } = Object.getPrototypeOf(current) as Engine;
  current.customGrad = (<T extends Tensor>(operation: CustomGradient) =>
    customGrad.call(current, guardedOperation(operation)) as (
      ...inputs: (Tensor | GradSaveFunc)[]
    ) => T) as Engine['customGrad'];
}

function guardedOperation(operation: CustomGradient): CustomGradient {
  return (...parameters) => {
    const inputs = parameters.slice(0, -1) as Tensor[];
    const save = parameters.at(-1) as GradSaveFunc;
    let saved: readonly Tensor[] = [];
    const result = operation(...inputs, (tensors) => {
      saved = tensors;
      save(tensors);
    });
    const origins = saved.map((tensor) => originOf(tensor, inputs, result.value));
    const gradFunc = result.gradFunc as unknown as (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[];
    return {
      value: result.value,
      gradFunc: (dy: Tensor, kept: unknown) => {
        const tensors = kept as Tensor[];
        if (!engine().isTapeOn()) return gradFunc(dy, tensors);
        const again = tensors.map((tensor, index) =>
          origins[index] === 'output'
            ? attached({ inputs, value: tensor, saved: [], gradient: (ddy) => [gradFunc(ddy, tensors)].flat() })
            : tensor,
        );
        const gradients = gradFunc(dy, again);
        if (!origins.includes('computed')) return gradients;
        return [gradients]
          .flat()
          .map((gradient) => refusing('an operation that saves a result', gradient, [dy, ...inputs]));
      },
    };
  };
}

function originOf(tensor: Tensor, inputs: readonly Tensor[], value: Tensor): 'input' | 'output' | 'computed' {
  if (inputs.some(({ id }) => id === tensor.id)) return 'input';
  return tensor.id === value.id ? 'output' : 'computed';
}
