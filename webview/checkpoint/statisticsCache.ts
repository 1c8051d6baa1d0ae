import { errorMessage } from '../../src/common/systemError';
import { isCancelled } from '../../src/protocol/channel';
import { MOST_MEASURED_TOGETHER, type StatisticsBatch, type TensorStatistics } from '../../src/protocol/tensors';
import type { Asked, Link } from './link';
import type { ShownFile } from './model/file';

/** Visible tensors up to this size are measured automatically; larger ones when they are selected. */
const LARGEST_UNASKED_BYTES = 16 * 1024 * 1024;
/** Maximum number of requests in flight. */
const AT_A_TIME = 2;
/** Smaller tensors are requested together, as long as the whole batch can be read quickly. */
const SMALL_BYTES = 512 * 1024;
const MOST_BYTES_TOGETHER = 4 * 1024 * 1024;
/** Limits for measuring invisible tensors, which sorting by means needs: their number and total bytes. */
const MOST_OUT_OF_SIGHT = 2_000;
const MOST_BYTES_OUT_OF_SIGHT = 1024 * 1024 * 1024;

export type Measured =
  | { readonly statistics: TensorStatistics }
  | { readonly problem: string }
  /** Cancelled by the user. */
  | { readonly cancelled: true };

/** Statistics of a file's tensors, each requested once; a queued request is dropped when its row is out of view. */
export class StatisticsCache {
  private readonly known = new Map<number, Measured>();
  /** By tensor; small ones share one. */
  private readonly running = new Map<number, Asked<unknown>>();
  /** Progress of long measurements, from 0 to 1. */
  private readonly shares = new Map<number, number>();
  private wanted: readonly number[] = [];
  /** Out of sight, but to be measured. */
  private others: readonly number[] = [];
  private all = false;
  private selected: number | undefined;

  /** @param onChange called when requested statistics have arrived */
  constructor(
    private readonly link: Pick<Link, 'ask'>,
    private readonly file: ShownFile,
    private readonly onChange: () => void,
  ) {}

  get(index: number): Measured | undefined {
    return this.known.get(index);
  }

  /** Undefined if it is unknown or does not exist. */
  mean(index: number): number | undefined {
    const measured = this.known.get(index);
    return measured !== undefined && 'statistics' in measured ? (measured.statistics.mean ?? undefined) : undefined;
  }

  /** Whether invisible tensors are measured, too, within the limits. */
  measureAll(all: boolean): void {
    if (all === this.all) return;
    this.all = all;
    let bytes = 0;
    const within = (index: number) => (bytes += this.file.tensors[index]!.bytes) <= MOST_BYTES_OUT_OF_SIGHT;
    const asked = all ? this.file.tensors.map((_, index) => index).filter((index) => this.mayAsk(index)) : [];
    this.others = asked.slice(0, MOST_OUT_OF_SIGHT).filter(within);
    this.next();
  }

  /** Progress of {@link measureAll}; undefined after its end. */
  get measuring(): { readonly done: number; readonly of: number } | undefined {
    const done = this.others.reduce((sum, index) => sum + (this.known.has(index) ? 1 : 0), 0);
    return done < this.others.length ? { done, of: this.others.length } : undefined;
  }

  /** Whether the tensor was left out although it could be measured. */
  isLeft(index: number): boolean {
    return !this.known.has(index) && this.file.has(index) && this.file.tensors[index]?.problem === undefined;
  }

  /** Stops measuring invisible tensors until {@link measureAll} is called again. */
  stopMeasuring(): void {
    this.others = [];
    for (const index of [...this.running.keys()]) {
      if (index !== this.selected && !this.wanted.includes(index)) this.callOff(index);
    }
    this.onChange();
    this.next();
  }

  share(index: number): number | undefined {
    return this.shares.get(index);
  }

  /** Sets the visible rows. */
  want(indices: readonly number[]): void {
    this.wanted = indices;
    for (const index of this.running.keys()) {
      if (index !== this.selected && !indices.includes(index) && this.others.length === 0) this.callOff(index);
    }
    this.next();
  }

  /** Sets the selected row, which is measured first at any size. */
  select(index: number | undefined): void {
    const before = this.selected;
    this.selected = index;
    if (before !== undefined && before !== index && this.running.has(before) && !this.mayAsk(before)) {
      this.callOff(before);
    }
    this.next();
  }

  /** Cancels measuring a tensor until {@link again}. */
  cancel(index: number): void {
    this.callOff(index);
    this.known.set(index, { cancelled: true });
    this.onChange();
    this.next();
  }

  /** Measures a tensor after {@link cancel}. */
  again(index: number): void {
    this.known.delete(index);
    this.next();
    this.onChange();
  }

  dispose(): void {
    for (const asked of this.running.values()) asked.cancel();
    this.running.clear();
  }

  /** Cancels a shared request once none of its tensors is wanted. */
  private callOff(index: number): void {
    const asked = this.running.get(index);
    this.running.delete(index);
    this.shares.delete(index);
    if (asked !== undefined && ![...this.running.values()].includes(asked)) asked.cancel();
  }

  private next(): void {
    const candidates = [...(this.selected === undefined ? [] : [this.selected]), ...this.wanted, ...this.others];
    const together = new Set<number>();
    let [bytes, questions] = [0, new Set(this.running.values()).size];
    const ask = () => {
      if (together.size > 0) this.startMany([...together]);
      questions += together.size > 0 ? 1 : 0;
      together.clear();
      bytes = 0;
    };
    for (const index of candidates) {
      if (questions >= AT_A_TIME && index !== this.selected) break;
      if (this.known.has(index) || this.running.has(index) || together.has(index) || !this.mayAsk(index)) continue;
      const size = this.file.tensors[index]?.bytes ?? 0;
      if (size > SMALL_BYTES) {
        ask();
        if (questions >= AT_A_TIME && index !== this.selected) break;
        this.startOne(index);
        questions++;
        continue;
      }
      together.add(index);
      bytes += size;
      if (together.size >= MOST_MEASURED_TOGETHER || bytes >= MOST_BYTES_TOGETHER) ask();
    }
    ask();
  }

  private mayAsk(index: number): boolean {
    const row = this.file.tensors[index];
    if (row === undefined || row.problem !== undefined) return false;
    return index === this.selected || row.bytes <= LARGEST_UNASKED_BYTES;
  }

  private startOne(index: number): void {
    const asked = this.link.ask('statistics', { tensor: index }, (done) => {
      this.shares.set(index, done);
      this.onChange();
    });
    this.settle([index], asked, (statistics) => [{ statistics }]);
  }

  private startMany(indices: readonly number[]): void {
    this.settle(indices, this.link.ask('statisticsOfMany', { tensors: [...indices] }), unpacked);
  }

  private settle<A>(indices: readonly number[], asked: Asked<A>, each: (answer: A) => readonly Measured[]): void {
    for (const index of indices) this.running.set(index, asked);
    const settle = (measured: readonly Measured[]) => {
      indices.forEach((index, i) => {
        if (this.running.get(index) !== asked) return;
        this.running.delete(index);
        this.shares.delete(index);
        this.known.set(index, measured[i] ?? { problem: 'It was not measured.' });
      });
      this.onChange();
      this.next();
    };
    asked.answer.then(
      (answer) => settle(each(answer)),
      (error: unknown) => {
        // The code that canceled it decides what happens next.
        if (!isCancelled(error)) settle(indices.map(() => ({ problem: errorMessage(error) })));
      },
    );
  }
}

function unpacked({ each, counts }: StatisticsBatch): Measured[] {
  let at = 0;
  return each.map((one) => {
    if (!('statistics' in one)) return one;
    const { bins, ...others } = one.statistics;
    at += bins;
    return { statistics: { ...others, counts: counts.subarray(at - bins, at) } };
  });
}
