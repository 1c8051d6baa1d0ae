import { BINARIZATION_STREAM, takesRows } from '../calls';
import type { InputDeclaration, ProgramFunction, ResidentImages } from '../program';
import { seedOffset } from '../random/draw';
import type { StateDeclaration } from '../state';
import { addFunction, type CompiledFunction } from './addFunction';
import { GraphBuilder, floatConstant, typeAttribute } from './builder';
import type { GraphNode } from './graphDef';
import { DataType, type Trace } from './trace';

/** A program as one graph, and the nodes that it is used by. */
export interface CompiledProgram {
  readonly nodes: readonly GraphNode[];
  readonly functions: ReadonlyMap<string, CompiledFunction & { readonly rows: ReadonlyMap<string, string> }>;
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
  readonly resident: ResidentImages | undefined;
}

export function compile({ declared, functions, traces, resident }: CompileOptions): CompiledProgram {
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
  const images = resident && addResident(builder, resident);
  const compiled = [...traces].map(([name, trace], index) => {
    const rows = new Map<string, string>();
    const prefix = `f${index}`;
    const called = functions[name]!;
    const addInput = (input: string): string => {
      const declaration = trace.inputs[input]!;
      const node = `${prefix}/in${Object.keys(trace.inputs).indexOf(input)}`;
      const type = DataType[declaration.dtype];
      if (!images || declaration.dtype !== 'float32' || !takesRows(called, declaration.shape, resident)) {
        return builder.placeholder(node, type, declaration.shape);
      }
      const noise = `${prefix}/in${Object.keys(trace.inputs).indexOf('noise')}`;
      rows.set(input, `${node}/rows`);
      return addGather(builder, node, declaration, { ...images, noise: resident?.binarize ? noise : undefined });
    };
    return [name, { ...addFunction(builder, { prefix, trace, state: variables, addInput }), rows }] as const;
  });
  return {
    nodes: builder.nodes,
    functions: new Map(compiled),
    state,
    written: builder.done('written', assigned),
    resident: images,
  };
}

function addResident(builder: GraphBuilder, { shape, bytes }: ResidentImages) {
  const words = Math.ceil(bytes.length / 4);
  const node = builder.variable('images', DataType.uint8, shape);
  const fed = builder.placeholder('images/words', DataType.int32, [words]);
  const cast = [typeAttribute('T', DataType.int32), typeAttribute('type', DataType.uint8)];
  const quadruples = builder.add('images/bytes', 'Bitcast', [fed], cast);
  const index = typeAttribute('Index', DataType.int32);
  const flat = reshape(builder, 'images/flat', quadruples, [words * 4], DataType.uint8);
  const [begin, size] = [integers(builder, 'images/begin', [0]), integers(builder, 'images/size', [bytes.length])];
  const whole = builder.add('images/whole', 'Slice', [flat, begin, size], [typeAttribute('T', DataType.uint8), index]);
  const value = reshape(builder, 'images/value', whole, shape, DataType.uint8);
  const assigned = builder.assign('images/assign', node, value, DataType.uint8);
  return { node, fed, words, written: builder.done('images/written', [assigned]) };
}

/**
 * The images of the rows that are fed to `<name>/rows`, as numbers. TensorFlow lets any tensor of a graph be fed: so the same node
 * takes images that come from elsewhere, and nothing of this runs then.
 */
function addGather(
  builder: GraphBuilder,
  name: string,
  { shape }: InputDeclaration,
  { node, noise }: { readonly node: string; readonly noise: string | undefined },
): string {
  const rows = builder.placeholder(`${name}/rows`, DataType.int32, [shape[0]!]);
  const types = [typeAttribute('dtype', DataType.uint8), typeAttribute('Tindices', DataType.int32)];
  const bytes = builder.add(`${name}/bytes`, 'ResourceGather', [node, rows], types);
  const cast = (to: string, value: string, from: number) =>
    builder.add(to, 'Cast', [value], [typeAttribute('SrcT', from), typeAttribute('DstT', DataType.float32)]);
  const numbers = cast(`${name}/numbers`, bytes, DataType.uint8);
  const intensity = noise === undefined ? name : `${name}/intensity`;
  builder.arithmetic(intensity, 'RealDiv', numbers, floatConstant(builder, `${name}/white`, 255));
  if (noise === undefined) return name;
  const offset = integers(builder, `${name}/stream`, [seedOffset(BINARIZATION_STREAM), 0]);
  const seeds = builder.add(`${name}/seeds`, 'AddV2', [noise, offset], [typeAttribute('T', DataType.int32)]);
  const lengths = integers(builder, `${name}/shape`, shape);
  const draws = builder.add(
    `${name}/draws`,
    'StatelessRandomUniform',
    [lengths, seeds],
    [
      typeAttribute('dtype', DataType.float32),
      typeAttribute('T', DataType.int32),
      typeAttribute('Tseed', DataType.int32),
    ],
  );
  const white = builder.add(`${name}/less`, 'Less', [draws, intensity], [typeAttribute('T', DataType.float32)]);
  return cast(name, white, DataType.bool);
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
