import { completeAttributes } from './attributes';
import { flagAttribute, typeAttribute, type GraphBuilder } from './builder';
import { DataType, type Source, type Trace, type TracedOperation, type TracedUpdate } from './trace';

/** Edges to one node of a barrier. Fewer mean more nodes, more mean more work for each operation that TensorFlow merges. */
const MOST_GATHERED = 64;

/** The nodes that a function is called by. */
export interface CompiledFunction {
  /** By input, the node whose value a caller gives. */
  readonly inputs: ReadonlyMap<string, string>;
  /** By output, the node whose value a caller gets. */
  readonly outputs: ReadonlyMap<string, string>;
  /** To be fetched with the outputs, so that the updates happen. */
  readonly done: string | undefined;
}

interface AddFunctionOptions {
  /** Begins the names of all its nodes. */
  readonly prefix: string;
  readonly trace: Trace;
  /** By name of state: its variable node and its type. */
  readonly state: ReadonlyMap<string, { readonly node: string; readonly type: number }>;
  /** Adds the node of an input and returns it. */
  readonly addInput: (name: string) => string;
}

/**
 * Adds a traced function to a graph. Every variable is read once; what changes it waits for that reading and for whatever else
 * uses what was read, so that a call sees old values throughout, and the kernels need not copy them first. It also waits for
 * whatever may fail, so that a call that fails has changed nothing. (Waiting for everything costs a hundredth of a small model's
 * step: gradients have left the cache by then.)
 */
export function addFunction(builder: GraphBuilder, options: AddFunctionOptions): CompiledFunction {
  const { prefix, trace, state } = options;
  const inputs = new Map(Object.keys(trace.inputs).map((name) => [name, options.addInput(name)]));
  const reads = new Map<string, string>();
  const users = new Map<string, string[]>();
  const constants = new Map<number, string>();
  const fallible: string[] = [];

  const readOf = (name: string) => {
    const known = reads.get(name);
    if (known !== undefined) return known;
    const { node, type } = state.get(name)!;
    const read = builder.read(`${prefix}/read${reads.size}`, node, type);
    reads.set(name, read);
    users.set(name, [read]);
    return read;
  };
  const constantAt = (index: number) => {
    const known = constants.get(index);
    if (known !== undefined) return known;
    const constant = builder.constant(`${prefix}/constant${index}`, trace.constants[index]!);
    constants.set(index, constant);
    return constant;
  };
  const tensorOf = (source: Source): string => {
    switch (source.from) {
      case 'input':
        return inputs.get(source.name)!;
      case 'state':
        return readOf(source.name);
      case 'constant':
        return constantAt(source.index);
      case 'operation':
        return `${prefix}/${source.index}${source.output === 0 ? '' : `:${source.output}`}`;
    }
  };

  trace.operations.forEach((operation, index) => {
    const name = `${prefix}/${index}`;
    builder.add(name, operation.operation, operation.inputs.map(tensorOf), completeAttributes(operation));
    for (const source of operation.inputs) if (source.from === 'state') users.get(source.name)!.push(name);
    if (mayFail(operation)) fallible.push(name);
  });
  const outputs = new Map<string, string>();
  for (const [name, { source, declared }] of Object.entries(trace.outputs)) {
    const type = typeAttribute('T', DataType[declared.dtype]);
    outputs.set(name, builder.add(`${prefix}/out${outputs.size}`, 'Identity', [tensorOf(source)], [type]));
  }

  // All readings have to be known before the first update is added, those for other updates, too.
  for (const update of trace.updates) sourcesOf(update).forEach(tensorOf);
  const last = new Map<string, string>();
  const checked = trace.updates.length === 0 ? [] : gathered(builder, `${prefix}/checked`, fallible);
  const updates = trace.updates.map((update, index) => {
    const target = targetOf(update);
    const before = last.get(target);
    const after = before === undefined ? [...(users.get(target) ?? []), ...checked] : [before];
    const node = addUpdate(builder, `${prefix}/update${index}`, update, { tensorOf, state, after, last });
    last.set(target, node);
    return node;
  });
  return { inputs, outputs, done: updates.length === 0 ? undefined : builder.done(`${prefix}/done`, updates) };
}

/**
 * What to wait for instead of all of `nodes`: a node of its own that waits for them. Each update would otherwise have an edge from
 * each of them, and a graph of some hundred thousand edges takes TensorFlow several seconds to load and again to optimize. Its
 * edges are a tree: whenever TensorFlow merges two equal operations, it compares all the edges of what waits for them, so that one
 * node for 3,000 lookups took it 3.4 s.
 */
function gathered(builder: GraphBuilder, name: string, nodes: readonly string[]): readonly string[] {
  if (nodes.length < 2) return nodes;
  if (nodes.length <= MOST_GATHERED) return [builder.add(name, 'NoOp', [], [], nodes)];
  const groups = Array.from({ length: Math.ceil(nodes.length / MOST_GATHERED) }, (_, index) =>
    builder.add(`${name}_${index}`, 'NoOp', [], [], nodes.slice(index * MOST_GATHERED, (index + 1) * MOST_GATHERED)),
  );
  return gathered(builder, `${name}_`, groups);
}

/**
 * Whether an operation can fail for the values that it is given. Shapes and types are known since the trace, and floats are never
 * refused; integers are, as indices, class numbers or divisors.
 */
export function mayFail({ inputs, inputTypes }: TracedOperation): boolean {
  return inputs.some((source, position) => source.from !== 'constant' && inputTypes[position] === DataType.int32);
}

function targetOf(update: TracedUpdate): string {
  switch (update.kind) {
    case 'assign':
    case 'clip':
      return update.target;
    case 'apply':
      return update.resources[0]!;
    case 'average':
      return update.average;
  }
}

function sourcesOf(update: TracedUpdate): readonly Source[] {
  switch (update.kind) {
    case 'assign':
      return [update.value];
    case 'apply':
      return update.inputs;
    case 'clip':
      return [update.low, update.high];
    case 'average':
      return [update.rest];
  }
}

interface UpdateContext {
  readonly tensorOf: (source: Source) => string;
  readonly state: AddFunctionOptions['state'];
  readonly after: readonly string[];
  readonly last: ReadonlyMap<string, string>;
}

function addUpdate(
  builder: GraphBuilder,
  name: string,
  update: TracedUpdate,
  { tensorOf, state, after, last }: UpdateContext,
): string {
  switch (update.kind) {
    case 'assign': {
      const { node, type } = state.get(update.target)!;
      return builder.assign(name, node, tensorOf(update.value), type, after);
    }
    case 'apply': {
      const resources = update.resources.map((resource) => state.get(resource)!.node);
      const flags = Object.entries(update.flags).map(([flag, value]) => flagAttribute(flag, value));
      // AssignSubVariableOp calls its type "dtype", the training operations "T".
      const type = typeAttribute(update.operation.startsWith('Assign') ? 'dtype' : 'T', DataType.float32);
      return builder.add(
        name,
        update.operation,
        [...resources, ...update.inputs.map(tensorOf)],
        [type, ...flags],
        after,
      );
    }
    case 'clip': {
      const { node, type } = state.get(update.target)!;
      const value = builder.read(`${name}/value`, node, type, after);
      const raised = builder.arithmetic(`${name}/raised`, 'Maximum', value, tensorOf(update.low));
      const clipped = builder.arithmetic(`${name}/clipped`, 'Minimum', raised, tensorOf(update.high));
      return builder.assign(name, node, clipped, type, after);
    }
    case 'average': {
      const value = builder.read(`${name}/value`, state.get(update.of)!.node, DataType.float32, [last.get(update.of)!]);
      const { node } = state.get(update.average)!;
      const average = builder.read(`${name}/average`, node, DataType.float32, after);
      const difference = builder.arithmetic(`${name}/difference`, 'Sub', average, value);
      const moved = builder.arithmetic(`${name}/moved`, 'Mul', difference, tensorOf(update.rest));
      return builder.add(name, 'AssignSubVariableOp', [node, moved], [typeAttribute('dtype', DataType.float32)], after);
    }
  }
}
