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

/** The file that is shown, and what of another file it is compared with. */
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

  /** Of a long table the first ones, until the others have come. */
  get tensors(): readonly TensorRow[] {
    return this.listed;
  }

  get complete(): boolean {
    return this.listed.length >= this.message.summary.tensors;
  }

  /** The next rows of the table; false where there are none. */
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

  /** Those of the file; while it is compared also those that only the other file has. */
  get rows(): readonly TensorRow[] {
    return this.all;
  }

  get tree(): TensorTree {
    return (this.ordered ??= new TensorTree(this.all));
  }

  /** All rows in the order in which the unfolded tree has them: comparing half a million whole names would take a second. */
  get byName(): readonly number[] {
    return (this.order ??= this.tree.order());
  }

  /** What the filter looks through; made once, since a key typed into it asks for all of them. */
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

  /** What is known of the rows is found again only where they are others: of half a million that takes a second. */
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

/** What the host says is typed, and comes as JSON where there is much of it. */
function parsed<T>(json: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(json)) as T;
}
