import { cast, engine, LogSoftmax, Max, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { detached } from './tape';

type Engine = ReturnType<typeof engine>;

/**
 * Two operations of TensorFlow.js do more than their mathematics asks for. They are made of others, and are known by the name of the
 * scope that TensorFlow.js opens for an operation.
 * - `tf.logSoftmax` is four kernels with a gradient of its own; here it is one, which TensorFlow has.
 * - `tf.logSumExp`, m + log Σ exp(x − m) for the maximum m, has the same value for every m. As a constant it takes its gradient, which
 *   is zero and the larger part of the work, with it.
 */
export function shortenOperations(): void {
  const current = engine();
  const { runKernel } = Object.getPrototypeOf(current) as Engine;
  const customGrad = current.customGrad.bind(current);
  current.customGrad = ((operation: Parameters<Engine['customGrad']>[0]) =>
    isInside('logSoftmax')
      ? (logits: Tensor) => current.runKernel(LogSoftmax, { logits: cast(logits, 'float32') })
      : customGrad(operation)) as Engine['customGrad'];
  current.runKernel = ((name: string, inputs: NamedTensorMap, ...rest: [never]) => {
    const constant = name === Max && isInside('logSumExp') ? { x: detached(inputs['x']!) } : inputs;
    return runKernel.call(current, name, constant, ...rest);
  }) as Engine['runKernel'];
}

function isInside(operation: string): boolean {
  return engine().state.scopeStack.some(({ name }) => name === `${operation}__op`);
}
