import { leadingShape } from '../examples';
import type { TrainingExamples } from '../program';
import { seedOffset } from '../random/draw';
import { floatConstant, typeAttribute, type GraphBuilder } from './builder';
import { DataType } from './trace';

/** The examples that a graph keeps: bytes, or numbers of float32. */
export interface Resident {
  readonly node: string;
  /** Takes the values: numbers as they are, bytes four to an int32, of which there are `words`. */
  readonly fed: string;
  readonly words: number | undefined;
  readonly written: string;
}

/** The nodes by which an input is given examples: as they are before scaling or, where they are kept, by their rows. */
export interface ExampleNodes {
  readonly unscaled: string;
  readonly rows: string | undefined;
}

export function addResident(
  builder: GraphBuilder,
  shape: readonly number[],
  values: Uint8Array | Float32Array,
): Resident {
  if (values instanceof Float32Array) {
    const node = builder.variable('examples', DataType.float32, shape);
    const fed = builder.placeholder('examples/numbers', DataType.float32, shape);
    const assigned = builder.assign('examples/assign', node, fed, DataType.float32);
    return { node, fed, words: undefined, written: builder.done('examples/written', [assigned]) };
  }
  const { length } = values;
  const words = Math.ceil(length / 4);
  const node = builder.variable('examples', DataType.uint8, shape);
  const fed = builder.placeholder('examples/words', DataType.int32, [words]);
  const cast = [typeAttribute('T', DataType.int32), typeAttribute('type', DataType.uint8)];
  const quadruples = builder.add('examples/bytes', 'Bitcast', [fed], cast);
  const index = typeAttribute('Index', DataType.int32);
  const flat = reshape(builder, 'examples/flat', quadruples, [words * 4], DataType.uint8);
  const [begin, size] = [integers(builder, 'examples/begin', [0]), integers(builder, 'examples/size', [length])];
  const whole = builder.add(
    'examples/whole',
    'Slice',
    [flat, begin, size],
    [typeAttribute('T', DataType.uint8), index],
  );
  const value = reshape(builder, 'examples/value', whole, shape, DataType.uint8);
  const assigned = builder.assign('examples/assign', node, value, DataType.uint8);
  return { node, fed, words, written: builder.done('examples/written', [assigned]) };
}

export interface ExamplesInput {
  /** The node that the function reads. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly examples: TrainingExamples;
  readonly resident: Resident | undefined;
  /** For a scaling that draws: where the noise is fed, and the stream of it to draw from. */
  readonly draws: { readonly noise: string; readonly stream: number } | undefined;
}

/**
 * Adds an input as examples: gathered by rows, then scaled. TensorFlow lets any tensor of a graph be fed, so values that
 * come from elsewhere enter at the end of this chain, unscaled examples in its middle, and what is before does not run.
 */
export function addExamples(builder: GraphBuilder, input: ExamplesInput): ExampleNodes {
  const { name, shape, resident, examples } = input;
  const unscaled = examples.scaling === 'unit' ? name : `${name}/unscaled`;
  if (resident === undefined) builder.placeholder(unscaled, DataType.float32, shape);
  else addGather(builder, input, unscaled, resident);
  addScaling(builder, input, unscaled);
  return { unscaled, rows: resident && `${name}/rows` };
}

function addGather(
  builder: GraphBuilder,
  { name, shape, examples }: ExamplesInput,
  to: string,
  { node, words }: Resident,
): void {
  const rows = builder.placeholder(`${name}/rows`, DataType.int32, leadingShape(shape, examples));
  const type = words === undefined ? DataType.float32 : DataType.uint8;
  const types = [typeAttribute('dtype', type), typeAttribute('Tindices', DataType.int32)];
  if (words === undefined) {
    builder.add(to, 'ResourceGather', [node, rows], types);
    return;
  }
  const bytes = builder.add(`${name}/bytes`, 'ResourceGather', [node, rows], types);
  const numbers = toFloat(builder, `${name}/numbers`, bytes, DataType.uint8);
  builder.arithmetic(to, 'RealDiv', numbers, floatConstant(builder, `${name}/white`, 255));
}

function addScaling(builder: GraphBuilder, input: ExamplesInput, unscaled: string): void {
  const { name, examples } = input;
  switch (examples.scaling) {
    case 'unit':
      break;
    case 'signed': {
      const doubled = builder.arithmetic(`${name}/doubled`, 'Mul', unscaled, floatConstant(builder, `${name}/two`, 2));
      builder.arithmetic(name, 'Sub', doubled, floatConstant(builder, `${name}/one`, 1));
      break;
    }
    case 'binary': {
      const types = [typeAttribute('T', DataType.float32)];
      const white = builder.add(`${name}/less`, 'Less', [addDraws(builder, input), unscaled], types);
      toFloat(builder, name, white, DataType.bool);
      break;
    }
    case 'dequantized': {
      const bytes = builder.arithmetic(`${name}/levels`, 'Mul', unscaled, floatConstant(builder, `${name}/high`, 255));
      const within = builder.arithmetic(`${name}/within`, 'AddV2', bytes, addDraws(builder, input));
      builder.arithmetic(name, 'RealDiv', within, floatConstant(builder, `${name}/count`, 256));
      break;
    }
  }
}

/** U[0, 1) of the input's shape. */
function addDraws(builder: GraphBuilder, { name, shape, draws }: ExamplesInput): string {
  const { noise, stream } = draws!;
  const offset = integers(builder, `${name}/stream`, [seedOffset(stream), 0]);
  const seeds = builder.add(`${name}/seeds`, 'AddV2', [noise, offset], [typeAttribute('T', DataType.int32)]);
  const lengths = integers(builder, `${name}/shape`, shape);
  const types = [
    typeAttribute('dtype', DataType.float32),
    typeAttribute('T', DataType.int32),
    typeAttribute('Tseed', DataType.int32),
  ];
  return builder.add(`${name}/draws`, 'StatelessRandomUniform', [lengths, seeds], types);
}

function toFloat(builder: GraphBuilder, name: string, value: string, from: number): string {
  return builder.add(name, 'Cast', [value], [typeAttribute('SrcT', from), typeAttribute('DstT', DataType.float32)]);
}

function integers(builder: GraphBuilder, name: string, values: readonly number[]): string {
  const bytes = new Uint8Array(Int32Array.from(values).buffer);
  return builder.constant(name, { type: DataType.int32, shape: [values.length], bytes });
}

function reshape(builder: GraphBuilder, name: string, value: string, shape: readonly number[], type: number): string {
  const lengths = integers(builder, `${name}_shape`, shape);
  return builder.add(
    name,
    'Reshape',
    [value, lengths],
    [typeAttribute('T', type), typeAttribute('Tshape', DataType.int32)],
  );
}
