import { formatSteady, formatWhole } from '../../common/numberText';
import type { RunSummary } from '../../protocol/views';

/** "3,127/4,690", without the second half if it is unknown. */
export function formatStep(step: number, total: number): string {
  return total > 0 ? `${formatWhole(step)}/${formatWhole(total)}` : formatWhole(step);
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
 * The description beside a run's name in a narrow tree, which truncates it: "−ELBO 105.20 best · step 3,127". The value
 * comes first, since a side bar of the default width has room for little more; but after an alert. An unusual status
 * replaces the step; the icon shows the status as well, and the tooltip has everything else.
 */
export function describeRun(run: RunSummary): string {
  if (run.status === 'foreign') return run.failure === undefined ? WORDS.foreign : 'cannot be read';
  const usual = run.status === 'running' || run.status === 'finished';
  const step = run.step > 0 ? `step ${formatWhole(run.step)}` : undefined;
  const best = bestValue(run);
  const alert = alertTitle(run);
  if (alert !== undefined)
    return [alert, best, usual ? step : WORDS[run.status]].filter((part) => part !== undefined).join(' · ');
  if (usual) return [best, step ?? WORDS[run.status]].filter((part) => part !== undefined).join(' · ');
  return best === undefined
    ? [WORDS[run.status], step].filter((part) => part !== undefined).join(' · ')
    : `${best} · ${WORDS[run.status]}`;
}

/** "Mode collapse", "2 alerts" */
export function alertTitle({ alerts = [] }: Pick<RunSummary, 'alerts'>): string | undefined {
  return alerts.length > 1 ? `${alerts.length} alerts` : alerts[0]?.title;
}

/** "−ELBO 105.20 best" */
function bestValue({ headline }: RunSummary): string | undefined {
  return headline?.best == null ? undefined : `${headline.label} ${formatSteady(headline.best)} best`;
}

/** The row of the tree for screen readers: "vae-mnist-001, training, step 3,127 of 4,690, −ELBO 105.20 best". */
export function spokenRun(run: RunSummary): string {
  const parts = [run.name, run.status === 'foreign' ? describeRun(run) : WORDS[run.status]];
  if (run.step > 0)
    parts.push(`step ${formatWhole(run.step)}${run.totalSteps > 0 ? ` of ${formatWhole(run.totalSteps)}` : ''}`);
  const alerts = (run.alerts ?? []).map(({ title }) => `alert: ${title}`);
  return [...parts, ...alerts, bestValue(run)].filter((part) => part !== undefined).join(', ');
}
