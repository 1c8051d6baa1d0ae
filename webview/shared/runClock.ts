import type { Columns } from './columns';

/**
 * The time axis of a run whose clock was adjusted. Wall times come from the clock of the writing machine, which may
 * have been set back (a correction, a resume on another machine) and then says nothing about how much time passed. Time
 * stands still there and continues at the clock's pace. A jump forward is kept, since a pause looks the same, unless
 * the clock was later set back by about as much: then that time never passed.
 */

/** From `step` on, `seconds` are added to the clock's time. */
interface Shift {
  readonly step: number;
  readonly seconds: number;
}

export interface SetBack {
  readonly step: number;
  /** How far the clock was set back, in seconds. */
  readonly seconds: number;
}

export interface RunClock {
  readonly shifts: readonly Shift[];
  readonly setBacks: readonly SetBack[];
}

/** A smaller decrease is two threads logging at the same moment. */
const NOTICEABLE_SECONDS = 1;
/** A jump forward was undone if the later jump back differs from it by at most this factor. */
const SAME_SIZE = 2;

/** Derives the clock's corrections from the series that best records when each step was taken. */
export function readClock({ steps, walls }: Pick<Columns, 'steps' | 'walls'>): RunClock {
  const shifts: Shift[] = [];
  const setBacks: SetBack[] = [];
  /** The longest interval since the last correction. */
  let longest = { index: 0, seconds: 0 };
  for (let i = 1; i < walls.length; i++) {
    const passed = walls[i]! - walls[i - 1]!;
    if (passed > longest.seconds) longest = { index: i, seconds: passed };
    if (!(passed < 0)) continue;
    const { index, seconds } = longest;
    if (-passed >= NOTICEABLE_SECONDS && seconds * SAME_SIZE >= -passed && seconds <= -passed * SAME_SIZE) {
      shifts.push({ step: steps[index]!, seconds: -seconds });
    }
    shifts.push({ step: steps[i]!, seconds: -passed });
    if (-passed >= NOTICEABLE_SECONDS) setBacks.push({ step: steps[i]!, seconds: -passed });
    longest = { index: i, seconds: 0 };
  }
  return { shifts, setBacks };
}

/** Seconds that never decrease, one per point: wall times without the clock's corrections. */
export function steadyTimes({ steps, walls }: Pick<Columns, 'steps' | 'walls'>, { shifts }: RunClock): Float64Array {
  const times = new Float64Array(walls.length);
  let shift = 0;
  let next = 0;
  let previous = -Infinity;
  for (let i = 0; i < walls.length; i++) {
    while (next < shifts.length && shifts[next]!.step <= steps[i]!) shift += shifts[next++]!.seconds;
    const time = walls[i]! + shift;
    if (time >= previous) {
      previous = time;
    } else if (Number.isFinite(time)) {
      // A correction that the other series missed: it had ended, or was logged less often.
      shift += previous - time;
    } else if (previous === -Infinity) {
      previous = walls.find(Number.isFinite) ?? 0;
    }
    times[i] = previous;
  }
  return times;
}
