import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Columns } from '../../../webview/shared/columns';
import { readClock, steadyTimes } from '../../../webview/shared/runClock';
import { RunStore, type RunView } from '../../../webview/shared/runStore';
import { summary } from '../../webview/support/runs';

const HOUR = 3600;
const YEAR = 365 * 86_400;

function columns(walls: readonly number[], steps = walls.map((_, i) => i)): Columns {
  const made = new Columns();
  const column = (numbers: readonly number[]) => Float64Array.from(numbers);
  made.replaceFrom({ tag: 'loss', start: 0, steps: column(steps), walls: column(walls), values: column(walls) });
  return made;
}

const times = (walls: readonly number[]) => {
  const read = columns(walls);
  return [...steadyTimes(read, readClock(read))];
};

function runOf(series: Readonly<Record<string, { steps: number[]; walls: number[] }>>): RunView {
  const store = new RunStore();
  const column = (numbers: readonly number[]) => Float64Array.from(numbers);
  store.apply({
    type: 'snapshot',
    complete: true,
    sequence: 1,
    runs: [summary()],
    removed: [],
    images: [],
    histograms: [],
    tensors: [],
    marks: [],
    details: [],
    scalars: [
      {
        run: 'run-1',
        series: Object.entries(series).map(([tag, { steps, walls }]) => ({
          tag,
          start: 0,
          steps: column(steps),
          walls: column(walls),
          values: column(walls),
        })),
      },
    ],
  });
  return store.get('run-1')!;
}

describe('the time of a run', () => {
  it('continues where the clock was set back, at the pace of the clock', () => {
    expect(times([5000, 5010, 5020, 1400, 1410])).toEqual([5000, 5010, 5020, 5020, 5030]);
  });

  it('leaves out a jump forward that was taken back', () => {
    expect(times([0, 10, YEAR + 20, YEAR + 30, 40, 50])).toEqual([0, 10, 10, 20, 20, 30]);
  });

  it('keeps a jump forward that was not taken back: it may be a pause', () => {
    expect(times([0, 10, YEAR, YEAR + 10])).toEqual([0, 10, YEAR, YEAR + 10]);
    expect(times([0, 10, YEAR, YEAR - HOUR, YEAR - HOUR + 10])).toEqual([0, 10, YEAR, YEAR, YEAR + 10]);
  });

  it('stands still at a wall time that is no number', () => {
    expect(times([NaN, 10, NaN, 20])).toEqual([10, 10, 10, 20]);
  });

  it('says where the clock was set back, and nothing of what two threads mix up', () => {
    expect(readClock(columns([7200, 7210, 3600, 3610])).setBacks).toEqual([{ step: 2, seconds: 3610 }]);
    expect(readClock(columns([1, 2, 1.99, 3])).setBacks).toEqual([]);
  });

  it('never decreases, and is the wall time where that ascends', () => {
    const walls = fc.array(fc.double({ min: 0, max: 1e10, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(walls, (any) => {
        const steady = times(any);
        expect(steady.every((time, i) => i === 0 || time >= steady[i - 1]!)).toBe(true);
        const sorted = [...any].sort((a, b) => a - b);
        expect(times(sorted)).toEqual(sorted);
      }),
    );
  });

  it('is the same for all series of a run, also one that begins after the clock was set back', () => {
    const run = runOf({
      train: { steps: [0, 1, 2, 3, 4, 5], walls: [7200, 7210, 7220, 3600, 3610, 3620] },
      test: { steps: [1, 4], walls: [7212, 3611] },
      late: { steps: [5], walls: [3621] },
    });
    const elapsed = (tag: string) => [...run.timesOf(run.series.get(tag)!)].map((time) => time - run.start);
    expect(elapsed('train')).toEqual([0, 10, 20, 20, 30, 40]);
    expect(elapsed('test')).toEqual([12, 31]);
    expect(elapsed('late')).toEqual([41]);
  });

  it('is read again when a resumed run replaces the points before which the clock was set back', () => {
    const made = columns([100, 50, 60]);
    expect(made.wallsAscend).toBe(false);
    const [steps, walls] = [Float64Array.from([1, 2]), Float64Array.from([110, 120])];
    made.replaceFrom({ tag: 'loss', start: 1, steps, walls, values: walls });
    expect(made.wallsAscend).toBe(true);
  });
});
