import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamDecoder, encodeEventRecord } from '../../../../src/formats/tfevents';
import { maskedCrc32c } from '../../../../src/formats/tfevents/crc32c';
import { frameRecord } from '../../../../src/formats/tfevents/record';
import { WireWriter } from '../../../../src/common/wireWriter';
import { decodeAll, encodeAll, scalarEvent, writableEvents } from './events';

// From step 1 on, since step 0 is not written out: so all records have one length.
const events = Array.from({ length: 12 }, (_, index) => scalarEvent(index + 1, index * 2));
const log = encodeAll(events);
const recordLength = log.length / events.length;

describe('EventStreamDecoder', () => {
  it('gives the same events however the bytes are cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(writableEvents, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 90 })),
        (all, cuts) => {
          const bytes = encodeAll(all);
          const decoder = new EventStreamDecoder();
          const decoded = [];
          // The caller's buffer is used again for each piece.
          const buffer = new Uint8Array(bytes.length + 90);
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const piece = bytes.subarray(at, at + (cuts[turn % cuts.length] ?? bytes.length));
            buffer.set(piece);
            decoder.push(buffer.subarray(0, piece.length));
            decoded.push(...decoder.events());
            buffer.fill(0xee);
            at += piece.length;
          }
          expect(decoded).toEqual(decodeAll(bytes).events);
          expect(decoded.length).toBe(all.length);
          expect(decoder.offset).toBe(bytes.length);
        },
      ),
    );
  });

  it('waits for the rest of a torn tail and reports nothing', () => {
    for (let length = 0; length < log.length; length++) {
      const decoder = new EventStreamDecoder();
      decoder.push(log.subarray(0, length));
      const whole = Math.floor(length / recordLength);
      expect(decoder.events()).toEqual(events.slice(0, whole));
      expect(decoder.offset).toBe(whole * recordLength);
      expect(decoder.received).toBe(length);
      decoder.push(log.subarray(length));
      expect(decoder.events()).toEqual(events.slice(whole));
      expect(decoder.problems).toEqual([]);
    }
  });

  it('skips one damaged record, wherever the damage is, and says where', () => {
    for (let at = 3 * recordLength; at < 4 * recordLength; at++) {
      const damaged = log.slice();
      damaged[at]! ^= 0x10;
      const { events: read, decoder } = decodeAll(damaged);
      expect(read).toEqual([...events.slice(0, 3), ...events.slice(4)]);
      expect(decoder.problems).toMatchObject([{ offset: 3 * recordLength }]);
      expect(decoder.offset).toBe(log.length);
    }
  });

  it('finds the records that were written over a torn one', () => {
    const torn = encodeEventRecord(scalarEvent(99, 99, 'x'.repeat(300))).subarray(0, 40);
    const { events: read, decoder } = decodeAll(new Uint8Array([...log, ...torn, ...log, ...log]));
    expect(read).toEqual([...events, ...events, ...events]);
    expect(decoder.problems).toMatchObject([{ offset: log.length, reason: expect.stringContaining('checksum') }]);
  });

  it('gets over a hole of zeros, as a crash of the machine leaves it', () => {
    const { events: read, decoder } = decodeAll(new Uint8Array([...log, ...new Uint8Array(5000), ...log]));
    expect(read).toEqual([...events, ...events]);
    expect(decoder.problemCount).toBe(1);
  });

  it('finds what follows zeros, however many and wherever they and the pieces lie', () => {
    const garbage = fc.uint8Array({ minLength: 1, maxLength: 20, min: 1 });
    fc.assert(
      fc.property(garbage, fc.nat(200), garbage, fc.nat(50), fc.integer({ min: 1, max: 300 }), (a, m, b, n, size) => {
        const bytes = new Uint8Array([...log, ...a, ...new Uint8Array(m), ...b, ...new Uint8Array(n), ...log]);
        const decoder = new EventStreamDecoder();
        for (let at = 0; at < bytes.length; at += size) decoder.push(bytes.subarray(at, at + size));
        expect(decoder.events()).toEqual([...events, ...events]);
        expect(decoder.problemCount).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  it('gives a stream up that has long had no record, says so first, and holds none of it', () => {
    const wrong = Array.from({ length: 300 }, () => frameRecord(Uint8Array.of(0xff)));
    const decoder = new EventStreamDecoder({ maximumGapBytes: 10_000 });
    for (const piece of [log, ...wrong, new Uint8Array(10_000)]) decoder.push(piece);
    expect(decoder.givenUp).toBe(false);
    decoder.push(Uint8Array.from({ length: 5000 }, (_, index) => index));
    expect(decoder.givenUp).toBe(true);
    decoder.push(log);
    expect(decoder.events()).toEqual(events);
    expect(decoder.offset).toBe(decoder.received);
    expect(decoder.problems[0]).toEqual({
      offset: log.length + 300 * wrong[0]!.length,
      reason: expect.stringMatching(/not followed by an intact one for .*the rest of the file is not read/) as string,
    });
  });

  it('does not give up for one large record that is damaged', () => {
    const large = frameRecord(new Uint8Array(50_000).fill(7));
    large[30_000]! ^= 1;
    const decoder = new EventStreamDecoder({ maximumGapBytes: 10_000 });
    decoder.push(large);
    decoder.push(log);
    expect(decoder.events()).toEqual(events);
  });

  it('takes no memory for a length that is only announced', () => {
    const header = new Uint8Array(12);
    const view = new DataView(header.buffer);
    view.setBigUint64(0, 2n ** 62n, true);
    view.setUint32(8, maskedCrc32c(header, 0, 8), true);
    const { events: read, decoder } = decodeAll(new Uint8Array([...header, ...log]));
    expect(read).toEqual(events);
    expect(decoder.problems[0]?.reason).toContain('announces 4611686018427388000 bytes');

    const strict = new EventStreamDecoder({ maximumRecordBytes: 10 });
    strict.push(log);
    expect(strict.events()).toEqual([]);
    expect(strict.problemCount).toBe(events.length);
  });

  it('does not take forever over a file that was made to', () => {
    // Every 12 bytes begin a record of 4 MB with wrong data: read naively, that is 350,000 checksums of 4 MB each.
    const size = 4 * 1024 * 1024;
    const header = new Uint8Array(12);
    const view = new DataView(header.buffer);
    view.setUint32(0, size, true);
    view.setUint32(8, maskedCrc32c(header, 0, 8), true);
    const hostile = new Uint8Array(2 * size);
    for (let at = 0; at + 12 <= size; at += 12) hostile.set(header, at);
    const decoder = new EventStreamDecoder();
    decoder.push(hostile);
    decoder.push(log);
    expect(decoder.problemCount).toBeLessThan(100);
    expect(decoder.events().length).toBeGreaterThan(0);
  });

  it('reports a record that is whole but no event, and continues', () => {
    const wrong = frameRecord(Uint8Array.of(0x0a, 0x7f, 1));
    const { events: read, decoder } = decodeAll(new Uint8Array([...wrong, ...log]));
    expect(read).toEqual(events);
    expect(decoder.problems).toEqual([{ offset: 0, reason: 'is not an event: a field is longer than its message' }]);
  });

  it('keeps the other values of a record with a tensor of an impossible shape', () => {
    for (const shape of [[-1, -5], [2, -1], Array<number>(1_000).fill(1)]) {
      const decoded = decodeAll(frameRecord(eventWithTensor(shape)));
      expect(decoded.decoder.problems).toEqual([]);
      expect(decoded.events).toMatchObject([
        {
          values: [
            { tag: 't', kind: 'unread', problem: 'a tensor has an impossible shape' },
            { tag: 's', value: 2 },
          ],
        },
      ]);
    }
  });

  it('keeps a bounded list of problems', () => {
    const wrong = Array.from({ length: 300 }, () => frameRecord(Uint8Array.of(0xff)));
    const { decoder } = decodeAll(new Uint8Array(Buffer.concat(wrong)));
    expect(decoder.problems.length).toBe(100);
    expect(decoder.problemCount).toBe(300);
  });

  it('never throws, whatever bytes come', () => {
    const any = new EventStreamDecoder();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => any.push(bytes)));
    fc.assert(
      fc.property(writableEvents, fc.nat(), fc.integer({ min: 1, max: 255 }), (event, place, mask) => {
        // Damage below the checksum: the frame is right, the message is not.
        const data = encodeEventRecord(event).slice(12, -4);
        data[place % data.length]! ^= mask;
        const { events: read, decoder } = decodeAll(frameRecord(data));
        expect(read.length + decoder.problemCount).toBe(1);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives every one of 200,000 scalars that come in large pieces', () => {
    const count = 200_000;
    const bytes = encodeAll(Array.from({ length: count }, (_, step) => scalarEvent(step, step)));
    const decoder = new EventStreamDecoder();
    let read = 0;
    for (let at = 0; at < bytes.length; at += 1 << 20) {
      decoder.push(bytes.subarray(at, at + (1 << 20)));
      read += decoder.events().length;
    }
    expect(read).toBe(count);
  });
});

/** An event with a tensor "t" of this shape and one element, and a scalar "s" of 2. */
function eventWithTensor(shape: readonly number[]): Uint8Array {
  const message = (write: (writer: WireWriter) => void) => {
    const writer = new WireWriter();
    write(writer);
    return writer.written();
  };
  const sizes = shape.map((size) => message((axis) => axis.integer(1, size)));
  const tensor = message((writer) => {
    writer.integer(1, 1);
    writer.data(
      2,
      message((each) => sizes.forEach((size) => each.data(2, size))),
    );
    writer.data(4, new Uint8Array(4));
  });
  const value = (tag: string, write: (writer: WireWriter) => void) =>
    message((writer) => {
      writer.string(1, tag);
      write(writer);
    });
  const summary = message((writer) => {
    writer.data(
      1,
      value('t', (each) => each.data(8, tensor)),
    );
    writer.data(
      1,
      value('s', (each) => each.float(2, 2)),
    );
  });
  return message((writer) => writer.data(5, summary));
}
