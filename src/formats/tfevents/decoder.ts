import { FormatError } from '../error';
import { EventDecoder } from './decodeEvent';
import type { LogEvent } from './event';
import { MAXIMUM_GAP_BYTES, MAXIMUM_RECORD_BYTES, RecordScanner, type RecordProblem } from './record';

/** Maximum number of listed problems; an entirely damaged file needs no list as long as itself. */
const MAXIMUM_PROBLEMS = 100;

/**
 * Decodes a growing log: push bytes as they arrive, from a file or a live trainer, and take the events. An incomplete
 * record at the end stays pending; a damaged record is skipped and listed in `problems`. Never throws for any input.
 */
export class EventStreamDecoder {
  private readonly scanner: RecordScanner;
  private readonly decoder = new EventDecoder();
  private readonly found: RecordProblem[] = [];
  private queue: LogEvent[] = [];
  private total = 0;

  constructor({
    maximumRecordBytes = MAXIMUM_RECORD_BYTES,
    maximumGapBytes = MAXIMUM_GAP_BYTES,
  }: { maximumRecordBytes?: number; maximumGapBytes?: number } = {}) {
    this.scanner = new RecordScanner(
      {
        record: (bytes, view, start, end, offset) => {
          try {
            this.queue.push(this.decoder.decode(bytes, view, start, end));
          } catch (error) {
            if (!(error instanceof FormatError)) throw error;
            this.report({ offset, reason: `is not an event: ${error.message}` });
          }
        },
        problem: (problem) => this.report(problem),
      },
      maximumRecordBytes,
      maximumGapBytes,
    );
  }

  /** Takes the next bytes of the log; the caller may reuse them afterwards. Best in pieces of a megabyte or less. */
  push(bytes: Uint8Array): void {
    this.scanner.push(bytes);
  }

  /** The events that were completed since the last call. */
  events(): LogEvent[] {
    const taken = this.queue;
    this.queue = [];
    return taken;
  }

  /** Whether the rest of the log is ignored, because too much of it was not a record; `problems` begins with that. */
  get givenUp(): boolean {
    return this.scanner.givenUp;
  }

  /** Skipped records, oldest first; at most the first hundred. */
  get problems(): readonly RecordProblem[] {
    return this.found;
  }

  /** Total number of skipped records, including those not listed. */
  get problemCount(): number {
    return this.total;
  }

  /** Bytes of the log that are done with: whole records, and damage that was skipped. */
  get offset(): number {
    return this.scanner.offset;
  }

  /** Bytes of the log that were pushed: where the next ones must come from. */
  get received(): number {
    return this.scanner.received;
  }

  private report(problem: RecordProblem): void {
    this.total++;
    if (this.scanner.givenUp) this.found.unshift(problem);
    else if (this.found.length < MAXIMUM_PROBLEMS) this.found.push(problem);
  }
}
