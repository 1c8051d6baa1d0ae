/** What an evaluation of a model logs, as its specification alone tells. */
export interface FamilyMetrics {
  readonly scalars: readonly string[];
  /** Scalars `${prefix}${two-digit index}`. */
  readonly numbered: readonly { readonly prefix: string; readonly count: number }[];
}

/** What of a family follows from its part of a specification. */
export interface FamilyDefinition {
  readonly schema: unknown;
  metrics(model: never): FamilyMetrics;
  /** Names of its optimizers where it has several, by what they train ("generator"). */
  readonly optimizers?: readonly string[];
}
