import type * as tf from '@tensorflow/tfjs-core';
import type { Ahead, Scope } from '../engine/program';
import type { ModelContext } from './context';
import type { Values } from './latentVariableModel';
import type { Hyperparameter, Phase } from './model';
import type { Objective } from './objectives';
import type { Player } from './players';

/** Two players: a generator of examples from noise, and a judge who is to tell them from data. */
export interface Game {
  readonly family: string;
  readonly title: string;
  readonly context: ModelContext;
  readonly latent: number;
  readonly prior: 'normal' | 'uniform' | 'sphere';
  /** How many classes `labels` tell apart, where both players are given them. */
  readonly classes?: number;
  readonly generator: Player;
  readonly judge: Player;
  /** What the judge is called. */
  readonly judgeName: 'discriminator' | 'critic';
  readonly objective: Objective;
  /** Examples that are judged together; 1 if absent. */
  readonly packing?: number;
  /** The judge's turns in a step, before the generator's one. */
  readonly turns: readonly Omit<Phase, 'name' | 'function'>[];
  /** A measure of the judge's whose running median is logged, too. */
  readonly smoothed?: string;
  /** How many further updates of the judge the generator's gradient flows through; none if absent. */
  readonly lookAhead?: number;
  readonly hyperparameters?: Readonly<Record<string, Hyperparameter>>;
  /** Of the judge's optimizer: {@link OptimizerDeclaration.weightClip}. */
  readonly weightClip?: number;
  /** What the judge sees of examples [batch, …] while the players train; the examples themselves if absent. */
  readonly seen?: (scope: Scope, examples: tf.Tensor, inputs: Values, stream: number) => tf.Tensor;
  /** What the judge is taught instead of 1 for data and 0 for samples, [n] each. */
  readonly targets?: (scope: Scope, inputs: Values, count: number) => Readonly<Record<'real' | 'fake', tf.Tensor>>;
  /** Added to the judge's loss, and reported by its name. */
  readonly regularizer?: {
    readonly name: string;
    readonly title: string;
    /** `judge`: packs [n, …] → [n] */
    value(scope: Ahead, judge: (x: tf.Tensor) => tf.Tensor, pair: Pair, inputs: Values): tf.Scalar;
    readonly weight: (inputs: Values) => tf.Scalar;
  };
}

/** As many packs of data as of samples. */
export interface Pair {
  readonly real: tf.Tensor;
  readonly fake: tf.Tensor;
}

/** Streams of a game's draws besides those of every latent-variable model. */
export const GAME_STREAMS = { targets: 16, seenReal: 18, seenFake: 19, between: 20, spread: 21 } as const;

/** Whether there is a judgement of a single example: a judge of packs or of labelled examples gives none. */
export function judgesExamples({ packing = 1, classes }: Pick<Game, 'packing' | 'classes'>): boolean {
  return packing === 1 && classes === undefined;
}
