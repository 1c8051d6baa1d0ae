import type { Alert } from '../protocol/alert';
import type { BackendInfo, Presentation, RunRecord } from '../protocol/run';
import { isLive, raisedAlerts } from '../protocol/status';
import { inspectLock } from '../runs/lock';
import { RunLogReader } from '../runs/logReader';
import { printable } from '../runs/printable';
import type { RunListing } from '../runs/scan';

/** One run in the output of `latent runs --json`. */
export interface Row {
  readonly name: string;
  readonly path: string;
  readonly status: string;
  /** The evidence for the status. */
  readonly evidence: string;
  readonly step?: number;
  readonly totalSteps?: number;
  readonly epoch?: number;
  readonly epochs?: number;
  /** The best value of the run's headline metric. */
  readonly best?: { readonly tag: string; readonly label: string; readonly value: number; readonly step: number };
  readonly startedAt?: string;
  /** For a run without a live trainer: when its record was last written. */
  readonly endedAt?: string;
  readonly backend?: BackendInfo;
  /** Alerts that hold, or held when the run ended. */
  readonly alerts?: readonly Alert[];
}

/** Completes a listing with the run's lock and log. */
export async function rowOf(listing: RunListing): Promise<Row> {
  const { name, path } = listing;
  if (listing.kind === 'problem') return { name, path, status: 'unreadable', evidence: listing.problem };
  if (listing.kind === 'foreign') return { name, path, status: 'foreign', evidence: 'Event files of another program.' };
  const { step, totalSteps, epoch, specification, presentation, createdAt, updatedAt, backend } = listing.record;
  const standing = await statusOf(path, listing.record);
  return {
    name,
    path,
    ...standing,
    step,
    totalSteps,
    epoch,
    epochs: specification.training.epochs,
    best: presentation === undefined || step === 0 ? undefined : await bestOf(path, presentation),
    startedAt: createdAt,
    endedAt: isLive(standing.status) || standing.status === 'created' ? undefined : updatedAt,
    backend,
    alerts: raisedAlerts(listing.record.alerts),
  };
}

/** A record that claims a live trainer is believed only while a process holds the lock. */
async function statusOf(path: string, record: RunRecord): Promise<Pick<Row, 'status' | 'evidence'>> {
  const { status, failure } = record;
  if (status === 'failed') return { status, evidence: printable(failure?.message ?? '') };
  if (!isLive(status)) return { status, evidence: '' };
  const lock = await inspectLock(path);
  const dead = lock.state === 'free' || lock.state === 'stale';
  return { status: dead ? 'interrupted' : status, evidence: lock.evidence };
}

async function bestOf(path: string, { headline: { tag, label, mode } }: Presentation): Promise<Row['best']> {
  const reader = new RunLogReader(path);
  await reader.refresh();
  const series = reader.snapshot().scalars.find((each) => each.tag === tag);
  let best: Row['best'];
  series?.values.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    const better = best === undefined || (mode === 'min' ? value < best.value : value > best.value);
    if (better) best = { tag, label, value, step: series.steps[index] ?? 0 };
  });
  return best;
}
