import { minus } from '../../src/common/numberText';

/** Numbers and durations as people read them; the same everywhere in the views. */

export {
  formatMetric,
  formatRate,
  formatSteady,
  formatValue,
  formatWhole as formatStep,
} from '../../src/common/numberText';

/** With a fixed number of decimals, and a minus that is as wide as a digit: "−1.20". */
export function formatFixed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  // What is rounded to nothing has no sign.
  return Number(text) === 0 ? text.replace('-', '') : minus(text);
}
