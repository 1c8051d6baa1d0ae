import { checkHostTensor, checkRange, sameShape, words } from './hostTensor';
import { InputError, type Input, type ProgramFunction, type ResidentImages, type Rows } from './program';

/** The stream of the draws that binarise resident images: far from the small numbers that models take. */
export const BINARIZATION_STREAM = 0x4000_0000;

/** A function of a program, by its name. Throws {@link InputError}. */
export function functionNamed(functions: Readonly<Record<string, ProgramFunction>>, name: string): ProgramFunction {
  if (Object.hasOwn(functions, name)) return functions[name]!;
  throw new InputError(`The program has no function “${name}”; it has ${Object.keys(functions).join(', ')}.`);
}

export function isRows(input: Input | undefined): input is Rows {
  return input !== undefined && 'rows' in input;
}

/** Throws {@link InputError} unless the inputs are those that the function declares, in shape, type and range. */
export function checkInputs(
  name: string,
  called: ProgramFunction,
  inputs: Readonly<Record<string, Input>>,
  resident: ResidentImages | undefined,
): void {
  for (const [input, declaration] of Object.entries(called.inputs)) {
    const what = `${name}: input “${input}”`;
    const value = inputs[input];
    if (!isRows(value)) checkHostTensor(what, value, declaration);
    else checkRows(what, value, called, declaration.shape, resident);
  }
  for (const input of Object.keys(inputs)) {
    if (!Object.hasOwn(called.inputs, input)) throw new InputError(`${name}: there is no input “${input}”.`);
  }
}

function checkRows(
  what: string,
  { rows }: Rows,
  called: ProgramFunction,
  shape: readonly number[],
  resident: ResidentImages | undefined,
): void {
  if (resident === undefined) throw new InputError(`${what} is given by rows, but the runner was given no images.`);
  if (!takesRows(called, shape, resident)) {
    const images = `the images are [${resident.shape.join(', ')}]${resident.binarize ? ' and need an input “noise”' : ''}`;
    throw new InputError(`${what} is ${words({ dtype: 'float32', shape })} and cannot be given by rows: ${images}.`);
  }
  if (rows.length !== shape[0])
    throw new InputError(`${what} must be given by ${shape[0]} rows, but has ${rows.length}.`);
  checkRange(`${what}, given by rows,`, rows, resident.shape[0]!);
}

/** Whether an input of this shape can be had from the resident images. */
export function takesRows(
  called: ProgramFunction,
  shape: readonly number[],
  resident: ResidentImages | undefined,
): boolean {
  if (resident === undefined || shape.length === 0) return false;
  return sameShape(shape.slice(1), resident.shape.slice(1)) && (!resident.binarize || 'noise' in called.inputs);
}
