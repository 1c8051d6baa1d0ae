import { formatRate } from '../common/numberText';
import type { LiveState } from '../protocol/control';
import { panelsOf } from '../protocol/panelsOf';
import type { Presentation } from '../protocol/run';

/** One line: epoch, step, loss, steps/s, time left. */
export function progressLine(state: LiveState, presentation: Presentation | undefined): string {
  const { step, totalSteps, stepsPerEpoch, stepsPerSecond, secondsLeft, activity, status } = state;
  if (stepsPerEpoch === 0) return activity ?? status;
  const epochs = Math.round(totalSteps / stepsPerEpoch);
  const parts = [
    `epoch ${Math.min(epochs, Math.floor(step / stepsPerEpoch) + 1)}/${epochs}`,
    `step ${grouped(step)}/${grouped(totalSteps)}`,
    ...losses(state, presentation),
  ];
  if (stepsPerSecond > 0) parts.push(formatRate(stepsPerSecond));
  if (secondsLeft !== null && status === 'running') parts.push(`${duration(secondsLeft)} left`);
  if (status !== 'running') parts.push(status);
  if (activity !== undefined) parts.push(activity);
  return parts.join(' · ');
}

/** The family's first chart says what the loss is: "−ELBO 105.2 (test 106.1)". */
function losses({ metrics }: LiveState, presentation: Presentation | undefined): string[] {
  const chart = panelsOf(presentation, 'curves')[0];
  if (chart === undefined) return [];
  const [first, ...others] = chart.series
    .filter(({ tag }) => Object.hasOwn(metrics, tag))
    .map(({ tag, label }) => ({ label, text: lossText(metrics[tag]) }));
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` (${others.map(({ label, text }) => `${label} ${text}`).join(', ')})`;
  return [`${chart.title} ${first.text}${more}`];
}

/** With one decimal, or three where the loss is small: hinge losses and bits per dimension move by hundredths. */
function lossText(value: number | null | undefined): string {
  return value == null ? 'not a number' : value.toFixed(Math.abs(value) >= 10 ? 1 : 3);
}

/** 4690 → "4,690" */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** 3725 → "1:02:05", 65 → "1:05" */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
