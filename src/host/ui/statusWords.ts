import { formatDuration } from '../../common/duration';
import type { RunSummary } from '../../protocol/views';
import { formatRate, formatStatus, formatStep, formatValue } from './format';
import { plain } from './plain';

/** What the status bar says of the runs that have a living trainer, of which there is at least one. */
export function describe(runs: readonly RunSummary[]): string {
  const [only, ...others] = runs;
  return only !== undefined && others.length === 0 ? describeOne(only) : describeAll(runs);
}

function describeOne(run: RunSummary): string {
  const name = plain(run.name, 40);
  if (run.status === 'running' && run.stepsPerSecond !== null)
    return `$(pulse) ${name} · ${formatRate(run.stepsPerSecond)}`;
  return `$(${run.status === 'paused' ? 'debug-pause' : 'pulse'}) ${name} · ${formatStatus(run.status)}`;
}

/** "3 runs · 172 steps/s": of all that train together, since they share the machine. */
function describeAll(runs: readonly RunSummary[]): string {
  const count = `${runs.length} runs`;
  if (runs.every(({ status }) => status === 'paused')) return `$(debug-pause) ${count} · paused`;
  const speed = runs.reduce((sum, run) => sum + (run.status === 'running' ? (run.stepsPerSecond ?? 0) : 0), 0);
  return speed > 0 ? `$(pulse) ${count} · ${formatRate(speed)}` : `$(pulse) ${count}`;
}

/** A line of the tooltip. */
export function detail(run: RunSummary): string {
  const parts = [`step ${formatStep(run.step, run.totalSteps)}`];
  const value = run.headline?.value;
  if (value !== undefined && value !== null) parts.push(`${run.headline?.label} ${formatValue(value)}`);
  if (run.stepsPerSecond !== null && run.status === 'running') parts.push(formatRate(run.stepsPerSecond));
  if (run.secondsLeft !== null && run.status === 'running') parts.push(`${formatDuration(run.secondsLeft)} left`);
  return plain(`${run.name} (${formatStatus(run.status)}): ${parts.join(', ')}`, 300);
}
