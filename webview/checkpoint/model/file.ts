import type { HostToCheckpoint } from '../../../src/protocol/checkpointView';
import {
  DIFFERENCES,
  type Comparison,
  type Difference,
  type OtherRow,
  type TensorRow,
} from '../../../src/protocol/tensors';
import { SearchTexts } from './searchTexts';
import { TensorTree } from './tree';

type Message = Extract<HostToCheckpoint, { type: 'file' }>;

/** How a tensor compares to the other file's. */
export interface Change {
  readonly what: Difference;
  readonly relative: number;
  readonly largest: number;
  readonly other?: TensorRow;
}

/** The shown file, and its comparison with another file. */
export class ShownFile {
  private readonly listed: TensorRow[];
  private changes: readonly Change[] | undefined;
  private all: readonly TensorRow[];
  private ordered: TensorTree | undefined;
  private order: readonly number[] | undefined;
  private texts: SearchTexts | undefined;

  constructor(readonly message: Message) {
    this.listed = rowsOf(message.summary.table);
    this.all = this.listed;
  }

  /** The rows of the file; for a long table the first ones until the others have arrived. */
  get tensors(): readonly TensorRow[] {
    return this.listed;
  }

  get complete(): boolean {
    return this.listed.length >= this.message.summary.tensors;
  }

  /** Adds the next rows of the table. Returns false if there are none. */
  append(table: Uint8Array): boolean {
    const rows = rowsOf(table);
    this.order = undefined;
    this.texts = undefined;
    for (const row of rows) {
      this.listed.push(row);
      this.ordered?.add(row, this.listed.length - 1);
    }
    return rows.length > 0;
  }

  /** The rows of the file and, in a comparison, those that only the other file has. */
  get rows(): readonly TensorRow[] {
    return this.all;
  }

  get tree(): TensorTree {
    return (this.ordered ??= new TensorTree(this.all));
  }

  /** All rows in the order of the unfolded tree: comparing half a million whole names would take a second. */
  get byName(): readonly number[] {
    return (this.order ??= this.tree.order());
  }

  /** The texts that the filter searches, cached because each keystroke searches all of them. */
  get searchTexts(): SearchTexts {
    return (this.texts ??= new SearchTexts(this.all));
  }

  get compared(): boolean {
    return this.changes !== undefined;
  }

  change(index: number): Change | undefined {
    return this.changes?.[index];
  }

  /** Whether the service can be asked about a row. */
  has(index: number): boolean {
    return index < this.tensors.length;
  }

  compare(comparison: Comparison | undefined): void {
    if (comparison === undefined) {
      this.changes = undefined;
      this.list(this.listed);
      return;
    }
    const others = new Map(parsed<OtherRow[]>(comparison.others).map(({ at, row }) => [at, row]));
    this.changes = Array.from(comparison.what, (code, at) => ({
      what: DIFFERENCES[code] ?? 'same',
      relative: comparison.relative[at] ?? NaN,
      largest: comparison.largest[at] ?? NaN,
      other: others.get(at),
    }));
    const removed = [...others].filter(([at]) => at >= this.tensors.length).map(([, row]) => row);
    this.list(removed.length > 0 ? [...this.listed, ...removed] : this.listed);
  }

  /** Derived data is recomputed for changed rows only: for half a million rows it takes a second. */
  private list(rows: readonly TensorRow[]): void {
    if (rows === this.all) return;
    this.all = rows;
    this.ordered = undefined;
    this.order = undefined;
    this.texts = undefined;
  }
}

function rowsOf(table: Uint8Array): TensorRow[] {
  return parsed<TensorRow[]>(table);
}

/** Decodes a long list, which the host sends as JSON. */
function parsed<T>(json: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(json)) as T;
}
