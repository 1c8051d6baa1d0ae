import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializer';

/** How an optimizer of one kind updates a variable. */
export interface OptimizerRule {
  /** What it keeps for each variable, in the variable's shape; the names are those of checkpoints. */
  readonly slots: readonly { readonly name: string; readonly initializer: Initializer }[];
  /**
   * The update that makes the count of steps `step` (int32, 1 for the first). What does not depend on the variable is
   * computed here, once for all of them.
   */
  update(learningRate: Scalar, step: Scalar): VariableUpdate;
}

/** The same update twice: by operations that every backend has, and by TensorFlow's kernel that does it in one pass. */
export interface VariableUpdate {
  /** New value and new slots, from the old ones; all have the variable's shape. */
  eager(value: Tensor, gradient: Tensor, slots: readonly Tensor[]): { value: Tensor; slots: readonly Tensor[] };
  /** In order. `value` is the variable's value before them. */
  fused(value: Tensor, gradient: Tensor): readonly ResourceUpdate[];
}

/** One of TensorFlow's operations on the variable's resource. */
export interface ResourceUpdate {
  readonly operation: string;
  /** Whether it takes the slots' resources, in their order, after the variable's. */
  readonly withSlots: boolean;
  /** What it takes after the resources. */
  readonly inputs: readonly Tensor[];
  readonly flags: Readonly<Record<string, boolean>>;
}
