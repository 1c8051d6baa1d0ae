import table from './operations.json';
import { TraceError, type Attribute, type TracedOperation } from './trace';

interface Argument {
  readonly type?: number;
  readonly typeAttribute?: string;
  readonly countAttribute?: string;
  readonly typesAttribute?: string;
}

interface OperationDefinition {
  readonly inputs: readonly Argument[];
  readonly attributes: Readonly<Record<string, string>>;
}

const OPERATIONS = new Map<string, OperationDefinition>(Object.entries(table));

/** What TensorFlow says of an operation; undefined for those that have state, do not compute with numbers, or do not exist. */
export function operationNamed(name: string): OperationDefinition | undefined {
  return OPERATIONS.get(name);
}

/**
 * The attributes of an operation, with those that an eager call leaves to be inferred from its inputs: a graph must say
 * them. What the inputs say of types goes before what was given (`tf.mean` of integers gives the type from before a
 * cast), as in eager calls. Throws {@link TraceError} where one can be neither found nor left to its default.
 */
export function completeAttributes(traced: TracedOperation): Attribute[] {
  const { attributes, inputs } = operationNamed(traced.operation)!;
  const known = new Map<string, Attribute>();
  for (const given of traced.attributes) if (Object.hasOwn(attributes, given.name)) known.set(given.name, given);
  const infer = (name: string | undefined, kind: 'type' | 'int', value: unknown) => {
    if (name !== undefined) known.set(name, { name, kind, value });
  };
  let position = 0;
  for (const argument of inputs) {
    const rest = traced.inputTypes.slice(position);
    const others = inputs.length - 1 - inputs.indexOf(argument);
    const several = argument.countAttribute !== undefined || argument.typesAttribute !== undefined;
    const count = several ? rest.length - others : 1;
    infer(argument.countAttribute, 'int', count);
    if (count > 0) infer(argument.typeAttribute, 'type', rest[0]);
    infer(argument.typesAttribute, 'type', rest.slice(0, count));
    position += count;
  }
  const unknown = Object.keys(attributes).filter((name) => !known.has(name) && !attributes[name]!.endsWith('?'));
  if (unknown.length > 0) {
    throw new TraceError(`${traced.operation} lacks ${unknown.join(', ')}: TensorFlow cannot build a graph with it.`);
  }
  return [...known.values()];
}
