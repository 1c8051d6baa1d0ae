import type { RunRecord } from '../protocol/run';
import { isLive } from '../protocol/status';
import { inspectLock } from '../runs/lock';
import { printable } from '../runs/printable';
import { scanRuns, type RunListing } from '../runs/scan';
import type { Output } from './output';
import { grouped } from './progressLine';
import { EXIT } from './exit';
import { checkRunsFolder } from './targets';

interface Row {
  readonly name: string;
  readonly path: string;
  readonly status: string;
  /** Why we believe the status. */
  readonly evidence: string;
  readonly step?: number;
  readonly totalSteps?: number;
}

/** `runs [DIR]`: every run of a folder and how it stands. */
export async function listRuns(folder: string, output: Output): Promise<number> {
  await checkRunsFolder(folder);
  const rows: Row[] = [];
  // One after the other: thousands of locks at a time would take more files than a process may have open.
  for (const listing of await scanRuns(folder)) rows.push(await rowOf(listing));
  const width = Math.max(0, ...rows.map((row) => printable(row.name).length));
  const lines = rows.map((row) =>
    [printable(row.name).padEnd(width), row.status.padEnd(11), stepsOf(row).padStart(15), row.evidence].join('  '),
  );
  output.result({ folder, runs: rows }, rows.length === 0 ? `There are no runs in ${folder}.` : lines.join('\n'));
  return EXIT.done;
}

async function rowOf(listing: RunListing): Promise<Row> {
  const { name, path } = listing;
  if (listing.kind === 'problem') return { name, path, status: 'unreadable', evidence: listing.problem };
  if (listing.kind === 'foreign') return { name, path, status: 'foreign', evidence: 'Event files of another program.' };
  const { step, totalSteps } = listing.record;
  return { name, path, ...(await statusOf(path, listing.record)), step, totalSteps };
}

/** A record that claims a living trainer is believed only while one holds the lock. */
async function statusOf(path: string, record: RunRecord): Promise<Pick<Row, 'status' | 'evidence'>> {
  const { status, failure } = record;
  if (status === 'failed') return { status, evidence: printable(failure?.message ?? '') };
  if (!isLive(status)) return { status, evidence: '' };
  const lock = await inspectLock(path);
  const dead = lock.state === 'free' || lock.state === 'stale';
  return { status: dead ? 'interrupted' : status, evidence: lock.evidence };
}

function stepsOf({ step, totalSteps }: Row): string {
  return step === undefined || totalSteps === undefined ? '' : `${grouped(step)}/${grouped(totalSteps)}`;
}
