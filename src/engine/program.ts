import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Initializer } from './initializer';
import type { OptimizerSettings } from './optimizers';

export type { OptimizerSettings };

/**
 * A model as the engine sees it: variables and functions with declared inputs. A function is written once with plain
 * TensorFlow.js operations and depends on nothing but its inputs and the variables: batch, noise counter and
 * hyperparameters come in as tensors, and no tensor's value is ever read inside. So a runner may call the operations
 * one by one or trace them into a graph, and neither model nor trainer can tell.
 */
export interface Program {
  readonly variables: readonly VariableDeclaration[];
  /** By name; absent where nothing is trained. */
  readonly optimizers?: Readonly<Record<string, OptimizerDeclaration>>;
  readonly functions: Readonly<Record<string, ProgramFunction>>;
}

export type { Initializer } from './initializer';

export interface VariableDeclaration {
  /** As in checkpoints: "encoder.hidden.0.kernel". */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /**
   * False for state that no optimizer updates, and that functions assign: running averages, codebooks, caches. It is kept
   * and restored as weights are, but is no parameter of the model.
   */
  readonly trained?: false;
  /**
   * False for what only saves the next call work, such as the keys and values of earlier positions while samples are drawn; only
   * of a variable that is not trained. It belongs to a runner and not to its state: it is neither read nor written with that,
   * so that checkpoints do not have it, and starts again as its initializer says when the state is written.
   */
  readonly kept?: false;
}

export interface InputDeclaration {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** Of int32 inputs that count or choose something, such as labels: every number is at least 0 and below this. */
  readonly below?: number;
}

/** Every function that draws takes this input: (seed, counter) as int32. */
export const NOISE_INPUT: InputDeclaration = { shape: [2], dtype: 'int32' };
export const SCALAR_INPUT: InputDeclaration = { shape: [], dtype: 'float32' };

export interface ProgramFunction {
  readonly inputs: Readonly<Record<string, InputDeclaration>>;
  /** "averaged": it sees the moving averages of the variables whose optimizer keeps them. */
  readonly weights?: 'averaged';
  body(scope: Scope, inputs: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>;
}

/** What a function's body may do besides arithmetic. */
export interface Scope {
  /** The variable's value before this call's updates. Throws for a name that the program does not declare. */
  variable(name: string): Tensor;
  /** Sets the variable at the end of the call; every read in the same call sees the old value. */
  assign(name: string, value: Tensor): void;
  /** N(0, 1), a pure function of (noise, stream): draws of one call are independent only if their streams differ. */
  normal(noise: Tensor1D, stream: number, shape: readonly number[]): Tensor;
  /** U[0, 1), likewise; a normal draw of the same stream depends on it. */
  uniform(noise: Tensor1D, stream: number, shape: readonly number[]): Tensor;
  /**
   * One update of a declared optimizer's variables against `loss`, whose named outputs are returned for reporting. Once a
   * call and optimizer; a variable may be updated by one optimizer in a call only.
   */
  minimize(
    optimizer: string,
    loss: () => { readonly loss: Scalar; readonly [output: string]: Tensor },
    learningRate: Scalar,
  ): Readonly<Record<string, Tensor>>;
  /**
   * The variables of a declared optimizer as `updates` further updates against `loss` would make them, from its slots and its count of
   * updates as they are, with its clipping; nothing of that is changed. The values are functions of all that the losses depend on, so that
   * a loss that is minimized can have gradients through the updates (Metz et al. 2016): an outer loss calls this inside.
   *
   * @param loss of the values of `scope`, before each update; it must have gradients of gradients
   */
  lookAhead(optimizer: string, updates: number, loss: (scope: Ahead) => Scalar, learningRate: Scalar): Ahead;
}

/** A scope in which some variables have other values than the program's. */
export type Ahead = Pick<Scope, 'variable' | 'assign' | 'normal' | 'uniform'>;

/**
 * An optimizer and what it updates. Each counts its own updates and has slots of its own, which the engine adds to the
 * program's state (`./state.ts`): so the two players of a GAN, or two losses of one encoder, do not disturb each other,
 * whichever functions they are minimized in.
 */
export interface OptimizerDeclaration {
  readonly settings: OptimizerSettings;
  /** Names of the program's variables, each of which its loss must depend on. */
  readonly variables: readonly string[];
  /** Before the update, gradients longer than this are shortened: all together by their common norm, or number by number. */
  readonly clip?: { readonly by: 'norm' | 'value'; readonly at: number };
  /**
   * Keeps an exponential moving average of each variable, a ← d a + (1 − d) θ, for functions with averaged weights. d grows
   * to `decay` as (t − 1)/(t + 9) with the count t of updates, so that the first values weigh no more than they should.
   */
  readonly average?: { readonly decay: number };
  /** After each update, every number of its variables is brought back to [−weightClip, weightClip] (Arjovsky et al. 2017). */
  readonly weightClip?: number;
  /** Also reports `gradient_norm`, √Σ g² over all its variables, before any clipping. */
  readonly reportsNorm?: true;
}

/** A tensor outside the engine: what crosses to and from the trainer. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: Float32Array | Int32Array;
}

/**
 * Rows of the examples that a runner holds ({@link TrainingExamples}), in place of an input's values [batch, …] or
 * [batches, batch, …]: their numbers, [batch] or [batches · batch].
 */
export interface Rows {
  readonly rows: Int32Array;
}

/** Examples before they are scaled, to become an input's values as rows do: those kept as bytes in [0, 1]. */
export interface Unscaled {
  readonly unscaled: Float32Array;
}

export type Input = HostTensor | Rows | Unscaled;

/** How an input's values follow from the examples; u = b/255 for an example kept as a byte b, else its value itself. */
export type Scaling =
  /** u */
  | 'unit'
  /** 2u − 1, in [−1, 1] */
  | 'signed'
  /** 1 with the probability u, else 0; drawn from the function's input `noise`. */
  | 'binary'
  /**
   * (b + ε)/256 for ε ~ U[0, 1), drawn likewise: a density over it bounds the probability of the byte (Uria, Murray &
   * Larochelle 2013; Theis et al. 2016).
   */
  | 'dequantized';

/** The examples that a program learns from. */
export interface TrainingExamples {
  /** [count, …] */
  readonly shape: readonly number[];
  readonly scaling: Scaling;
  /** Kept where the program runs, so that a call hands over nothing but the numbers of rows; without them there are no rows. */
  readonly values?: Uint8Array | Float32Array;
}

/** A program loaded on a backend: owns the variables' values. */
export interface Runner {
  /**
   * Makes functions (all, if none is named) ready to be called, which may take seconds; a function that is not ready is made so
   * when it is called. Throws where a function does what a program's function must not.
   */
  prepare(names?: readonly string[]): void;
  /** Adds functions, or replaces those of the same name; the state stays as it is. */
  extend(functions: Readonly<Record<string, ProgramFunction>>): void;
  /**
   * Calls a function and reads its outputs. Throws {@link InputError}, before anything is changed, for an input that is
   * missing, unknown or of another shape or type than declared.
   */
  call(name: string, inputs: Readonly<Record<string, Input>>): Record<string, HostTensor>;
  /** All variables but those that are not {@link VariableDeclaration.kept}, then the optimizers' slots, in a fixed order. */
  readState(): Map<string, HostTensor>;
  /**
   * Sets the whole state. An optimizer none of whose slots is given starts afresh, so that weights alone can be loaded; so do
   * variables that are not {@link VariableDeclaration.kept}, which were computed from other weights.
   * Throws {@link InputError}, before anything is changed, when another name is missing, or one is unknown or of another
   * shape or type.
   */
  writeState(state: ReadonlyMap<string, HostTensor>): void;
  dispose(): void;
}

/** What only calls functions needs of a runner. */
export type Callable = Pick<Runner, 'call'>;

export class InputError extends Error {
  override name = 'InputError';
}
