import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEventRecord, histogramOf } from '../../../../src/formats/tfevents';
import { decodeAll, encodeAll, scalarEvent, writableEvents } from './events';

describe('events', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(writableEvents, (event) => {
        const { events, decoder } = decodeAll(encodeEventRecord(event));
        expect(decoder.problems).toEqual([]);
        expect(events).toEqual([event]);
      }),
      { numRuns: 500 },
    );
  });

  it('keep every step that is a safe integer, and NaN and infinities', () => {
    const steps = [0, 1, 127, 128, 2 ** 28, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1, -1, -(2 ** 40), -(2 ** 53) + 1];
    const numbers = [NaN, Infinity, -Infinity, -0, 0, 2 ** -149];
    const events = steps.flatMap((step) => numbers.map((value) => scalarEvent(step, value)));
    expect(decodeAll(encodeAll(events)).events).toEqual(events);
  });

  it('round scalars to 32 bits, as TensorBoard does', () => {
    const [event] = decodeAll(encodeEventRecord(scalarEvent(1, 0.1))).events;
    expect(event).toEqual(scalarEvent(1, Math.fround(0.1)));
  });

  it('keep a description, and give it to the later values of the tag too', () => {
    const first = { kind: 'scalar', tag: 'loss', value: 1, description: 'nats' } as const;
    const bytes = encodeAll([{ wallTime: 1, step: 0, kind: 'summary', values: [first] }, scalarEvent(1, 2)]);
    const values = decodeAll(bytes).events.flatMap((event) => (event.kind === 'summary' ? event.values : []));
    expect(values).toMatchObject([first, { value: 2, description: 'nats' }]);
  });

  it('are written whole after one that could not be written', () => {
    const clean = encodeEventRecord(scalarEvent(1, 2));
    expect(() => encodeEventRecord(scalarEvent(NaN, 1))).toThrow(RangeError);
    expect(encodeEventRecord(scalarEvent(1, 2))).toEqual(clean);
  });

  it('are not written with a tensor that readers would refuse', () => {
    const write = (shape: number[], count: number) => () =>
      encodeEventRecord({
        wallTime: 0,
        step: 0,
        kind: 'summary',
        values: [{ kind: 'tensor', tag: 'x', shape, values: new Float32Array(count) }],
      });
    expect(write([1024, 1024], 2 ** 20)).not.toThrow();
    for (const [shape, count] of [
      [[2, 3], 5],
      [[2 ** 20 + 1], 2 ** 20 + 1],
      [[-2, -3], 6],
      [[0.5, 2], 1],
      [Array<number>(17).fill(1), 1],
    ] as const) {
      expect(write([...shape], count), `[${shape.join()}]`).toThrow(RangeError);
    }
  });

  it('tell apart the image formats that a page can show', () => {
    const starts: Record<string, number[]> = {
      'image/jpeg': [0xff, 0xd8, 0xff, 0xe0],
      'image/gif': [...Buffer.from('GIF89a')],
      'image/webp': [...Buffer.from('RIFF\n\x00\x00\x00WEBPVP8 ')],
      'image/bmp': [...Buffer.from('BM')],
      'application/octet-stream': [...Buffer.from('<svg onload=alert(1)>')],
    };
    for (const [mime, start] of Object.entries(starts)) {
      const image = { kind: 'image', tag: 'x', width: 1, height: 1, colorspace: 3, mime: 'image/png' } as const;
      const values = [{ ...image, bytes: Uint8Array.from(start) }];
      const [event] = decodeAll(encodeEventRecord({ wallTime: 0, step: 0, kind: 'summary', values })).events;
      expect(event).toMatchObject({ values: [{ mime }] });
    }
  });
});

describe('histogramOf', () => {
  it('counts every finite value in a bucket that holds it', () => {
    fc.assert(
      fc.property(fc.float32Array({ maxLength: 200 }), fc.integer({ min: 1, max: 40 }), (values, buckets) => {
        const { limits, counts, count, min, max, sum } = histogramOf(values, buckets);
        const finite = [...values].filter(Number.isFinite).map((value) => value + 0);
        expect(count).toBe(finite.length);
        expect(counts.reduce((total, n) => total + n, 0)).toBe(count);
        if (count === 0) return;
        expect([min, max]).toEqual([finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))]);
        expect(sum).toBe(finite.reduce((a, b) => a + b, 0));
        expect(limits.length).toBe(counts.length + 1);
        expect([limits[0], limits.at(-1)]).toEqual([min, max]);
        for (let i = 1; i < limits.length; i++) expect(limits[i]).toBeGreaterThanOrEqual(limits[i - 1]!);
      }),
    );
  });

  it('knows one zero only', () => {
    const { limits, min, max } = histogramOf(Float32Array.of(-0));
    expect([...limits, min, max]).toEqual([0, 0, 0, 0]);
  });

  it('puts a value on an inner edge into the bucket above it, and the greatest into the last', () => {
    expect([...histogramOf([0, 1, 2, 3, 4], 4).counts]).toEqual([1, 1, 1, 2]);
  });

  it('makes one bucket without width of equal values, and none of no value', () => {
    expect(histogramOf([3, 3, NaN])).toMatchObject({ limits: Float64Array.of(3, 3), counts: Float64Array.of(2) });
    expect(histogramOf([NaN])).toMatchObject({ limits: new Float64Array(0), count: 0 });
  });
});
