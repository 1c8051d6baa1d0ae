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
  /** Names of its optimizers where it has several, by what they train ("generator"). */
  readonly optimizers?: readonly string[];
}
