import { median } from '../report';
import { barsOf, bestFunction, ratio } from './bars';
import { PYTORCH } from './contenders';
import { countingOutcome, type ModelResult, type OutcomeResult, type TrainingResult } from './result';

const HEAD = ['', 'ms a step', 'range', 'threads', 'first step', 'to PyTorch', 'to best tf.function'];

/** What all tables have in common. */
export function circumstances({ machine, batch, rounds }: TrainingResult): string {
  const how = `batch ${batch}, medians of ${rounds} rounds; forward, backward, Adam and reading the loss`;
  const where = `${machine.cores} × ${machine.processor}, ${machine.gibibytes} GiB, Node ${machine.node}`;
  return `Training steps: ${how}. ${machine.gpu === undefined ? '' : `On one ${machine.gpu}; `}${where}`;
}

/** One model: a row a contender, then the bars, which are of processors. */
export function inWords(result: ModelResult, { cores, gpu }: Pick<TrainingResult['machine'], 'cores' | 'gpu'>): string {
  const lines = table([HEAD, ...result.outcomes.map((outcome) => row(result, outcome))]);
  const [before, after] = result.load.map((load) => load.toFixed(1));
  return [
    `${result.title} (load ${before} before, ${after} after)`,
    ...lines.map((line) => `  ${line}`),
    ...result.outcomes.flatMap(remark).map((line) => `  ${line}`),
    ...(gpu === undefined ? barLines(result) : []).map((line) => `  ${line}`),
    ...(isBusy(result, cores)
      ? ['  The machine was busy with other things: measure again before believing a figure.']
      : []),
  ].join('\n');
}

/** One contender computes at a time, with a thread a core at most. */
function isBusy({ load }: ModelResult, cores: number): boolean {
  return Math.max(...load) > 1.5 * cores;
}

function row(result: ModelResult, outcome: OutcomeResult): string[] {
  if (!('rounds' in outcome)) return [outcome.title, '–', '', '', '', '', ''];
  const { rounds, threads, firstStep } = outcome;
  const against = (other: ReturnType<typeof bestFunction>) => (other ? ratio(outcome, other).toFixed(2) : '');
  return [
    outcome.title,
    milliseconds(median(rounds)),
    `${milliseconds(Math.min(...rounds))}–${milliseconds(Math.max(...rounds))}`,
    String(threads),
    firstStep < 1000 ? `${milliseconds(firstStep)} ms` : `${(firstStep / 1000).toFixed(1)} s`,
    against(countingOutcome(result, PYTORCH)),
    against(bestFunction(result)),
  ];
}

function remark(outcome: OutcomeResult): string[] {
  if (!('rounds' in outcome)) return [`${outcome.title}: ${outcome.failure}`];
  return outcome.disagreement ? [`${outcome.title} does not count: ${outcome.disagreement}`] : [];
}

function barLines(result: ModelResult): string[] {
  return barsOf(result).map(({ against, atMost, ratio: reached }) => {
    const verdict = reached === undefined ? 'no figure' : reached <= atMost ? 'met' : 'NOT MET';
    return `compiled to ${against}: ${reached?.toFixed(2) ?? '–'} (at most ${atMost.toFixed(2)}): ${verdict}`;
  });
}

export function milliseconds(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
