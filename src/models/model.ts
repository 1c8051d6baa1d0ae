import type { Slices } from '../common/slices';
import type { HostTensor, Program, Scaling } from '../engine/program';
import type { Capabilities, DataShape } from '../protocol/capabilities';
import type { Presentation } from '../protocol/run';
import type { TrainingSpecification } from '../protocol/specification';
import type { AlertRule } from './alerts';

/**
 * A model that can be trained: its program, and which of its functions does what. The training loop, the evaluation and
 * the requests know this interface and no family; what a family cannot do it leaves out.
 *
 * Functions take the inputs that they declare, of those that are offered: `examples` [batch, …] of the {@link data}'s shape,
 * scaled as {@link scaling} says, `labels` [batch] int32 for a model of {@link classes}, `noise` (a key of random numbers) and
 * every hyperparameter as a scalar.
 */
export interface Model {
  readonly family: string;
  readonly program: Program;
  readonly presentation: Presentation;
  /** What one example is. */
  readonly data: DataShape;
  /** How examples become values: those of a set of images from bytes; points are taken as they are. */
  readonly scaling: Scaling;
  readonly hyperparameters: Readonly<Record<string, Hyperparameter>>;
  /**
   * Called once before the first step, with the first batch of the first phase and a key of its own: an initialization that
   * depends on data.
   */
  readonly initialize?: { readonly function: string };
  /** The parts of a training step, in the order in which they are called. */
  readonly phases: readonly Phase[];
  /** What an evaluation measures; empty where nothing is measured but the losses. */
  readonly metrics: readonly Metric[];
  /** What an evaluation measures of samples, for a model that draws them. */
  readonly sampleMetrics?: readonly SampleMetric[];
  /** What is logged while the model trains, besides losses and metrics; the presentation's panels show it. */
  readonly summaries: readonly Summary[];
  /** What may go wrong, and how that shows in what is logged. */
  readonly alerts?: readonly AlertRule[];
  readonly sampling?: Sampling;
  readonly likelihood?: Likelihood;
  readonly latent?: LatentSpace;
  /** How many classes labels tell apart, for a model that is given them: 0 to `classes` − 1. */
  readonly classes?: number;
}

/** A number that may be changed while the model trains. */
export interface Hyperparameter {
  readonly title: string;
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Of a learning rate: the schedule that multiplies it at each step; the product is logged. */
  readonly schedule?: TrainingSpecification['schedule'];
}

/**
 * One part of a training step, such as the update of a critic. Each call draws a batch and a key of its own; a function whose
 * `examples` are [batches, batch, …], and whose `labels` are [batches, batch], draws several at once. Scalar outputs are logged as `train/<output>`, and as `train/<phase>/<output>` where a step has several phases.
 */
export interface Phase {
  readonly name: string;
  readonly function: string;
  /** Calls in one step; 1 if absent. */
  readonly repeats?: number;
  /** Whether it is called in training step `step`, counted from 0; always if absent. */
  due?(step: number): boolean;
}

/** Means of a function's outputs over a set, and the tags that follow from them. */
export interface Metric {
  /**
   * Called for each batch of the test set. It also takes `weights` [batch] (0 for rows that only fill the batch) and
   * gives sums over the batch weighted by them, of any shape.
   */
  readonly function: string;
  /** Values by tag. `means`: the outputs' sums divided by the number of examples, in double precision. */
  finish(means: Means): Readonly<Record<string, number>>;
}

/** Measured on samples of the model instead of the test set, such as how many modes of the data they reach. */
export interface SampleMetric {
  /** How many are drawn, the same draws at each evaluation. */
  readonly samples: number;
  /**
   * Values by tag. `samples` [samples, …] and `test` [samples, …], the first test examples (from the start again where the set has
   * fewer), are the model's values. `labels` [samples] of the test examples: undefined where they have none.
   */
  finish(samples: Float32Array, test: Float32Array, labels: Int32Array | undefined): Readonly<Record<string, number>>;
}

export type Means = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float64Array }>;

/** What is drawn of the model as it is now and logged under a tag. */
export interface Summary {
  readonly tag: string;
  /** The rule of the specification's `logging` by which it is due. */
  readonly due: 'images' | 'histograms';
  /** What {@link draw} calls besides the model's sampling and encoding. */
  readonly functions: readonly string[];
  /**
   * Of a grid of images, the names of its rows from the top; of points, those of the classes that they are labeled with.
   * Undefined where there are none.
   */
  names?(easel: Easel): readonly string[] | undefined;
  /** Drawn in slices, so that requests are answered meanwhile. */
  draw(easel: Easel): Slices<Drawn>;
}

export type Drawn =
  /** Becomes an image summary. */
  | ({ readonly kind: 'tiles' } & Tiles)
  /** Becomes an image summary that is played: frames of one size. */
  | { readonly kind: 'animation'; readonly frames: readonly Tiles[]; readonly millisecondsPerFrame: number }
  /** Becomes a histogram summary of the values. */
  | { readonly kind: 'histogram'; readonly values: Float32Array }
  /** Becomes a tensor summary. */
  | { readonly kind: 'tensor'; readonly shape: readonly number[]; readonly values: Float32Array };

/** Images [count, height, width, channel] with the model's values, laid out as a grid. */
export interface Tiles {
  readonly data: Float32Array;
  readonly count: number;
  readonly columns: number;
}

/** What summaries are drawn with: the model as it is now, and the test set. */
export interface Easel {
  call(
    name: string,
    inputs: Readonly<Record<string, Float32Array | Int32Array | undefined>>,
  ): Record<string, HostTensor>;
  /** The first `count` test examples, from the start again where the set has fewer, and their labels where it has any. */
  test(count: number): { readonly examples: Float32Array; readonly labels: Int32Array | undefined };
  /** How many training examples there are. */
  readonly trainingCount: number;
  /** Some of them: `count` from number `from` on, [count, …]. */
  training(from: number, count: number): Float32Array;
  /** The encodings of the first test examples, at most `count`. Throws for a model without an encoder. */
  encoded(count: number): Slices<Encoded>;
  /** The same samples at each call, class by class for a model of classes, `columns` of each. */
  samples(count: number, columns: number): Slices<Float32Array>;
  /**
   * The first `count` of the same samples while they are drawn element by element, at most `frames` times evenly spaced and last as they
   * are finished; `count` is at most that of a call. Of a model that draws them at once only that.
   */
  drawing(count: number, frames: number): Slices<readonly Float32Array[]>;
  /** Names of the classes that the test set's labels mean; undefined where it has none. */
  readonly labels: readonly string[] | undefined;
  /** The classes that samples are drawn of, in that order; undefined for a model that takes no labels. */
  readonly classes: readonly { readonly label: number; readonly name: string }[] | undefined;
}

/** Encodings of `count` examples. */
export interface Encoded {
  /** Means of q(z|x), or codes: [count, size] */
  readonly means: Float32Array;
  /** log σ² of q(z|x), where it is Gaussian: [count, size] */
  readonly logVariances?: Float32Array;
  readonly count: number;
  /** [count]; undefined where the set has none. */
  readonly labels: Int32Array | undefined;
}

/** How samples are drawn, and under which tag those are logged that a user asks for: that of the summary which shows samples. */
export type Sampling = { readonly tag: string } &
  /** `noise` → `examples` [count, …] and, for a model that decodes them from latents, these: `latent` [count, size]. */
  (
    | { readonly kind: 'once'; readonly function: string; readonly count: number }
    /**
     * Element by element: call `position` of `length` is given `examples` [count, …] as far as they are drawn, `position` as an
     * int32 scalar and `noise`, and returns `examples` with that element drawn. The first call starts from zeros.
     *
     * The function should compute no more than the new element needs: what earlier calls computed, such as rows of features or keys
     * and values, it keeps by `scope.assign` in variables that are neither trained nor kept. No other call starts a sampling, so that
     * at position 0 nothing of what they hold may count; whatever is masked or overwritten need not be cleared. Between the calls of
     * one sampling there are none of another and no training step, which would overwrite or invalidate them.
     */
    | { readonly kind: 'sequential'; readonly function: string; readonly count: number; readonly length: number }
  );

/** What is known of log p(x). */
export type Likelihood =
  /** `examples` [batch, …] → `logLikelihood` [batch], in nats. */
  | { readonly kind: 'exact'; readonly function: string; readonly batch: number }
  /**
   * `examples` [batch, …], `noise` → `logWeights` [samples, batch] of importance sampling with q(z|x) as proposal:
   * log p(x, z) − log q(z|x) (Burda et al. 2015, equation 8).
   */
  | { readonly kind: 'importance'; readonly function: string; readonly batch: number; readonly samples: number }
  /** Only the bound that an evaluation gives. */
  | { readonly kind: 'bound' };

export interface LatentSpace {
  readonly size: number;
  readonly prior: NonNullable<Capabilities['latent']>['prior'];
  /**
   * `examples` [batch, …] → `mean` [batch, size] and, for a Gaussian q(z|x), `logVariance`. Each example by itself, so that the
   * function may also be declared for another `batch`.
   */
  readonly encode?: { readonly function: string; readonly batch: number; readonly to: 'gaussian' | 'point' };
  /** `latent` [count, size] → `examples` [count, …]. */
  readonly decode?: { readonly function: string; readonly count: number };
}

/** The part of a model that others are told of. */
export function capabilitiesOf({ data, sampling, likelihood, latent, classes }: Model): Capabilities {
  return {
    data,
    sampling: sampling?.kind ?? null,
    likelihood: likelihood?.kind ?? null,
    latent: latent
      ? {
          size: latent.size,
          prior: latent.prior,
          encodes: latent.encode?.to ?? null,
          decodes: latent.decode !== undefined,
        }
      : null,
    classes: classes ?? 0,
  };
}
