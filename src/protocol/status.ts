import type { Alert } from './alert';
import type { RunStatus } from './run';
import type { RunSummary } from './views';

/** Statuses that only a live trainer may claim; a record that has one without a live trainer was interrupted. */
const LIVE_STATUSES: readonly RunStatus[] = ['starting', 'running', 'paused', 'stopping'];

/** Whether a status, in a record or a view's summary, requires a live trainer. */
export function isLive(status: string): boolean {
  return (LIVE_STATUSES as readonly string[]).includes(status);
}

/** Whether a run's latent space can be explored: the explorer can show it, and it is training or may have a checkpoint. */
export function canExplore({
  status,
  step,
  capabilities,
}: Pick<RunSummary, 'status' | 'step' | 'capabilities'>): boolean {
  return isExplorable(capabilities) && (isLive(status) || step > 0);
}

/** Priors whose draws the explorer shows where there is no encoder. */
const DRAWN_PRIORS: readonly unknown[] = ['normal', 'uniform', 'sphere'];

/** Whether the explorer can show a model: it encodes images, or decodes draws from its prior to images or points. */
export function isExplorable(capabilities: RunSummary['capabilities']): boolean {
  if (capabilities?.latent == null) return false;
  const { encodes, decodes, prior } = capabilities.latent;
  if (encodes === null) return decodes && DRAWN_PRIORS.includes(prior);
  // Version 0.1.0 does not record the kind of data, which was always images.
  return (capabilities.data?.kind ?? 'image') === 'image';
}

/** The alerts that hold, newest last. */
export function raisedAlerts(alerts: readonly Alert[] | undefined): Alert[] {
  return alerts?.filter(({ cleared }) => cleared === undefined) ?? [];
}
