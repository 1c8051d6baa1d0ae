import { formatMetric, minus } from '../../src/common/numberText';

/** Formats numbers and durations for users, identically in all views. */

export {
  formatMetric,
  formatRate,
  formatSteady,
  formatValue,
  formatWhole as formatStep,
} from '../../src/common/numberText';

/** A metric, followed by its standard error where it has one: "3.25 ± 0.12". */
export function withError(value: number, error: number | undefined): string {
  return error === undefined ? formatMetric(value) : `${formatMetric(value)} ± ${formatMetric(error)}`;
}

/** With a fixed number of decimals, and a minus sign as wide as a digit: "−1.20". */
export function formatFixed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  // A value that rounds to zero has no sign.
  return Number(text) === 0 ? text.replace('-', '') : minus(text);
}
