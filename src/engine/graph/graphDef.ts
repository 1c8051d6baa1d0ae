import { WireWriter } from '../../common/wireWriter';
import type { Attribute } from './trace';

/** A node of TensorFlow's GraphDef. */
export interface GraphNode {
  readonly name: string;
  readonly operation: string;
  /** "node" or "node:1"; control inputs "^node" come last. */
  readonly inputs: readonly string[];
  readonly attributes: readonly (Attribute | TensorAttribute)[];
}

export interface TensorAttribute {
  readonly name: string;
  readonly kind: 'tensor';
  readonly value: { readonly type: number; readonly shape: readonly number[]; readonly bytes: Uint8Array };
}

/** The version of graphs that TensorFlow 2.9 writes (`TF_GRAPH_DEF_VERSION`): all later ones read it. */
const GRAPH_VERSION = 987;
const OLDEST_READER = 12;

/** The tag that the graph is loaded by. */
export const TAG = 'latent';

/**
 * A SavedModel of one graph, without signatures or variables' values. Field numbers are those of TensorFlow's saved_model.proto,
 * meta_graph.proto, graph.proto, node_def.proto, attr_value.proto, tensor.proto and tensor_shape.proto.
 */
export function savedModel(nodes: readonly GraphNode[]): Uint8Array {
  const wire = new WireWriter();
  wire.integer(1, 1); // saved_model_schema_version
  wire.message(2, () => {
    wire.message(1, () => wire.string(4, TAG));
    wire.message(2, () => {
      for (const node of nodes) wire.message(1, () => writeNode(wire, node));
      wire.message(4, () => {
        wire.integer(1, GRAPH_VERSION);
        wire.integer(2, OLDEST_READER);
      });
    });
  });
  return wire.written().slice();
}

function writeNode(wire: WireWriter, node: GraphNode): void {
  wire.string(1, node.name);
  wire.string(2, node.operation);
  for (const input of node.inputs) wire.string(3, input);
  for (const attribute of node.attributes) {
    wire.message(5, () => {
      wire.string(1, attribute.name);
      wire.message(2, () => writeValue(wire, attribute));
    });
  }
}

function writeValue(wire: WireWriter, attribute: Attribute | TensorAttribute): void {
  if (attribute.kind === 'tensor') wire.message(8, () => writeTensor(wire, attribute.value));
  else if (attribute.kind === 'shape') writeShape(wire, 7, attribute.value as readonly number[]);
  else if (Array.isArray(attribute.value)) {
    wire.message(1, () => {
      for (const value of attribute.value as unknown[]) writeScalar(wire, attribute.kind, value);
    });
  } else writeScalar(wire, attribute.kind, attribute.value);
}

/** AttrValue and its ListValue have the same numbers for the same kinds. */
function writeScalar(wire: WireWriter, kind: Attribute['kind'], value: unknown): void {
  switch (kind) {
    case 'string':
      wire.string(2, String(value));
      return;
    case 'int':
      wire.integer(3, Number(value));
      return;
    case 'float':
      wire.float(4, Number(value));
      return;
    case 'bool':
      wire.integer(5, value ? 1 : 0);
      return;
    case 'type':
      wire.integer(6, Number(value));
      return;
    case 'shape':
      writeShape(wire, 7, value as readonly number[]);
  }
}

function writeTensor(wire: WireWriter, { type, shape, bytes }: TensorAttribute['value']): void {
  wire.integer(1, type);
  writeShape(wire, 2, shape);
  wire.data(4, bytes);
}

function writeShape(wire: WireWriter, field: number, shape: readonly number[]): void {
  wire.message(field, () => {
    for (const size of shape) wire.message(2, () => wire.integer(1, size));
  });
}
