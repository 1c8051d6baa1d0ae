/** Where the first number that is not finite came from in a call of a function, found by running it operation by operation. */
export interface NonFinite {
  /** The program's function that was called. */
  readonly function: string;
  /**
   * `forward`: the values from which the loss is computed; `gradient`: its gradient; `update`: what the optimizer does with that.
   * `variable` and `input`: the call already began with it.
   */
  readonly part: 'forward' | 'gradient' | 'update' | 'variable' | 'input';
  /** Name of the kernel ("_FusedMatMul"); of a variable or an input its own. */
  readonly operation: string;
  /** Of the result. */
  readonly shape: readonly number[];
  /** The first such number: NaN or an infinity. */
  readonly value: number;
  /** How many there are. */
  readonly count: number;
  /** The layer whose variable went into it last ("discriminator.hidden.0"). */
  readonly layer?: string | undefined;
  /** The float32 tensors that went in, all of them finite. */
  readonly inputs: readonly {
    /** Of a variable, an optimizer's slot or an input of the function. */
    readonly name?: string | undefined;
    readonly shape: readonly number[];
    readonly least: number;
    readonly greatest: number;
  }[];
  /** " Called from …": where the model calls the operation; nothing for a gradient or an update, which it does not call. */
  readonly at: string;
}
