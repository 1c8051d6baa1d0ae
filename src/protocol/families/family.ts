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
  /** Names of its optimizers where it has several, by what they train ("generator"). */
  readonly optimizers?: readonly string[];
  /** The data set that it is trained on where a new specification names none; MNIST if absent. */
  readonly set?: string;
  /** What a new specification that leaves them out gets instead of the general defaults. */
  defaults?(data: { readonly points: boolean }): FamilyDefaults;
}

export interface FamilyDefaults {
  readonly model?: Readonly<Record<string, unknown>>;
  readonly training?: Readonly<Record<string, unknown>>;
}
