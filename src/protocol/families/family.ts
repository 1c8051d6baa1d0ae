/** What an evaluation of a model logs, as its specification alone tells. */
export interface FamilyMetrics {
  readonly scalars: readonly string[];
  /** Scalars `${prefix}${two-digit index}`. */
  readonly numbered: readonly { readonly prefix: string; readonly count: number }[];
}
