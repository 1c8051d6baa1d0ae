/** Formats numbers identically in trees, messages and views, so that a value is never shown in two ways. */

/**
 * A whole number with separators: "3,127". Does not use Intl: a process's first NumberFormat takes 15 ms, which delays
 * the window.
 */
export function formatWhole(value: number): string {
  return minus(String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ','));
}

/** At most five significant digits, without an exponent for numbers of everyday size: "105.21", "0.001", "1.25e-7". */
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
  if (magnitude >= 1e4) return formatWhole(value);
  const digits = Math.max(0, 4 - Math.floor(Math.log10(magnitude)));
  const text = value.toFixed(Math.min(digits, 6));
  return minus(text.includes('.') ? text.replace(/\.?0+$/, '') : text);
}

/**
 * Keeps trailing zeros, so that numbers of one size have the same number of digits: "105.20" beside "105.25" is as
 * exact, and a readout does not jump.
 */
export function formatSteady(value: number): string {
  const magnitude = Math.abs(value);
  if (!Number.isFinite(value) || value === 0 || magnitude >= 1e4 || magnitude < 0.01) return formatValue(value);
  return minus(value.toFixed(magnitude >= 1000 ? 1 : magnitude >= 10 ? 2 : magnitude >= 1 ? 3 : 4));
}

/** "168 steps/s", "1,235 steps/s", and "4.2 s/step" if a step takes longer than a second. */
export function formatRate(stepsPerSecond: number): string {
  if (stepsPerSecond <= 0) return '0 steps/s';
  if (stepsPerSecond < 1) return `${formatDigits(1 / stepsPerSecond, 3)} s/step`;
  const digits = formatDigits(stepsPerSecond, stepsPerSecond < 10 ? 2 : 3);
  return digits === '1' ? '1 step/s' : `${digits} steps/s`;
}

/** At most that many significant digits, but all digits before the decimal point. */
function formatDigits(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits));
  return rounded >= 1000 ? formatWhole(value) : formatValue(rounded);
}

/** Formats a metric of an evaluation: a mean or a count. */
export function formatMetric(value: number): string {
  return Number.isSafeInteger(value) ? formatWhole(value) : formatSteady(value);
}

/** With a minus sign as wide as a digit. */
export function minus(text: string): string {
  return text.startsWith('-') ? `−${text.slice(1)}` : text;
}
