import { checkHostTensor, checkRange, sameShape, sizeOf, words } from './hostTensor';
import { InputError, NOISE_INPUT } from './program';
import type { HostTensor, InputDeclaration, ProgramFunction, Rows, TrainingExamples, Unscaled } from './program';

/** The streams of the draws that scaling takes begin here: far from the small numbers that models use. */
const SCALING_STREAMS = 0x4000_0000;

/** The stream that an input of examples is scaled with: a function's inputs do not share draws. */
export function scalingStream({ inputs }: ProgramFunction, input: string): number {
  return SCALING_STREAMS + Object.keys(inputs).indexOf(input);
}

/** Whether scaling draws random numbers. */
export function drawsNoise({ scaling }: Pick<TrainingExamples, 'scaling'>): boolean {
  return scaling === 'binary' || scaling === 'dequantized';
}

/** Whether an input of this shape, one example or more of any layout, can be given by examples. */
export function takesExamples(
  called: ProgramFunction,
  shape: readonly number[],
  examples: TrainingExamples | undefined,
): examples is TrainingExamples {
  if (examples === undefined) return false;
  const one = examples.shape.slice(1);
  if (shape.length <= one.length || !sameShape(shape.slice(shape.length - one.length), one)) return false;
  return !drawsNoise(examples) || takesNoise(called);
}

/** Of an input's shape, what comes before the shape of one example: [batch] or [batches, batch]. */
export function leadingShape(shape: readonly number[], examples: TrainingExamples): readonly number[] {
  return shape.slice(0, shape.length - (examples.shape.length - 1));
}

/** Throws {@link InputError} unless the input can be given by these examples. */
export function checkExamples(
  what: string,
  called: ProgramFunction,
  declaration: InputDeclaration,
  given: Rows | Unscaled,
  examples: TrainingExamples | undefined,
): void {
  const { shape } = declaration;
  if (!takesExamples(called, shape, examples)) throw noExamples(what, shape, examples);
  if ('unscaled' in given) {
    checkHostTensor(what, unscaledTensor(given, shape), declaration);
    return;
  }
  const { rows } = given;
  const count = sizeOf(leadingShape(shape, examples));
  if (examples.values === undefined)
    throw new InputError(`${what} is given by rows, but the runner holds no examples.`);
  if (rows.length !== count) throw new InputError(`${what} must be given by ${count} rows, but has ${rows.length}.`);
  checkRange(`${what}, given by rows,`, rows, examples.shape[0]!);
}

export function unscaledTensor({ unscaled: data }: Unscaled, shape: readonly number[]): HostTensor {
  return { shape: data.length === sizeOf(shape) ? shape : [data.length], dtype: 'float32', data };
}

/** Noise as (seed, counter), and not an input of that name with numbers drawn elsewhere. */
function takesNoise({ inputs }: ProgramFunction): boolean {
  const noise = Object.hasOwn(inputs, 'noise') ? inputs['noise'] : undefined;
  return noise?.dtype === NOISE_INPUT.dtype && sameShape(noise.shape, NOISE_INPUT.shape);
}

function noExamples(what: string, shape: readonly number[], examples: TrainingExamples | undefined): InputError {
  if (examples === undefined) return new InputError(`${what} is given by examples, but the runner was given none.`);
  const expected = `the examples are [${examples.shape.join(', ')}]${drawsNoise(examples) ? ' and need an input “noise”' : ''}`;
  return new InputError(
    `${what} is ${words({ dtype: 'float32', shape })} and cannot be given by examples: ${expected}.`,
  );
}
