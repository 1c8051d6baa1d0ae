import { printable } from '../runs/printable';
import { scanRuns } from '../runs/scan';
import { shellCommand } from '../runs/shellCommand';
import { EXIT } from './exit';
import type { Output } from './output';
import { grouped } from './progressLine';
import { rowOf, type Row } from './runRow';
import { table } from './table';
import { checkRunsFolder } from './targets';

/** `runs [DIR]`: all runs of a folder with their status, newest first; with `verbose` also the evidence for it. */
export async function listRuns(folder: string, output: Output, { verbose }: { verbose: boolean }): Promise<number> {
  await checkRunsFolder(folder);
  const rows: Row[] = [];
  // One after the other: thousands of locks and logs at once would exceed the limit of open files.
  for (const listing of await scanRuns(folder)) rows.push(await rowOf(listing));
  rows.sort((a, b) => compare(b.startedAt ?? '', a.startedAt ?? '') || compare(b.name, a.name));
  const lines = table(
    ['NAME', 'STATUS', 'EPOCH', 'STEP', 'BEST', 'STARTED', 'ENDED', 'BACKEND', ...(verbose ? ['EVIDENCE'] : [])],
    rows.map((row) => [...cells(row, Date.now()), ...(verbose ? [row.evidence] : [])]),
    // With --verbose nothing is truncated.
    verbose ? undefined : output.columns,
  );
  if (!verbose && rows.some(({ status }) => status === 'unreadable')) {
    lines.push(`Why some are unreadable: ${shellCommand(['latent', 'runs', folder, '--verbose'])}`);
  }
  lines.push(...rows.flatMap(alertLines));
  output.result(
    { folder, runs: rows },
    rows.length === 0 ? `There are no runs in ${printable(folder)}.` : lines.join('\n'),
  );
  return EXIT.done;
}

/** "gan-ring-001: Mode collapse since step 1200. Samples …" */
function alertLines({ name, alerts = [] }: Row): string[] {
  return alerts.map(({ title, step, text }) => `${printable(name)}: ${title} since step ${step}. ${text}`);
}

function cells({ name, status, step, totalSteps, epoch, epochs, best, ...row }: Row, now: number): string[] {
  const of = (count: string, all: string) => (status === 'finished' ? count : `${count}/${all}`);
  return [
    name,
    status,
    epoch === undefined || epochs === undefined ? '' : of(String(Number(epoch.toFixed(1))), String(epochs)),
    step === undefined || totalSteps === undefined ? '' : of(grouped(step), grouped(totalSteps)),
    best === undefined ? '' : `${best.label} ${Number(best.value.toPrecision(4))}`,
    since(row.startedAt, now),
    since(row.endedAt, now),
    row.backend?.description ?? '',
  ];
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** "3 h ago"; a time in the future, by another machine's clock, counts as now. */
export function since(date: string | undefined, now: number): string {
  const then = date === undefined ? NaN : Date.parse(date);
  if (Number.isNaN(then)) return '';
  const seconds = (now - then) / 1000;
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit === undefined ? 'just now' : `${Math.floor(seconds / unit[1])} ${unit[0]} ago`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
