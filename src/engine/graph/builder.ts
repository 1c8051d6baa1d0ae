import type { GraphNode, TensorAttribute } from './graphDef';
import { DataType, type Attribute, type TensorType } from './trace';

type AnyAttribute = Attribute | TensorAttribute;

export const typeAttribute = (name: string, value: number): Attribute => ({ name, kind: 'type', value });
export const shapeAttribute = (value: readonly number[]): Attribute => ({ name: 'shape', kind: 'shape', value });
export const flagAttribute = (name: string, value: boolean): Attribute => ({ name, kind: 'bool', value });

/** Constants of at most this many bytes, such as axes and shapes, are shared. To find an equal one costs less than a node. */
const SHARED_BYTES = 64;

/** A graph under construction. Nodes are added in an order in which they could run; callers choose their names. */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  private readonly shared = new Map<string, string>();

  add(
    name: string,
    operation: string,
    inputs: readonly string[],
    attributes: readonly AnyAttribute[] = [],
    after: readonly string[] = [],
  ): string {
    const control = [...new Set(after)].map((node) => `^${node}`);
    this.nodes.push({ name, operation, inputs: [...inputs, ...control], attributes });
    return name;
  }

  /** Returns the node of an equal small constant instead where the graph has one. */
  constant(name: string, { type, shape, bytes }: TensorType & { readonly bytes: Uint8Array }): string {
    if (bytes.length > SHARED_BYTES) return this.addConstant(name, { type, shape, bytes });
    const key = `${type} ${shape.join()} ${bytes.join()}`;
    const known = this.shared.get(key) ?? this.addConstant(name, { type, shape, bytes });
    this.shared.set(key, known);
    return known;
  }

  private addConstant(name: string, { type, shape, bytes }: TensorType & { readonly bytes: Uint8Array }): string {
    const value: TensorAttribute = { name: 'value', kind: 'tensor', value: { type, shape, bytes } };
    return this.add(name, 'Const', [], [typeAttribute('dtype', type), value]);
  }

  placeholder(name: string, type: number, shape: readonly number[]): string {
    return this.add(name, 'Placeholder', [], [typeAttribute('dtype', type), shapeAttribute(shape)]);
  }

  /** A variable of the session. Its name in TensorFlow's resource manager is the node's. */
  variable(name: string, type: number, shape: readonly number[]): string {
    const shared: Attribute = { name: 'shared_name', kind: 'string', value: name };
    return this.add(name, 'VarHandleOp', [], [typeAttribute('dtype', type), shapeAttribute(shape), shared]);
  }

  read(name: string, variable: string, type: number, after: readonly string[] = []): string {
    return this.add(name, 'ReadVariableOp', [variable], [typeAttribute('dtype', type)], after);
  }

  /**
   * Gives a variable a copy of `value`. AssignVariableOp keeps the very buffer, which for a tensor that was fed may be
   * JavaScript's own memory: the binding shares it, and TensorFlow would let go of it on one of its threads at the
   * variable's next update.
   */
  assign(name: string, variable: string, value: string, type: number, after: readonly string[] = []): string {
    const copy = this.add(`${name}_copy`, 'DeepCopy', [value], [typeAttribute('T', type)]);
    return this.add(name, 'AssignVariableOp', [variable, copy], [typeAttribute('dtype', type)], after);
  }

  /** Element by element, of float32. */
  arithmetic(
    name: string,
    operation: 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'Maximum' | 'Minimum',
    a: string,
    b: string,
  ): string {
    return this.add(name, operation, [a, b], [typeAttribute('T', DataType.float32)]);
  }

  /** A node to fetch, which has a value once `after` have run. */
  done(name: string, after: readonly string[]): string {
    const zero = { type: DataType.int32, shape: [], bytes: new Uint8Array(4) };
    return this.add(
      name,
      'Identity',
      [this.constant(`${name}_zero`, zero)],
      [typeAttribute('T', DataType.int32)],
      after,
    );
  }
}

export function floatConstant(builder: GraphBuilder, name: string, value: number): string {
  const bytes = new Uint8Array(Float32Array.of(value).buffer);
  return builder.constant(name, { type: DataType.float32, shape: [], bytes });
}
