import type * as z from 'zod';
import type { DATA_TITLES } from '../dataTitles';
import type { dataSchema } from '../dataSpecification';
import type { trainingSchema } from '../trainingSpecification';
import type { Chosen, Misfit } from './misfit';

/** The metrics that an evaluation of a model logs, determined by its specification alone. */
export interface FamilyMetrics {
  readonly scalars: readonly string[];
  /** Scalars `${prefix}${two-digit index}`. */
  readonly numbered: readonly { readonly prefix: string; readonly count: number }[];
}

/** Properties of a family that follow from its part of a specification. */
export interface FamilyDefinition {
  readonly schema: unknown;
  metrics(model: never): FamilyMetrics;
  /** Whether its models draw samples, which an evaluation then measures too. */
  readonly samples: boolean;
  /** Present where its models are told the label of each example. */
  readonly labeled?: true;
  /** Why the model cannot learn that data set, where the specification alone tells. */
  misfit?(model: never, chosen: Chosen): Misfit | undefined;
  /** Names of its optimizers where it has several, by what they train ("generator"). */
  readonly optimizers?: readonly string[];
  /**
   * What a new specification of the family says where it was written without it, such as Adam's β₁ for a GAN, or data.
   *
   * @param set `data.set` as it was written; undefined where the specification does not name one
   */
  preset?(set: unknown): FamilyPreset;
}

export interface FamilyPreset {
  readonly data?: z.input<typeof dataSchema> & { readonly set: keyof typeof DATA_TITLES };
  /** With the `kind` of each variant, which decides whether what was written is completed by it. */
  readonly training?: z.input<typeof trainingSchema>;
  /** Settings of the family's part. */
  readonly model?: Readonly<Record<string, unknown>>;
}
