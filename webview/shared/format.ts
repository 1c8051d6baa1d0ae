import { formatValue, minus } from '../../src/common/numberText';

/** Numbers and durations as people read them; the same everywhere in the views. */

export { formatMetric, formatSteady, formatValue, formatWhole as formatStep } from '../../src/common/numberText';

/** "168 steps/s", and "4.2 s/step" where a step takes longer than a second. */
export function formatRate(stepsPerSecond: number): string {
  if (stepsPerSecond <= 0) return '0 steps/s';
  if (stepsPerSecond < 1) return `${formatValue(Number((1 / stepsPerSecond).toPrecision(3)))} s/step`;
  return `${formatValue(Number(stepsPerSecond.toPrecision(stepsPerSecond < 10 ? 2 : 3)))} steps/s`;
}

/** So many decimals, with a minus that is as wide as a digit: "−1.20". */
export function formatFixed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  // What is rounded to nothing has no sign.
  return Number(text) === 0 ? text.replace('-', '') : minus(text);
}
