import type { LiveState } from '../protocol/control';
import type { Presentation } from '../protocol/run';
import { isLive } from '../protocol/status';
import { printable, printableJson, printableLines } from '../runs/printable';
import { progressLine } from './progressLine';

/** The part of a stream that is used: process.stdout, or a list of strings in tests. */
export interface Sink {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Intervals between progress updates: a terminal updates one line; a file or a pipe gets a line now and then. */
const TERMINAL_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 5_000;
const JSON_MILLISECONDS = 1_000;

/**
 * Output of the command line: readable text, or (with --json) one JSON document per line on standard output, with
 * errors and remarks on standard error. Much of the content comes from untrusted files, so terminal control sequences
 * are removed.
 */
export class Output {
  private due = 0;
  private lineShown = false;

  constructor(
    readonly json: boolean,
    private readonly out: Sink = process.stdout,
    private readonly error: Sink = process.stderr,
  ) {}

  /** Width of the terminal; undefined if the output goes elsewhere or the width is unknown. */
  get columns(): number | undefined {
    return this.out.isTTY === true && this.out.columns ? this.out.columns : undefined;
  }

  /** Prints a result: the document with --json, otherwise the text. */
  result(document: object, words: string): void {
    this.clearLine();
    this.out.write(`${this.json ? printableJson(document) : printableLines(words)}\n`);
  }

  /** A notice for the user: never on standard output when that is JSON. */
  remark(words: string): void {
    this.clearLine();
    (this.json ? this.error : this.out).write(`${printableLines(words)}\n`);
  }

  problem(words: string): void {
    this.clearLine();
    this.error.write(`${printableLines(words)}\n`);
  }

  /** Progress of a run, at an interval that suits the output. */
  progress(state: LiveState, presentation: Presentation | undefined): void {
    // A start that fails immediately may be over before a client connects, and the end has its own event: without these
    // states, scripts receive the same events every time.
    if (this.json && (state.status === 'starting' || !isLive(state.status))) return;
    this.paced(JSON_MILLISECONDS, { event: 'progress', ...state }, () => progressLine(state, presentation));
  }

  /** Progress of another activity, by stage. */
  stage(document: object, words: string): void {
    this.paced(JSON_MILLISECONDS, document, () => words);
  }

  private paced(jsonMilliseconds: number, document: object, words: () => string): void {
    const live = !this.json && this.out.isTTY === true;
    const now = performance.now();
    if (now < this.due) return;
    this.due = now + (this.json ? jsonMilliseconds : live ? TERMINAL_MILLISECONDS : PLAIN_MILLISECONDS);
    if (this.json) this.out.write(`${printableJson(document)}\n`);
    else if (!live) this.out.write(`${printable(words())}\n`);
    else {
      // Returns to the start of the line and clears the rest of a longer previous one. A terminal of unknown width
      // reports 0.
      this.out.write(`\r${printable(words()).slice(0, (this.out.columns || 80) - 1)}\u001b[K`);
      this.lineShown = true;
    }
  }

  private clearLine(): void {
    if (this.lineShown) this.out.write('\r\u001b[K');
    this.lineShown = false;
  }
}
