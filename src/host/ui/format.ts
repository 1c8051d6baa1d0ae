import { isLive } from '../../protocol/status';
import type { RunSummary } from '../../protocol/views';

/** "3,127/4,690", without the second half while it is unknown. */
export function formatStep(step: number, total: number): string {
  return total > 0 ? `${whole(step)}/${whole(total)}` : whole(step);
}

/** A whole number with separators. Not by Intl: a process's first NumberFormat takes 15 ms, and the window waits. */
function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Four significant digits: enough to see a curve move, short enough for a tree. */
export function formatValue(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

export function formatRate(stepsPerSecond: number): string {
  return `${stepsPerSecond >= 10 ? whole(stepsPerSecond) : stepsPerSecond.toFixed(1)} steps/s`;
}

const WORDS: Record<RunSummary['status'], string> = {
  created: 'not started',
  starting: 'starting…',
  running: 'training',
  paused: 'paused',
  stopping: 'stopping…',
  stopped: 'stopped',
  finished: 'finished',
  failed: 'failed',
  interrupted: 'interrupted',
  foreign: 'other log',
};

export function formatStatus(status: RunSummary['status']): string {
  return WORDS[status];
}

/** What stands beside a run's name: "step 3,127/4,690 · 105.2". */
export function describeRun(run: RunSummary): string {
  if (run.status === 'foreign') return run.failure === undefined ? WORDS.foreign : 'cannot be read';
  const parts: string[] = [];
  if (run.status !== 'running' && run.status !== 'finished') parts.push(WORDS[run.status]);
  const total = isLive(run.status) || run.status === 'finished' ? run.totalSteps : 0;
  if (run.step > 0) parts.push(`step ${formatStep(run.step, total)}`);
  const value = run.headline?.value;
  if (value !== undefined && value !== null) parts.push(formatValue(value));
  return parts.join(' · ') || WORDS[run.status];
}
