/** What a benchmark measured: figures of one run on one machine, to be read as ratios. */
export interface Report {
  readonly title: string;
  /** Milliseconds unless the label says otherwise; each the values of all its blocks or repetitions. */
  readonly figures: Readonly<Record<string, readonly number[]>>;
  readonly ratios: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The ratios of values that were measured one after the other, so that a drifting machine cancels out. */
export function ratios(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value / b[i]!);
}

/** The median of such ratios. */
export function pairedRatio(a: readonly number[], b: readonly number[]): number {
  return median(ratios(a, b));
}

/**
 * Half the width of the 95 % confidence interval of the median, from the median absolute deviation as for normal values
 * (sd = 1.4826 MAD, standard error of the median = 1.2533 sd / √n): outliers of a busy machine do not count.
 */
export function halfWidth(values: readonly number[]): number {
  const middle = median(values);
  const deviation = 1.4826 * median(values.map((value) => Math.abs(value - middle)));
  return (1.96 * 1.2533 * deviation) / Math.sqrt(values.length);
}

export function inWords({ title, figures, ratios, notes }: Report): string {
  const lines = [title];
  for (const [label, values] of Object.entries(figures)) {
    const range = `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
    lines.push(`  ${label}: median ${median(values).toFixed(2)} (${range}, ${values.length} times)`);
  }
  for (const [label, ratio] of Object.entries(ratios)) lines.push(`  ${label}: ${ratio.toFixed(3)}`);
  lines.push(...notes.map((note) => `  ${note}`));
  return lines.join('\n');
}
