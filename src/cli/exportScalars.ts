import path from 'node:path';
import { csvLine } from '../common/csv';
import { plural } from '../common/plural';
import { RunLogReader } from '../runs/logReader';
import { EXIT } from './exit';
import { loggedRuns, type LoggedRun } from './loggedRuns';
import { writeOut } from './outFile';
import type { Output } from './output';
import { checkOut } from './targets';
import { UsageError } from './usageError';

export interface ExportOptions {
  readonly runs: string;
  readonly out?: string;
  /** Only tags that match this regular expression. */
  readonly tags?: string;
}

/** One logged scalar: the columns of an export, in this order. */
interface Scalar {
  readonly run: string;
  readonly tag: string;
  readonly step: number;
  /** Seconds since 1970. */
  readonly wall_time: number;
  readonly value: number;
}

const COLUMNS = ['run', 'tag', 'step', 'wall_time', 'value'] as const satisfies readonly (keyof Scalar)[];

type Writer = (scalars: AsyncIterable<Scalar>) => AsyncIterable<string>;

const WRITERS: Readonly<Record<string, Writer>> = { '.csv': csv, '.json': json };

/**
 * `export RUN…`: every logged scalar of the runs, in the order of the log, as a table. Points that a resume has superseded are
 * left out, as in the charts. Damaged places of a log are reported and left out.
 */
export async function exportScalars(
  targets: readonly string[],
  { runs, out, tags }: ExportOptions,
  output: Output,
): Promise<number> {
  if (out === undefined) throw new UsageError('Say where the scalars should go: --out FILE.csv or --out FILE.json');
  const extension = path.extname(out).toLowerCase();
  const writer = Object.hasOwn(WRITERS, extension) ? WRITERS[extension] : undefined;
  if (writer === undefined) throw new UsageError(`${out}: scalars go to --out FILE.csv or --out FILE.json`);
  const pattern = patternOf(tags);
  await checkOut(out);
  const found = await loggedRuns(targets, runs, (words) => output.remark(words));
  const counted = { scalars: 0, series: 0 };
  await writeOut(out, writer(scalarsOf(found, pattern, counted, output)));
  const text = `${plural(counted.scalars, 'scalar')} of ${plural(counted.series, 'tag')} in ${plural(found.length, 'run')}: ${out}`;
  output.result({ out: path.resolve(out), runs: found.map((run) => run.path), ...counted }, text);
  return EXIT.done;
}

function patternOf(tags: string | undefined): RegExp | undefined {
  try {
    return tags === undefined ? undefined : new RegExp(tags);
  } catch (error) {
    throw new UsageError(`--tags ${tags} is not a regular expression.`, { cause: error });
  }
}

/** Run by run, so that only one log is in memory at a time. */
async function* scalarsOf(
  runs: readonly LoggedRun[],
  pattern: RegExp | undefined,
  counted: { scalars: number; series: number },
  output: Output,
): AsyncGenerator<Scalar> {
  for (const run of runs) {
    const reader = new RunLogReader(run.path);
    await reader.refresh();
    const { scalars, problems } = reader.snapshot();
    for (const problem of problems) output.remark(`${run.name}: ${problem}`);
    for (const { tag, steps, walls, values } of scalars) {
      if (pattern !== undefined && !pattern.test(tag)) continue;
      counted.series += 1;
      counted.scalars += values.length;
      for (const [i, step] of steps.entries()) {
        yield { run: run.name, tag, step, wall_time: walls[i]!, value: values[i]! };
      }
    }
  }
}

async function* csv(scalars: AsyncIterable<Scalar>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const { run, tag, step, wall_time, value } of scalars) yield csvLine([run, tag, step, wall_time, value]);
}

/** JSON has no NaN and no infinities: they are strings, as in the JSON of Protocol Buffers. */
async function* json(scalars: AsyncIterable<Scalar>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const scalar of scalars) {
    yield separator + JSON.stringify(scalar, (_, value: unknown) => (isUnusual(value) ? String(value) : value));
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

function isUnusual(value: unknown): value is number {
  return typeof value === 'number' && !Number.isFinite(value);
}
