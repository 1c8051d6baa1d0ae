import type { ImageShape } from '../common/imageShape';
import type { Program } from '../engine/program';
import type { Presentation } from '../protocol/run';

/**
 * A model that can be trained: its program, and which of its functions does what. The training loop and the commands
 * know this interface and no family; what a family cannot do it leaves out.
 */
export interface Model {
  readonly family: string;
  readonly program: Program;
  readonly presentation: Presentation;
  readonly imageShape: ImageShape;
  readonly hyperparameters: Readonly<Record<string, Hyperparameter>>;
  /**
   * Functions called for training step `step` (counted from 0), in order. Each takes `images` [batch, height, width,
   * channel], `noise` and every hyperparameter as a scalar; its scalar outputs are logged as `train/<output>`. Any function
   * of a model with {@link abilities.labels} may also take `labels` [batch], int32. All
   * functions of a step get the same images and noise: what has to see others, as several updates of a critic do, is
   * scheduled in steps of its own.
   */
  schedule(step: number): readonly string[];
  /** All functions that the schedule names at some step. */
  readonly stepFunctions: readonly string[];
  readonly abilities: {
    /**
     * `images` [batch, …], `weights` [batch] (0 for padding), `noise`, hyperparameters → sums over the batch weighted
     * by `weights`: scalars are means over the data set logged as `test/<output>`; of the vectors those named in
     * `vectors` (output → prefix) are logged as `<prefix><two-digit index>`.
     */
    readonly evaluate?: {
      readonly function: string;
      readonly vectors: Readonly<Record<string, string>>;
      /** Where the model has a code for each image: the vector outputs with its first and second moment. */
      readonly moments?: { readonly mean: string; readonly square: string };
    };
    /** `images` [count, …] → `images` [count, …]: the mean of p(x|z) at the mean of q(z|x). */
    readonly reconstruct?: { readonly function: string; readonly count: number };
    /** `noise` → `images` [count, …]: means of p(x|z) for z drawn from the prior. */
    readonly sample?: { readonly function: string; readonly count: number };
    /**
     * `images` [batch, …] → `mean` [batch, latent] and, with `variance`, `logVariance` of the Gaussian q(z|x). Each image by
     * itself, so that the function may also be declared for another `batch`.
     */
    readonly encode?: {
      readonly function: string;
      readonly batch: number;
      readonly latent: number;
      readonly variance: boolean;
    };
    /** `latent` [count, latent] → `images` [count, …]. */
    readonly decode?: { readonly function: string; readonly count: number; readonly latent: number };
    /**
     * `images` [batch, …], `noise` → `logWeights` [samples, batch] of importance sampling with q(z|x) as proposal:
     * log p(x, z) − log q(z|x) (Burda et al. 2015, equation 8).
     */
    readonly importance?: { readonly function: string; readonly batch: number; readonly samples: number };
    /** Images are of classes: 0 to `classes` − 1. */
    readonly labels?: { readonly classes: number };
  };
}

/** A number that may be changed while the model trains. */
export interface Hyperparameter {
  readonly title: string;
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
}
