import { errorMessage } from '../../src/common/systemError';
import { isCancelled } from '../../src/protocol/channel';
import { MOST_MEASURED_TOGETHER, type StatisticsBatch, type TensorStatistics } from '../../src/protocol/tensors';
import type { Asked, Link } from './link';
import type { ShownFile } from './model/file';

/** What is asked for by itself, because it is in sight; larger tensors are measured when they are selected. */
const LARGEST_UNASKED_BYTES = 16 * 1024 * 1024;
/** Questions, not tensors. */
const AT_A_TIME = 2;
/** Smaller ones are asked for together, as long as all of them are read in a moment. */
const SMALL_BYTES = 512 * 1024;
const MOST_BYTES_TOGETHER = 4 * 1024 * 1024;
/** Of those out of sight, for who sorts by it: so many tensors, and bytes of all together. */
const MOST_OUT_OF_SIGHT = 2_000;
const MOST_BYTES_OUT_OF_SIGHT = 1024 * 1024 * 1024;

export type Measured =
  | { readonly statistics: TensorStatistics }
  | { readonly problem: string }
  /** The user has called it off. */
  | { readonly cancelled: true };

/** Statistics of a file's tensors, each asked for once; what goes out of sight before its turn is not asked for. */
export class StatisticsCache {
  private readonly known = new Map<number, Measured>();
  /** By tensor; small ones share one. */
  private readonly running = new Map<number, Asked<unknown>>();
  /** How far it is with those that take a while, from 0 to 1. */
  private readonly shares = new Map<number, number>();
  private wanted: readonly number[] = [];
  /** Out of sight, but to be measured. */
  private others: readonly number[] = [];
  private all = false;
  private selected: number | undefined;

  /** @param onChange something that was asked for is there now */
  constructor(
    private readonly link: Pick<Link, 'ask'>,
    private readonly file: ShownFile,
    private readonly onChange: () => void,
  ) {}

  get(index: number): Measured | undefined {
    return this.known.get(index);
  }

  /** Undefined where it is not known, or there is none. */
  mean(index: number): number | undefined {
    const measured = this.known.get(index);
    return measured !== undefined && 'statistics' in measured ? (measured.statistics.mean ?? undefined) : undefined;
  }

  /** Whether also tensors out of sight are to be measured, as far as that takes moments and not minutes. */
  measureAll(all: boolean): void {
    if (all === this.all) return;
    this.all = all;
    let bytes = 0;
    const within = (index: number) => (bytes += this.file.tensors[index]!.bytes) <= MOST_BYTES_OUT_OF_SIGHT;
    const asked = all ? this.file.tensors.map((_, index) => index).filter((index) => this.mayAsk(index)) : [];
    this.others = asked.slice(0, MOST_OUT_OF_SIGHT).filter(within);
    this.next();
  }

  /** How far it is with {@link measureAll}; undefined when that has ended. */
  get measuring(): { readonly done: number; readonly of: number } | undefined {
    const done = this.others.reduce((sum, index) => sum + (this.known.has(index) ? 1 : 0), 0);
    return done < this.others.length ? { done, of: this.others.length } : undefined;
  }

  /** Whether the tensor was left out although it could be measured. */
  isLeft(index: number): boolean {
    return !this.known.has(index) && this.file.has(index) && this.file.tensors[index]?.problem === undefined;
  }

  /** What is out of sight is measured no further, until {@link measureAll} begins anew. */
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

  /** The rows that are in sight now. */
  want(indices: readonly number[]): void {
    this.wanted = indices;
    for (const index of this.running.keys()) {
      if (index !== this.selected && !indices.includes(index) && this.others.length === 0) this.callOff(index);
    }
    this.next();
  }

  /** The row that is looked at: measured first, however large it is. */
  select(index: number | undefined): void {
    const before = this.selected;
    this.selected = index;
    if (before !== undefined && before !== index && this.running.has(before) && !this.mayAsk(before)) {
      this.callOff(before);
    }
    this.next();
  }

  /** Measuring the tensor ends, until it is asked for again. */
  cancel(index: number): void {
    this.callOff(index);
    this.known.set(index, { cancelled: true });
    this.onChange();
    this.next();
  }

  /** After {@link cancel}. */
  again(index: number): void {
    this.known.delete(index);
    this.next();
    this.onChange();
  }

  dispose(): void {
    for (const asked of this.running.values()) asked.cancel();
    this.running.clear();
  }

  /** What is asked for together ends when nobody waits for any of it. */
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
        // Whatever cancelled it has said what follows.
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
