import type { Columns } from './columns';

/**
 * The time axis of a run whose clock did not run evenly. Wall times are what the clock of the writing machine said: it
 * may have been set back (a correction, a resume on another machine), and then says nothing of how much time passed.
 * Time stands still there and continues at the clock's pace. A jump forward is kept, since a pause looks the same,
 * unless the clock was later set back by about as much: then that time never passed.
 */

/** From `step` on, `seconds` are added to what the clock said. */
interface Shift {
  readonly step: number;
  readonly seconds: number;
}

export interface SetBack {
  readonly step: number;
  /** How far the clock was set back, seconds. */
  readonly seconds: number;
}

export interface RunClock {
  readonly shifts: readonly Shift[];
  readonly setBacks: readonly SetBack[];
}

/** Less is two threads that logged at the same moment. */
const NOTICEABLE_SECONDS = 1;
/** A jump forward was undone where the one back is at most this many times as large or as small. */
const SAME_SIZE = 2;

/** Reads the clock's corrections from the series that records best which step was when. */
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

/** Seconds that never decrease, one for each point: wall times with the clock's corrections taken out. */
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
      // A correction that the other series did not see: it had ended, or was logged more seldom.
      shift += previous - time;
    } else if (previous === -Infinity) {
      previous = walls.find(Number.isFinite) ?? 0;
    }
    times[i] = previous;
  }
  return times;
}
