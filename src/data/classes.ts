import type { Dataset, ExampleSet } from './exampleSet';

/**
 * Names of the classes that labels 0, 1, … mean: their numbers by default. Undefined unless training and test
 * images both have labels.
 */
export function classNames({ classes, train, test }: Dataset): readonly string[] | undefined {
  if (train.labels === undefined || test.labels === undefined) return undefined;
  const count = Math.max(classes?.length ?? 0, ...[train, test].map(highest));
  return Array.from({ length: count }, (_, label) => classes?.[label] ?? String(label));
}

/**
 * The labels that occur in the training images, ascending: the model has learned nothing about other labels below the
 * highest one.
 */
export function learnedLabels({ train }: Dataset): readonly number[] {
  return [...new Set(train.labels)].sort((a, b) => a - b);
}

/** One more than the highest label. */
function highest({ labels = new Uint8Array(0) }: ExampleSet): number {
  let most = 0;
  for (const label of labels) if (label >= most) most = label + 1;
  return most;
}
