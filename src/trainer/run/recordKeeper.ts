import type { RunRecord } from '../../protocol/run';
import type { RunDirectory } from '../../runs/directory';
import { RunError } from '../../runs/error';

/** How often the number of finished steps is written while nothing else changes. */
const PROGRESS_MILLISECONDS = 5_000;

/** The number of notes on renames of the folder that stay: a script may rename it all day. */
const MOST_MOVES_NOTED = 5;
const MOVE_NOTE = /^The folder of the run was renamed from .+ to .+ at step \d+\.$/su;

export function moveNote(from: string, to: string, step: number): string {
  return `The folder of the run was renamed from ${from} to ${to} at step ${step}.`;
}

/** Keeps `run.json`: updates are on disk when their promise resolves, mere progress is written every few seconds. */
export class RecordKeeper {
  private due = 0;
  private behind = false;
  private writing: Promise<void> = Promise.resolve();
  private problem: unknown;

  constructor(
    private readonly run: RunDirectory,
    private record: RunRecord,
  ) {}

  get current(): RunRecord {
    return this.record;
  }

  /** Changes the record and writes it. Throws for an invalid record, and then changes nothing. */
  async update(patch: Partial<RunRecord>): Promise<void> {
    const before = this.record;
    this.record = { ...before, ...patch };
    try {
      await this.write();
    } catch (error) {
      // An invalid record would spoil every later write too, whereas a full disk may have room again.
      if (error instanceof RunError) this.record = before;
      throw error;
    }
  }

  /** Adds a note unless it is there already. Only the newest few notes of a renamed folder stay. */
  async note(text: string): Promise<void> {
    const { notes } = this.record;
    if (notes.includes(text)) return;
    const all = [...notes, text];
    const moves = all.filter((note) => MOVE_NOTE.test(note));
    const outdated = new Set(moves.slice(0, -MOST_MOVES_NOTED));
    await this.update({ notes: all.filter((note) => !outdated.has(note)) });
  }

  /** Records progress, which is written every few seconds in the background. Throws the error of the last such write. */
  progress(step: number, epoch: number): void {
    if (this.problem !== undefined) throw this.problem;
    this.record = { ...this.record, step, epoch };
    if (this.behind || performance.now() < this.due) return;
    this.behind = true;
    this.writing = this.write()
      .catch((error: unknown) => (this.problem = error))
      .then(() => {
        this.behind = false;
      });
  }

  /** Waits for the write in the background. */
  settled(): Promise<void> {
    return this.writing;
  }

  private write(): Promise<void> {
    this.due = performance.now() + PROGRESS_MILLISECONDS;
    return this.run.writeRecord(this.record);
  }
}
