import { formatMetric, minus } from '../../src/common/numberText';

/** Formats numbers and durations for users, identically in all views. */

export {
  formatMetric,
  formatRate,
  formatSteady,
  formatValue,
  formatWhole as formatStep,
} from '../../src/common/numberText';

/** A metric, or with its standard error both to the second digit of that: "3.25 ± 0.12". */
export function withError(value: number, error: number | undefined): string {
  if (error === undefined || !Number.isFinite(error) || !Number.isFinite(value)) return formatMetric(value);
  const decimals = error > 0 ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(error)))) : 2;
  return `${formatFixed(value, decimals)} ± ${formatFixed(error, decimals)}`;
}

/** With a fixed number of decimals, and a minus sign as wide as a digit: "−1.20". */
export function formatFixed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  // A value that rounds to zero has no sign.
  return Number(text) === 0 ? text.replace('-', '') : minus(text);
}
