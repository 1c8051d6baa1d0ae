import { maskedCrc32c } from './crc32c';

/**
 * TFRecord framing: `u64 length · u32 masked CRC-32C of the length · data · u32 masked CRC-32C of the data`, little-endian.
 */
const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;

/** Frames data as one record. */
export function frameRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + data.length + FOOTER_BYTES);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc32c(record, 0, 8), true);
  record.set(data, HEADER_BYTES);
  view.setUint32(HEADER_BYTES + data.length, maskedCrc32c(data), true);
  return record;
}

/** Skipped bytes of a stream that are not a record. */
export interface RecordProblem {
  /** Its start, in bytes from the beginning of the stream. */
  readonly offset: number;
  /** The problem, as a predicate of "the record …". */
  readonly reason: string;
}

/** What {@link RecordScanner} tells of: each whole record, as a range of the scanner's buffer, and each problem. */
export interface RecordListener {
  /** Called during `push`; the bytes are overwritten later, so the callee must copy what it keeps. */
  record(bytes: Uint8Array, view: DataView, start: number, end: number, offset: number): void;
  problem(problem: RecordProblem): void;
}

/** Twice and more of the largest records seen in practice (image grids); TensorBoard's own limit for one is 256 MiB. */
export const MAXIMUM_RECORD_BYTES = 128 * 1024 * 1024;

/** A scanner that waits keeps no larger buffer: a window may watch many runs. */
const IDLE_BUFFER_BYTES = 1024 * 1024;

/**
 * How much may be read in vain by checksums that turn out wrong, beyond twice of what the stream brought: seeking from the
 * byte after each damaged record would otherwise take quadratic time for a malicious file.
 */
const VAIN_BYTES = 64 * 1024 * 1024;

/**
 * Maximum distance to search for the next record after the last intact one. Larger than typical logged images, so that one
 * damaged record does not lose the rest; a file without a record for a gigabyte is not a log.
 */
export const MAXIMUM_GAP_BYTES = 32 * 1024 * 1024;

/**
 * Cuts a stream into records. A record that is not complete yet is waited for; only bytes that arrived are held, so an
 * announced length takes no memory. A damaged record is reported once, and from the byte after its beginning on the next
 * place is sought at which a length has the right checksum: this also finds records that were written over a torn one,
 * where skipping by the torn record's length would lose them. When that takes too long, the rest of the stream is abandoned.
 */
export class RecordScanner {
  private buffer = new Uint8Array(0);
  private view = new DataView(this.buffer.buffer);
  /** The same bytes by fours: zeros are passed over that way. */
  private words = new Int32Array(this.buffer.buffer);
  private held = 0;
  private consumed = 0;
  private seeking = false;
  private vain = 0;
  /** The end of the last record whose length was sound. */
  private sound = 0;
  private lost = false;

  constructor(
    private readonly listener: RecordListener,
    private readonly maximum = MAXIMUM_RECORD_BYTES,
    private readonly gap = MAXIMUM_GAP_BYTES,
  ) {}

  /** Bytes of the stream that are done with: whole records, and damage that was skipped. */
  get offset(): number {
    return this.consumed;
  }

  /** Bytes of the stream that were pushed. */
  get received(): number {
    return this.consumed + this.held;
  }

  /** The gap without a record exceeded its limit: the search has ended, and further bytes are ignored. */
  get givenUp(): boolean {
    return this.lost;
  }

  /** Takes the next bytes of the stream; the caller may reuse them afterwards. */
  push(bytes: Uint8Array): void {
    if (this.lost) {
      this.consumed += bytes.length;
      return;
    }
    this.append(bytes);
    let at = 0;
    for (;;) {
      const next = this.advance(at);
      if (next === at) break;
      at = next;
    }
    if (this.seeking && this.consumed + at - this.sound > this.gap) at = this.giveUp();
    if (at > 0) this.buffer.copyWithin(0, at, this.held);
    this.held -= at;
    this.consumed += at;
    if (this.held === 0 && this.buffer.length > IDLE_BUFFER_BYTES) this.allocate(0);
  }

  /** The end of what can be decided from `at` on: a record, or a damaged byte; `at` itself when more bytes are needed. */
  private advance(at: number): number {
    if (this.seeking) return this.seek(at);
    const available = this.held - at;
    if (available < HEADER_BYTES) return at;
    if (!this.lengthHolds(at)) return this.damaged(at, 'has a length that fails its checksum');
    const length = this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 2 ** 32;
    if (length > this.maximum) {
      return this.damaged(at, `announces ${length} bytes, more than the ${this.maximum} allowed`);
    }
    const end = at + HEADER_BYTES + length;
    if (this.held < end + FOOTER_BYTES) return at;
    if (maskedCrc32c(this.buffer, at + HEADER_BYTES, end) !== this.view.getUint32(end, true)) {
      this.damaged(at, 'has data that fail their checksum');
      this.sound = this.consumed + end + FOOTER_BYTES;
      this.vain += length;
      if (this.vain <= VAIN_BYTES + 2 * (this.consumed + at)) return at + 1;
      this.seeking = false;
      return end + FOOTER_BYTES;
    }
    this.listener.record(this.buffer, this.view, at + HEADER_BYTES, end, this.consumed + at);
    this.sound = this.consumed + end + FOOTER_BYTES;
    return end + FOOTER_BYTES;
  }

  private damaged(at: number, reason: string): number {
    this.listener.problem({ offset: this.consumed + at, reason });
    this.seeking = true;
    return at + 1;
  }

  private seek(from: number): number {
    let at = from;
    for (; at + HEADER_BYTES <= this.held; at++) {
      // Almost every place is ruled out by the upper half of the length, which no record's length reaches.
      if (this.view.getUint32(at + 4, true) !== 0) continue;
      if (this.lengthHolds(at)) break;
      if (this.view.getUint32(at, true) === 0 && this.view.getUint32(at + 8, true) === 0) {
        at = Math.max(at, this.zerosUntil(at + HEADER_BYTES) - HEADER_BYTES); // where all of a header is zero it fails
      }
    }
    this.seeking = at + HEADER_BYTES > this.held;
    return this.seeking ? at : this.advance(at);
  }

  /** How far the zeros before `from` go on at least. */
  private zerosUntil(from: number): number {
    let word = from >>> 2;
    const end = this.held >>> 2;
    while (word < end && this.words[word] === 0) word++;
    return word * 4;
  }

  private giveUp(): number {
    this.lost = true;
    this.listener.problem({
      offset: this.sound,
      reason: `is not followed by an intact one for ${this.gap / 2 ** 20} MiB, so the rest of the file is not read`,
    });
    return this.held;
  }

  private lengthHolds(at: number): boolean {
    return maskedCrc32c(this.buffer, at, at + 8) === this.view.getUint32(at + 8, true);
  }

  private append(bytes: Uint8Array): void {
    const needed = this.held + bytes.length;
    if (needed > this.buffer.length) {
      this.allocate(Math.max(needed, 2 * this.buffer.length));
    }
    this.buffer.set(bytes, this.held);
    this.held = needed;
  }

  private allocate(size: number): void {
    const held = this.buffer.subarray(0, this.held);
    this.buffer = new Uint8Array(size);
    this.buffer.set(held);
    this.view = new DataView(this.buffer.buffer);
    this.words = new Int32Array(this.buffer.buffer, 0, size >>> 2);
  }
}
