import { formatDuration } from '../../common/duration';
import { plural } from '../../common/plural';
import { formatRate, formatSteady } from '../../common/numberText';
import type { RunSummary } from '../../protocol/views';
import { alertTitle, formatStatus, formatStep } from './format';
import { plain } from './plain';

/** Progress and remaining time of the runs with a live trainer, of which there is at least one. */
export function describe(runs: readonly RunSummary[]): string {
  const [only, ...others] = runs;
  return only !== undefined && others.length === 0 ? describeOne(only) : describeAll(runs);
}

/** "vae-mnist-001 42 % · 3 min left" */
function describeOne(run: RunSummary): string {
  const name = plain(run.name, 40);
  const progress = run.totalSteps > 0 ? ` ${Math.floor((100 * run.step) / run.totalSteps)} %` : '';
  const alert = alertTitle(run);
  if (alert !== undefined) return `$(warning) ${name}${progress} · ${plain(alert, 40)}`;
  if (run.status !== 'running')
    return `$(${run.status === 'paused' ? 'debug-pause' : 'pulse'}) ${name}${progress} · ${formatStatus(run.status)}`;
  return `$(pulse) ${name}${progress}${left(run.secondsLeft)}`;
}

/** "3 runs · 2 min left": until the last live run is done. */
function describeAll(runs: readonly RunSummary[]): string {
  const count = `${runs.length} runs`;
  const alarming = runs.filter(({ alerts }) => alerts !== undefined).length;
  if (alarming > 0) return `$(warning) ${count} · ${plural(alarming, 'alert')}`;
  if (runs.every(({ status }) => status === 'paused')) return `$(debug-pause) ${count} · paused`;
  const times = runs.flatMap(({ status, secondsLeft }) => (status === 'running' ? [secondsLeft] : []));
  const known = times.filter((seconds) => seconds !== null);
  return `$(pulse) ${count}${left(known.length > 0 && known.length === times.length ? Math.max(...known) : null)}`;
}

/** Rounded to minutes from one minute on: more precision would change all the time. */
function left(seconds: number | null): string {
  if (seconds === null) return '';
  return ` · ${formatDuration(seconds < 60 ? seconds : Math.round(seconds / 60) * 60)} left`;
}

/** A line of the tooltip. */
export function detail(run: RunSummary): string {
  const parts = [`step ${formatStep(run.step, run.totalSteps)}`];
  const epochs = run.stepsPerEpoch > 0 ? Math.round(run.totalSteps / run.stepsPerEpoch) : 0;
  if (epochs > 0) parts.push(`epoch ${Math.min(epochs, Math.floor(run.epoch) + 1)} of ${epochs}`);
  const value = run.headline?.value;
  if (value !== undefined && value !== null) parts.push(`${run.headline?.label} ${formatSteady(value)}`);
  if (run.stepsPerSecond !== null && run.status === 'running') parts.push(formatRate(run.stepsPerSecond));
  for (const { title } of run.alerts ?? []) parts.push(title);
  if (run.secondsLeft !== null && run.status === 'running') parts.push(`${formatDuration(run.secondsLeft)} left`);
  return plain(`${run.name} (${formatStatus(run.status)}): ${parts.join(', ')}`, 300);
}
