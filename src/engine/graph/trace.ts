import type { HostTensor, InputDeclaration } from '../program';

/** TensorFlow's numbers of element types, which the binding uses, too. */
export const DataType = { float32: 1, int32: 3, uint8: 4, int64: 9, bool: 10, resource: 20 } as const;

/** Where a tensor of a traced function comes from. */
export type Source =
  | { readonly from: 'input'; readonly name: string }
  /** A variable or slot as it was before the call. */
  | { readonly from: 'state'; readonly name: string }
  | { readonly from: 'constant'; readonly index: number }
  | { readonly from: 'operation'; readonly index: number; readonly output: number };

/** An attribute of an operation as the binding takes it. */
export interface Attribute {
  readonly name: string;
  readonly kind: 'string' | 'int' | 'float' | 'bool' | 'type' | 'shape';
  readonly value: unknown;
}

export interface TensorType {
  readonly type: number;
  readonly shape: readonly number[];
}

export interface TracedOperation {
  readonly operation: string;
  readonly attributes: readonly Attribute[];
  readonly inputs: readonly Source[];
  readonly inputTypes: readonly number[];
  readonly outputs: readonly TensorType[];
  readonly at: Place;
}

export interface TracedConstant extends TensorType {
  readonly bytes: Uint8Array;
  readonly at: Place;
}

/**
 * Where the model called something: an error with the stack of that moment or, once a function is ready, what {@link
 * callers} said.
 */
export type Place = Error | string;

/** What a call changes, in this order for each variable. */
export type TracedUpdate =
  | { readonly kind: 'assign'; readonly target: string; readonly value: Source }
  | {
      readonly kind: 'apply';
      readonly operation: string;
      /** Names of state; the first is what is updated, with those slots. */
      readonly resources: readonly string[];
      readonly inputs: readonly Source[];
      readonly flags: Readonly<Record<string, boolean>>;
    }
  /** target ← the nearest number in [low, high] to each of its own after its update */
  | { readonly kind: 'clip'; readonly target: string; readonly low: Source; readonly high: Source }
  /** average ← average − (average − value after its update) · rest */
  | { readonly kind: 'average'; readonly average: string; readonly of: string; readonly rest: Source };

/** What one call of a function does: operations in an order in which they can run, what comes out and what is changed. */
export interface Trace {
  readonly inputs: Readonly<Record<string, InputDeclaration>>;
  readonly operations: readonly TracedOperation[];
  readonly constants: readonly TracedConstant[];
  readonly outputs: Readonly<Record<string, { readonly source: Source; readonly declared: Omit<HostTensor, 'data'> }>>;
  readonly updates: readonly TracedUpdate[];
}

/** A function cannot become part of a graph, or means something else there. */
export class TraceError extends Error {
  override name = 'TraceError';
}
