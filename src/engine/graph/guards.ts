import { engine } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { callers } from '../callers';
import { TraceError } from './trace';

/** Operations of TensorFlow.js that draw in JavaScript, as it names their scopes. */
const DRAWS = new Set([
  ...['randomNormal', 'randomUniform', 'randomUniformInt', 'randomStandardNormal', 'truncatedNormal', 'randomGamma'],
  ...['rand', 'dropout'],
]);

/**
 * Runs a function's body and throws {@link TraceError} for what looks the same in every trace, and would still be wrong
 * in a graph: numbers drawn from a fixed seed, and changes of TensorFlow.js' own variables.
 */
export function guarded<Result>(backend: NodeJSKernelBackend, functionName: string, body: () => Result): Result {
  const { write } = Object.getPrototypeOf(backend) as NodeJSKernelBackend;
  const before = valuesOfVariables();
  // Numbers reach the library when they are first used, too late to know who has made them.
  backend.write = (...numbers) => {
    refuseDraws(functionName);
    return write.apply(backend, numbers);
  };
  try {
    const result = body();
    for (const [name, value] of valuesOfVariables()) {
      if ((before.get(name) ?? value) === value) continue;
      throw new TraceError(
        `${functionName}: the TensorFlow.js variable “${name}” was assigned. A graph would not do it: declare a variable of the program, and use scope.assign.`,
      );
    }
    return result;
  } finally {
    Reflect.deleteProperty(backend, 'write');
  }
}

function refuseDraws(functionName: string): void {
  const scopes = engine().state.scopeStack.map(({ name }) => name.replace(/__op$/, ''));
  const draw = scopes.find((name) => DRAWS.has(name));
  if (draw === undefined) return;
  throw new TraceError(
    `${functionName}: tf.${draw} draws in JavaScript, and its numbers would be the same forever. Draw with scope.normal or scope.uniform.${callers(new Error())}`,
  );
}

function valuesOfVariables(): ReadonlyMap<string, object> {
  const { registeredVariables } = engine().state;
  return new Map(Object.values(registeredVariables).map(({ name, dataId }) => [name, dataId]));
}
