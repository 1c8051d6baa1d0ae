import { errorMessage } from '../../src/common/systemError';
import type { TensorStatistics } from '../../src/protocol/tensors';
import type { Asked, Link } from './link';
import type { ShownFile } from './model/file';

/** What is asked for by itself, because it is in sight; larger tensors are measured when they are selected. */
const LARGEST_UNASKED_BYTES = 16 * 1024 * 1024;
const AT_A_TIME = 2;
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
  private readonly running = new Map<number, Asked<TensorStatistics>>();
  /** How far it is with those that take a while, from 0 to 1. */
  private readonly shares = new Map<number, number>();
  private wanted: readonly number[] = [];
  /** Out of sight, but to be measured. */
  private others: readonly number[] = [];
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
    if (all === this.others.length > 0) return;
    let bytes = 0;
    const within = (index: number) => (bytes += this.file.tensors[index]!.bytes) <= MOST_BYTES_OUT_OF_SIGHT;
    const asked = all ? this.file.tensors.map((_, index) => index).filter((index) => this.mayAsk(index)) : [];
    this.others = asked.slice(0, MOST_OUT_OF_SIGHT).filter(within);
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

  private callOff(index: number): void {
    this.running.get(index)?.cancel();
    this.running.delete(index);
    this.shares.delete(index);
  }

  private next(): void {
    const candidates = [...(this.selected === undefined ? [] : [this.selected]), ...this.wanted, ...this.others];
    for (const index of candidates) {
      if (this.running.size >= AT_A_TIME && index !== this.selected) return;
      if (this.known.has(index) || this.running.has(index) || !this.mayAsk(index)) continue;
      this.start(index);
    }
  }

  private mayAsk(index: number): boolean {
    const row = this.file.tensors[index];
    if (row === undefined || row.problem !== undefined) return false;
    return index === this.selected || row.bytes <= LARGEST_UNASKED_BYTES;
  }

  private start(index: number): void {
    const asked = this.link.ask({ type: 'statistics', tensor: index }, (done) => {
      this.shares.set(index, done);
      this.onChange();
    });
    this.running.set(index, asked);
    const settle = (measured: Measured) => {
      if (this.running.get(index) !== asked) return;
      this.running.delete(index);
      this.shares.delete(index);
      this.known.set(index, measured);
      this.onChange();
      this.next();
    };
    asked.answer.then(
      (statistics) => settle({ statistics }),
      (error: unknown) => settle({ problem: errorMessage(error) }),
    );
  }
}
