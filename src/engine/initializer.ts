/** How a variable starts; draws are a pure function of (seed, variable name). */
export type Initializer =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly deviation: number }
  /** U(−limit, limit). */
  | { readonly kind: 'uniform'; readonly limit: number }
  /**
   * As a matrix of its last axis and all others: orthonormal columns, or rows where there are more columns, times `gain`; uniform
   * among all such matrices.
   */
  | { readonly kind: 'orthogonal'; readonly gain: number };
