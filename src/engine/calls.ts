import { engine, Tensor } from '@tensorflow/tfjs-core';
import { callers, placed, withDeepStacks } from './callers';
import { abandonTape } from './gradients/tape';
import { checkExamples } from './examples';
import { checkHostTensor, crossing, type CrossingTensor } from './hostTensor';
import { InputError } from './program';
import type { Input, ProgramFunction, Scope, TrainingExamples } from './program';

/** A function of a program, by its name. Throws {@link InputError}. */
export function functionNamed(functions: Readonly<Record<string, ProgramFunction>>, name: string): ProgramFunction {
  if (Object.hasOwn(functions, name)) return functions[name]!;
  throw new InputError(`The program has no function “${name}”; it has ${Object.keys(functions).join(', ')}.`);
}

/** Throws {@link InputError} unless the inputs are those that the function declares, in shape, type and range. */
export function checkInputs(
  name: string,
  called: ProgramFunction,
  inputs: Readonly<Record<string, Input>>,
  examples: TrainingExamples | undefined,
): void {
  for (const [input, declaration] of Object.entries(called.inputs)) {
    const what = `${name}: input “${input}”`;
    const value = inputs[input];
    if (value === undefined || 'data' in value) checkHostTensor(what, value, declaration);
    else checkExamples(what, called, declaration, value, examples);
  }
  for (const input of Object.keys(inputs)) {
    if (!Object.hasOwn(called.inputs, input)) throw new InputError(`${name}: there is no input “${input}”.`);
  }
}

/**
 * Runs a function's body. Returns its outputs by name; throws a TypeError unless these are tensors that can leave a program. What the
 * body throws names the function, and where the model called what failed.
 */
export function runBody(
  name: string,
  called: ProgramFunction,
  scope: Scope,
  inputs: Readonly<Record<string, Tensor>>,
): [string, CrossingTensor][] {
  try {
    return withDeepStacks(() =>
      outputsOf(
        name,
        withoutWaiting(name, () => called.body(scope, inputs)),
      ),
    );
  } catch (error) {
    abandonTape();
    throw placed(name, error);
  }
}

/**
 * Runs a body that may not wait for values, as `tensor.data()` and `tf.booleanMaskAsync` do: they would come when the call is over and
 * its tensors are gone. Such a promise never settles: its rejection might be unhandled.
 */
function withoutWaiting<Result>(name: string, body: () => Result): Result {
  const { backend } = engine();
  const before = Object.getOwnPropertyDescriptor(backend, 'read');
  let waited: TypeError | undefined;
  backend.read = () => {
    waited ??= new TypeError(
      `${name}: a tensor’s value was waited for. It would come when the call is over: use tf.where and the like.${callers(new Error())}`,
    );
    return new Promise(() => {});
  };
  try {
    const result = body();
    if (result instanceof Promise) result.catch(() => undefined); // it is refused as a promise, which is one error
    if (waited) throw waited;
    return result;
  } catch (error) {
    throw waited ?? error; // a failure that follows from the promise is no second error
  } finally {
    Reflect.deleteProperty(backend, 'read');
    if (before) Object.defineProperty(backend, 'read', before);
  }
}

function outputsOf(name: string, returned: unknown): [string, CrossingTensor][] {
  if (returned instanceof Promise) {
    throw new TypeError(
      `${name}: it returns a promise. A function’s body must return its outputs at once, without “async”.`,
    );
  }
  if (typeof returned !== 'object' || returned === null || returned instanceof Tensor) {
    throw new TypeError(`${name}: it must return its outputs by name, as in { loss }.`);
  }
  return Object.entries(returned).map(([output, value]): [string, CrossingTensor] => {
    const what = `${name}: ${output}`;
    if (!(value instanceof Tensor)) throw new TypeError(`${what} is not a tensor.`);
    if (value.isDisposed) throw new TypeError(`${what} was disposed of before it was returned.`);
    return [output, crossing(what, value)];
  });
}
