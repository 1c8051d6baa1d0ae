import { drawsNoise, scalingStream, takesExamples } from '../examples';
import type { ProgramFunction, TrainingExamples } from '../program';
import type { StateDeclaration } from '../state';
import { addFunction, type CompiledFunction } from './addFunction';
import { addExamples, addResident, type ExampleNodes, type Resident } from './addExamples';
import { GraphBuilder } from './builder';
import type { GraphNode } from './graphDef';
import { DataType, type Trace } from './trace';

/** A program as one graph, and the nodes that it is used by. */
export interface CompiledProgram {
  readonly nodes: readonly GraphNode[];
  readonly functions: ReadonlyMap<string, CompiledFunction & { readonly examples: ReadonlyMap<string, ExampleNodes> }>;
  readonly state: ReadonlyMap<string, { readonly value: string; readonly fed: string }>;
  /** To be fetched when all of the state is fed. */
  readonly written: string;
  readonly resident: Resident | undefined;
}

interface CompileOptions {
  readonly declared: ReadonlyMap<string, StateDeclaration>;
  readonly functions: Readonly<Record<string, ProgramFunction>>;
  readonly traces: ReadonlyMap<string, Trace>;
  readonly examples: TrainingExamples | undefined;
}

/** What the nodes of a function begin with, by its place among the traces. */
export const prefixOf = (index: number) => `f${index}`;

export function compile({ declared, functions, traces, examples }: CompileOptions): CompiledProgram {
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
  const resident = examples?.values && addResident(builder, examples.shape, examples.values);
  const compiled = [...traces].map(([name, trace], index) => {
    const nodes = new Map<string, ExampleNodes>();
    const prefix = prefixOf(index);
    const called = functions[name]!;
    const addInput = (input: string): string => {
      const declaration = trace.inputs[input]!;
      const node = `${prefix}/in${Object.keys(trace.inputs).indexOf(input)}`;
      const type = DataType[declaration.dtype];
      if (declaration.dtype !== 'float32' || !takesExamples(called, declaration.shape, examples)) {
        return builder.placeholder(node, type, declaration.shape);
      }
      const noise = `${prefix}/in${Object.keys(trace.inputs).indexOf('noise')}`;
      const draws = drawsNoise(examples) ? { noise, stream: scalingStream(called, input) } : undefined;
      nodes.set(input, addExamples(builder, { name: node, shape: declaration.shape, examples, resident, draws }));
      return node;
    };
    return [name, { ...addFunction(builder, { prefix, trace, state: variables, addInput }), examples: nodes }] as const;
  });
  return {
    nodes: builder.nodes,
    functions: new Map(compiled),
    state,
    written: builder.done('written', assigned),
    resident,
  };
}
