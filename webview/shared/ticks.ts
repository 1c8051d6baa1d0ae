import type { AxisKind } from './axis';

/**
 * Positions and labels of a chart's grid lines. All functions take a range and the approximate number of ticks that
 * fit.
 */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

export function xTicks(kind: AxisKind, minimum: number, maximum: number, count: number): Tick[] {
  const wanted = (maximum - minimum) / Math.max(1, count);
  if (kind === 'time') {
    const step = TIME_STEPS.find((candidate) => candidate >= wanted) ?? niceStep(wanted / 86_400) * 86_400;
    return multiples(step, minimum, maximum).map((value) => ({ value, label: clock(value, step) }));
  }
  const step = Math.max(niceStep(wanted), kind === 'step' ? 1 : 0);
  return multiples(step, minimum, maximum).map((value) => ({ value, label: compact(value, step) }));
}

/** Ticks whose labels are relative to `offset`, if that is not 0. */
export interface OffsetTicks {
  readonly ticks: readonly Tick[];
  readonly offset: number;
}

/** Longer labels, in characters, are clipped at the axis. */
const LONGEST_LABEL = 7;

export function linearTicks(minimum: number, maximum: number, count: number): Tick[] {
  const step = niceStep((maximum - minimum) / Math.max(1, count));
  const values = multiples(step, minimum, maximum);
  return values.map((value) => ({ value, label: compact(value, step, largest(values)) }));
}

/**
 * Evenly spaced ticks. If values are so close that telling them apart takes more digits than an axis has room for,
 * their common leading digits become an offset: 0.30000001 is 0.3 and 1e-8.
 */
export function offsetTicks(minimum: number, maximum: number, count: number): OffsetTicks {
  const plain = linearTicks(minimum, maximum, count);
  if (plain.every(({ label }) => label.length <= LONGEST_LABEL)) return { ticks: plain, offset: 0 };
  const step = niceStep((maximum - minimum) / Math.max(1, count));
  // Two digits more than the ticks span, so that it does not change while a curve grows a little.
  const unit = 10 ** (Math.ceil(Math.log10(maximum - minimum)) + 1);
  const offset = Number((Math.floor(minimum / unit) * unit).toPrecision(15));
  if (offset === 0 || !Number.isFinite(offset)) return { ticks: plain, offset: 0 };
  const values = multiples(step, minimum, maximum);
  const rests = values.map((value) => Math.round((value - offset) / step) * step);
  return {
    ticks: values.map((value, i) => ({ value, label: compact(rests[i]!, step, largest(rests)) })),
    offset,
  };
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Powers of ten, with 2 and 5 between them if there is room; evenly spaced numbers if the range is too short. */
export function logTicks(minimum: number, maximum: number, count: number): Tick[] {
  const low = Math.floor(Math.log10(minimum));
  const high = Math.ceil(Math.log10(maximum));
  const decades = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  for (const factors of [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const values = decades
      .flatMap((power) => factors.map((factor) => factor * 10 ** power))
      .filter((value) => value >= minimum && value <= maximum);
    if (values.length < 3 && factors.length === 5) return linearTicks(minimum, maximum, count);
    if (values.length <= count + 1) return values.map((value) => ({ value, label: compact(value, value) }));
  }
  const every = Math.ceil(decades.length / count);
  return decades
    .filter((power) => power % every === 0 && 10 ** power >= minimum && 10 ** power <= maximum)
    .map((power) => ({ value: 10 ** power, label: compact(10 ** power, 10 ** power) }));
}

/** 1, 2 or 5 times a power of ten, not below `wanted`. */
function niceStep(wanted: number): number {
  if (!(wanted > 0) || !Number.isFinite(wanted)) return 1;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= wanted * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function multiples(step: number, minimum: number, maximum: number): number[] {
  const first = Math.ceil(minimum / step - 1e-9);
  const last = Math.floor(maximum / step + 1e-9);
  // If the range is below the resolution of doubles, returning no ticks is better than thousands of equal ones.
  if (!Number.isFinite(last - first) || last - first > 1000) return [];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

const UNITS = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/**
 * "1.2k", "0.05", "2e-5": as short as possible while distinguishing neighbors that are `step` apart.
 * @param most the largest magnitude of all labels of the axis, which determines their unit
 */
function compact(value: number, step: number, most = Math.abs(value)): string {
  if (value === 0 || Math.abs(value) < step * 1e-6) return '0';
  const magnitude = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  // "0.00052" would be wider than the axis.
  const fine = most < 1e-2 && step < 1e-4 * (1 - 1e-9);
  if (most >= 1e12 || magnitude < 1e-4 || fine) {
    const digits = Math.max(0, Math.floor(Math.log10(magnitude)) - Math.floor(Math.log10(step)));
    return sign + magnitude.toExponential(Math.min(digits, 15)).replace('e+', 'e');
  }
  for (const [unit, letter] of UNITS) {
    if (most >= unit && (step >= unit / 100 || most >= unit * 10))
      return sign + trim(magnitude / unit, step / unit) + letter;
  }
  return sign + trim(magnitude, step);
}

function trim(value: number, step: number): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return String(Number(value.toFixed(Math.min(decimals, 12))));
}

/** "0:30", "12:00", "1:30 h", "2 d": as precise as the distance between ticks requires. */
function clock(seconds: number, step: number): string {
  if (seconds === 0) return '0';
  if (step >= 86_400) return `${Math.round(seconds / 86_400)} d`;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (seconds >= 3600 || step >= 3600) return `${Math.floor(seconds / 3600)}:${two((seconds % 3600) / 60)} h`;
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}
