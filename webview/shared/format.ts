import { minus } from '../../src/common/numberText';

/** Formats numbers and durations for users, identically in all views. */

export {
  formatMetric,
  formatRate,
  formatSteady,
  formatValue,
  formatWhole as formatStep,
} from '../../src/common/numberText';

/** With a fixed number of decimals, and a minus sign as wide as a digit: "−1.20". */
export function formatFixed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  // A value that rounds to zero has no sign.
  return Number(text) === 0 ? text.replace('-', '') : minus(text);
}
