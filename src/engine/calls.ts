import { engine, Tensor } from '@tensorflow/tfjs-core';
import { callers, placed, withDeepStacks } from './callers';
import { abandonTape } from './gradients/tape';
import { checkHostTensor, checkRange, crossing, sameShape, sizeOf, words, type CrossingTensor } from './hostTensor';
import { InputError, NOISE_INPUT } from './program';
import type { HostTensor, Input, ProgramFunction, Scope, TrainingImages } from './program';

/** The streams of the draws that binarise images begin here: far from the small numbers that models take. */
const BINARIZATION_STREAMS = 0x4000_0000;

/** The stream that binarises an input of images: a function's inputs do not share draws. */
export function binarizationStream({ inputs }: ProgramFunction, input: string): number {
  return BINARIZATION_STREAMS + Object.keys(inputs).indexOf(input);
}

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
  images: TrainingImages | undefined,
): void {
  for (const [input, declaration] of Object.entries(called.inputs)) {
    const what = `${name}: input “${input}”`;
    const value = inputs[input];
    if (value === undefined || 'data' in value) checkHostTensor(what, value, declaration);
    else if (!takesImages(called, declaration.shape, images)) throw noImages(what, declaration.shape, images);
    else if ('rows' in value) checkRows(what, value.rows, declaration.shape[0]!, images);
    else checkHostTensor(what, intensitiesTensor(value.intensities, declaration.shape), declaration);
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

/** Whether an input of this shape can be had from the training images. */
export function takesImages(
  called: ProgramFunction,
  shape: readonly number[],
  images: TrainingImages | undefined,
): images is TrainingImages {
  if (images === undefined || shape.length === 0) return false;
  if (!sameShape(shape.slice(1), images.shape.slice(1))) return false;
  return !images.binarize || takesNoise(called);
}

/** Noise as (seed, counter), and not an input of that name with numbers drawn elsewhere. */
function takesNoise({ inputs }: ProgramFunction): boolean {
  const noise = Object.hasOwn(inputs, 'noise') ? inputs['noise'] : undefined;
  return noise?.dtype === NOISE_INPUT.dtype && sameShape(noise.shape, NOISE_INPUT.shape);
}

export function intensitiesTensor(data: Float32Array, shape: readonly number[]): HostTensor {
  return { shape: data.length === sizeOf(shape) ? shape : [data.length], dtype: 'float32', data };
}

function checkRows(what: string, rows: Int32Array, batch: number, { bytes, shape }: TrainingImages): void {
  if (bytes === undefined) throw new InputError(`${what} is given by rows, but the runner holds no images.`);
  if (rows.length !== batch) throw new InputError(`${what} must be given by ${batch} rows, but has ${rows.length}.`);
  checkRange(`${what}, given by rows,`, rows, shape[0]!);
}

function noImages(what: string, shape: readonly number[], images: TrainingImages | undefined): InputError {
  if (images === undefined) return new InputError(`${what} is given by images, but the runner was given none.`);
  const expected = `the images are [${images.shape.join(', ')}]${images.binarize ? ' and need an input “noise”' : ''}`;
  return new InputError(`${what} is ${words({ dtype: 'float32', shape })} and cannot be given by images: ${expected}.`);
}
