import { binarizationStream, takesImages } from '../calls';
import type { InputDeclaration, ProgramFunction, TrainingImages } from '../program';
import { seedOffset } from '../random/draw';
import type { StateDeclaration } from '../state';
import { addFunction, type CompiledFunction } from './addFunction';
import { GraphBuilder, floatConstant, typeAttribute } from './builder';
import type { GraphNode } from './graphDef';
import { DataType, type Trace } from './trace';

/** A program as one graph, and the nodes that it is used by. */
export interface CompiledProgram {
  readonly nodes: readonly GraphNode[];
  readonly functions: ReadonlyMap<string, CompiledFunction & { readonly images: ReadonlyMap<string, ImageNodes> }>;
  readonly state: ReadonlyMap<string, { readonly value: string; readonly fed: string }>;
  /** To be fetched when all of the state is fed. */
  readonly written: string;
  /** Takes the images' bytes, four to an int32. */
  readonly resident: { readonly fed: string; readonly words: number; readonly written: string } | undefined;
}

interface CompileOptions {
  readonly declared: ReadonlyMap<string, StateDeclaration>;
  readonly functions: Readonly<Record<string, ProgramFunction>>;
  readonly traces: ReadonlyMap<string, Trace>;
  readonly images: TrainingImages | undefined;
}

/** The nodes that an input is fed by when it is given by images: their intensities or, where they are kept, their rows. */
interface ImageNodes {
  readonly intensities: string;
  readonly rows: string | undefined;
}

/** What the nodes of a function begin with, by its place among the traces. */
export const prefixOf = (index: number) => `f${index}`;

export function compile({ declared, functions, traces, images }: CompileOptions): CompiledProgram {
  const builder = new GraphBuilder();
  const variables = new Map<string, { node: string; type: number }>();
  const state = new Map<string, { value: string; fed: string }>();
  const assigned: string[] = [];
  for (const { name, shape, dtype } of declared.values()) {
    const index = variables.size;
    const type = DataType[dtype];
    const node = builder.variable(`state${index}`, type, shape);
    const fed = builder.placeholder(`write${index}`, type, shape);
    variables.set(name, { node, type });
    state.set(name, { fed, value: builder.read(`read${index}`, node, type) });
    assigned.push(builder.assign(`assign${index}`, node, fed, type));
  }
  const resident = images?.bytes && addResident(builder, images.shape, images.bytes.length);
  const compiled = [...traces].map(([name, trace], index) => {
    const nodes = new Map<string, ImageNodes>();
    const prefix = prefixOf(index);
    const called = functions[name]!;
    const addInput = (input: string): string => {
      const declaration = trace.inputs[input]!;
      const node = `${prefix}/in${Object.keys(trace.inputs).indexOf(input)}`;
      const type = DataType[declaration.dtype];
      if (declaration.dtype !== 'float32' || !takesImages(called, declaration.shape, images)) {
        return builder.placeholder(node, type, declaration.shape);
      }
      const noise = `${prefix}/in${Object.keys(trace.inputs).indexOf('noise')}`;
      const binarize = images.binarize ? { noise, stream: binarizationStream(called, input) } : undefined;
      nodes.set(input, addImages(builder, node, declaration, resident?.node, binarize));
      return node;
    };
    return [name, { ...addFunction(builder, { prefix, trace, state: variables, addInput }), images: nodes }] as const;
  });
  return {
    nodes: builder.nodes,
    functions: new Map(compiled),
    state,
    written: builder.done('written', assigned),
    resident,
  };
}

function addResident(builder: GraphBuilder, shape: readonly number[], length: number) {
  const words = Math.ceil(length / 4);
  const node = builder.variable('images', DataType.uint8, shape);
  const fed = builder.placeholder('images/words', DataType.int32, [words]);
  const cast = [typeAttribute('T', DataType.int32), typeAttribute('type', DataType.uint8)];
  const quadruples = builder.add('images/bytes', 'Bitcast', [fed], cast);
  const index = typeAttribute('Index', DataType.int32);
  const flat = reshape(builder, 'images/flat', quadruples, [words * 4], DataType.uint8);
  const [begin, size] = [integers(builder, 'images/begin', [0]), integers(builder, 'images/size', [length])];
  const whole = builder.add('images/whole', 'Slice', [flat, begin, size], [typeAttribute('T', DataType.uint8), index]);
  const value = reshape(builder, 'images/value', whole, shape, DataType.uint8);
  const assigned = builder.assign('images/assign', node, value, DataType.uint8);
  return { node, fed, words, written: builder.done('images/written', [assigned]) };
}

/**
 * Adds the input `name` as images: gathered by rows, made intensities, binarised. TensorFlow lets any tensor of a graph
 * be fed, so values that come from elsewhere enter at the end of this chain, intensities in its middle, and what is
 * before does not run.
 */
function addImages(
  builder: GraphBuilder,
  name: string,
  { shape }: InputDeclaration,
  resident: string | undefined,
  binarize: Draws | undefined,
): ImageNodes {
  const intensities = binarize === undefined ? name : `${name}/intensities`;
  const rows = resident === undefined ? undefined : `${name}/rows`;
  if (resident === undefined) builder.placeholder(intensities, DataType.float32, shape);
  else addGather(builder, { name, to: intensities, resident, batch: shape[0]! });
  if (binarize !== undefined) addBinarization(builder, name, { shape, ...binarize, intensities });
  return { intensities, rows };
}

interface GatherOptions {
  readonly name: string;
  readonly to: string;
  readonly resident: string;
  readonly batch: number;
}

function addGather(builder: GraphBuilder, { name, to, resident, batch }: GatherOptions): void {
  const rows = builder.placeholder(`${name}/rows`, DataType.int32, [batch]);
  const types = [typeAttribute('dtype', DataType.uint8), typeAttribute('Tindices', DataType.int32)];
  const bytes = builder.add(`${name}/bytes`, 'ResourceGather', [resident, rows], types);
  const numbers = toFloat(builder, `${name}/numbers`, bytes, DataType.uint8);
  builder.arithmetic(to, 'RealDiv', numbers, floatConstant(builder, `${name}/white`, 255));
}

/** Where the noise is fed, and the stream of it to draw from. */
interface Draws {
  readonly noise: string;
  readonly stream: number;
}

interface BinarizationOptions extends Draws {
  readonly shape: readonly number[];
  readonly intensities: string;
}

function addBinarization(
  builder: GraphBuilder,
  name: string,
  { shape, noise, stream, intensities }: BinarizationOptions,
): void {
  const offset = integers(builder, `${name}/stream`, [seedOffset(stream), 0]);
  const seeds = builder.add(`${name}/seeds`, 'AddV2', [noise, offset], [typeAttribute('T', DataType.int32)]);
  const lengths = integers(builder, `${name}/shape`, shape);
  const types = [
    typeAttribute('dtype', DataType.float32),
    typeAttribute('T', DataType.int32),
    typeAttribute('Tseed', DataType.int32),
  ];
  const draws = builder.add(`${name}/draws`, 'StatelessRandomUniform', [lengths, seeds], types);
  const white = builder.add(`${name}/less`, 'Less', [draws, intensities], [typeAttribute('T', DataType.float32)]);
  toFloat(builder, name, white, DataType.bool);
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
