import { formatSteady, formatWhole } from '../../common/numberText';
import type { RunSummary } from '../../protocol/views';

/** "3,127/4,690", without the second half while it is unknown. */
export function formatStep(step: number, total: number): string {
  return total > 0 ? `${formatWhole(step)}/${formatWhole(total)}` : formatWhole(step);
}

export function formatRate(stepsPerSecond: number): string {
  return `${stepsPerSecond >= 10 ? formatWhole(stepsPerSecond) : stepsPerSecond.toFixed(1)} steps/s`;
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
 * What stands beside a run's name in a narrow tree, which cuts its end: "step 3,127 · −ELBO 105.20 best", once it has
 * finished "−ELBO 105.20 best · step 4,690". The status takes the place of the step where it is not the usual one: all the
 * rest is in the tooltip.
 */
export function describeRun(run: RunSummary): string {
  if (run.status === 'foreign') return run.failure === undefined ? WORDS.foreign : 'cannot be read';
  const usual = run.status === 'running' || run.status === 'finished';
  const step = run.step > 0 ? `step ${formatWhole(run.step)}` : undefined;
  const first = usual ? (step ?? WORDS[run.status]) : WORDS[run.status];
  const second = bestValue(run) ?? (usual ? undefined : step);
  if (second === undefined) return first;
  return run.status === 'finished' ? `${second} · ${first}` : `${first} · ${second}`;
}

/** "−ELBO 105.20 best" */
function bestValue({ headline }: RunSummary): string | undefined {
  return headline?.best == null ? undefined : `${headline.label} ${formatSteady(headline.best)} best`;
}

/** The row of the tree for who hears it: "vae-mnist-001, training, step 3,127 of 4,690, −ELBO 105.20 best". */
export function spokenRun(run: RunSummary): string {
  const parts = [run.name, run.status === 'foreign' ? describeRun(run) : WORDS[run.status]];
  if (run.step > 0)
    parts.push(`step ${formatWhole(run.step)}${run.totalSteps > 0 ? ` of ${formatWhole(run.totalSteps)}` : ''}`);
  return [...parts, bestValue(run)].filter((part) => part !== undefined).join(', ');
}
