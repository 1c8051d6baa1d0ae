import type { RunSummary } from '../../protocol/views';

/** "3,127/4,690", without the second half while it is unknown. */
export function formatStep(step: number, total: number): string {
  return total > 0 ? `${whole(step)}/${whole(total)}` : whole(step);
}

/** A whole number with separators. Not by Intl: a process's first NumberFormat takes 15 ms, and the window waits. */
function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Four significant digits, also where the last is 0: "243.0" beside "250.9" is as exact. Short enough for a tree. */
export function formatValue(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3) return value.toExponential(2);
  return Math.abs(value) >= 1e4 ? String(Math.round(value)) : value.toPrecision(4);
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

/**
 * What stands beside a run's name in a narrow tree, which cuts its end: "step 3,127 · −ELBO 105.2 best", once it has
 * finished "−ELBO 105.2 best · step 4,690". The status takes the place of the step where it is not the usual one: all the
 * rest is in the tooltip.
 */
export function describeRun(run: RunSummary): string {
  if (run.status === 'foreign') return run.failure === undefined ? WORDS.foreign : 'cannot be read';
  const usual = run.status === 'running' || run.status === 'finished';
  const step = run.step > 0 ? `step ${whole(run.step)}` : undefined;
  const first = usual ? (step ?? WORDS[run.status]) : WORDS[run.status];
  const second = bestValue(run) ?? (usual ? undefined : step);
  if (second === undefined) return first;
  return run.status === 'finished' ? `${second} · ${first}` : `${first} · ${second}`;
}

/** "−ELBO 105.2 best" */
function bestValue({ headline }: RunSummary): string | undefined {
  return headline?.best == null ? undefined : `${headline.label} ${formatValue(headline.best)} best`;
}

/** The row of the tree for who hears it: "vae-mnist-001, training, step 3,127 of 4,690, −ELBO 105.2 best". */
export function spokenRun(run: RunSummary): string {
  const parts = [run.name, run.status === 'foreign' ? describeRun(run) : WORDS[run.status]];
  if (run.step > 0) parts.push(`step ${whole(run.step)}${run.totalSteps > 0 ? ` of ${whole(run.totalSteps)}` : ''}`);
  return [...parts, bestValue(run)].filter((part) => part !== undefined).join(', ');
}
