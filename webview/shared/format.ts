/** Numbers and durations as people read them; the same everywhere in the views. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** "3,127" */
export function formatStep(step: number): string {
  return whole.format(step);
}

/** Five significant digits at most, without an exponent where the number is of everyday size: "105.21", "0.001", "1.25e-7". */
export function formatValue(value: number | null | undefined): string {
  if (value == null) return '–';
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6 || magnitude < 1e-4)
    return minus(
      value
        .toExponential(2)
        .replace(/\.?0+e/, 'e')
        .replace('e+', 'e'),
    );
  if (magnitude >= 1e4) return minus(whole.format(value));
  const digits = Math.max(0, 4 - Math.floor(Math.log10(magnitude)));
  const text = value.toFixed(Math.min(digits, 6));
  return minus(text.includes('.') ? text.replace(/\.?0+$/, '') : text);
}

/** The same number of digits from one update to the next, for a readout that should not dance: "105.20". */
export function formatSteady(value: number): string {
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value) || value === 0 || magnitude >= 1e4 || magnitude < 0.01) return formatValue(value);
  return minus(value.toFixed(magnitude >= 1000 ? 1 : magnitude >= 10 ? 2 : magnitude >= 1 ? 3 : 4));
}

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

function minus(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text;
}
