/**
 * A sign that training goes wrong, by what is logged anyway. A family declares its rules as data (`Model.alerts`); the trainer
 * examines them whenever their tags are logged, and views and command line know what was raised, but no rule.
 */
export interface AlertRule {
  /** "mode-collapse": one of a model's rules. */
  readonly name: string;
  readonly title: string;
  /** What it depends on: tags that are logged together. */
  readonly tags: readonly string[];
  /**
   * How many logged values of each tag count: it is raised on their medians, which one outlier does not move, and cleared when it has
   * not held for as many in a row.
   */
  readonly window: number;
  /** Finished updates before which it is not raised; 0 if absent. */
  readonly after?: number;
  /** What was measured, as a sentence, where the sign is there; else undefined. */
  readonly when: (reading: Reading) => string | undefined;
  /** What usually helps, in one sentence. */
  readonly advice: string;
  /** A setting that does so while the model trains: a hyperparameter, and what its present value is multiplied by. */
  readonly remedy?: { readonly hyperparameter: string; readonly factor: number };
}

/** What a rule goes by. */
export interface Reading {
  /** Of the rule's window. */
  median(tag: string): number;
  /** The highest median of the run so far. */
  peak(tag: string): number;
}

/** "0.00412", "7.71e-6" */
export function figure(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
}
