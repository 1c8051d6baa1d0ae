import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEventRecord } from '../../../src/formats/tfevents';
import { LogFile } from '../../../src/runs/logFile';
import { SeriesStore } from '../../../src/runs/series';
import { anyLog, expectedPoints, Receiver, scalarEvent, startEvent } from './support/logEvents';

const nowhere = { file: 'f', start: 0, end: 0 };
/** A tag whose points are all gone is the same as one that never was. */
const nonEmpty = (points: Map<string, [number, number][]>) => new Map([...points].filter(([, all]) => all.length > 0));

describe('SeriesStore', () => {
  it('gives the same series however the bytes are cut and however often updates are taken', () => {
    fc.assert(
      fc.property(
        anyLog,
        fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
        fc.infiniteStream(fc.boolean()),
        (log, sizes, takes) => {
          const store = new SeriesStore();
          const file = new LogFile('/nowhere', 'f', (events, window) => store.apply(events, window));
          const receiver = new Receiver();
          const bytes = Buffer.concat(log.map(encodeEventRecord));
          for (let at = 0; at < bytes.length;) {
            const size = sizes.next().value;
            file.push(bytes.subarray(at, at + size));
            at += size;
            if (takes.next().value) receiver.receive(store.take());
          }
          receiver.receive(store.take());
          expect(nonEmpty(receiver.points)).toEqual(nonEmpty(expectedPoints(log)));
          const whole = new Receiver();
          whole.receive(store.snapshot());
          expect(nonEmpty(whole.points)).toEqual(nonEmpty(receiver.points));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has strictly ascending steps in every tag', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const store = new SeriesStore();
        store.apply(log, nowhere);
        for (const { steps } of store.snapshot().scalars) {
          for (let index = 1; index < steps.length; index++) expect(steps[index]).toBeGreaterThan(steps[index - 1]!);
        }
      }),
    );
  });

  it('drops the points of all tags at and after the step of a restart, and keeps those before', () => {
    const store = new SeriesStore();
    store.apply(
      [49, 50, 51].flatMap((step) => [scalarEvent('a', step, 1), scalarEvent('b', step, 2)]),
      nowhere,
    );
    store.apply([startEvent(51)], nowhere);
    const steps = store.snapshot().scalars.map((series) => [...series.steps]);
    expect(steps).toEqual([
      [49, 50],
      [49, 50],
    ]);
  });

  it('sends only changes, and a cut as a delta without points', () => {
    const store = new SeriesStore();
    store.apply(
      [1, 2, 3].map((step) => scalarEvent('a', step, step)),
      nowhere,
    );
    store.take();
    store.apply([scalarEvent('a', 4, 4)], nowhere);
    expect(store.take().scalars).toMatchObject([{ tag: 'a', start: 3, steps: Float64Array.of(4) }]);
    expect(store.take()).toEqual({ scalars: [], images: [], histograms: [], tensors: [] });
    store.apply([startEvent(2)], nowhere);
    expect(store.take().scalars).toMatchObject([{ tag: 'a', start: 1, steps: new Float64Array(0) }]);
  });

  it('gives arrays that own their buffers, which can so be handed to another thread', () => {
    const store = new SeriesStore();
    store.apply(
      [1, 2, 3].map((step) => scalarEvent('a', step, step)),
      nowhere,
    );
    const { steps, walls, values } = store.take().scalars[0]!;
    for (const column of [steps, walls, values]) expect(column.buffer.byteLength).toBe(3 * 8);
  });

  it('stops at its limits and says so, once', () => {
    const store = new SeriesStore({ tags: 2, points: 5 });
    store.apply(
      ['a', 'b', 'c', 'd'].map((tag) => scalarEvent(tag, 1, 1)),
      nowhere,
    );
    expect(store.snapshot().scalars.map((series) => series.tag)).toEqual(['a', 'b']);
    store.apply(
      Array.from({ length: 20 }, (_, step) => scalarEvent('a', step + 2, 1)),
      nowhere,
    );
    expect(store.snapshot().scalars[0]!.steps.length).toBe(4);
    expect(store.problems).toEqual([
      expect.stringMatching(/more than 2 tags/),
      expect.stringMatching(/more than 5 points/),
    ]);
    store.reset();
    expect(store.problems).toEqual([]);
  });

  it('holds tags with names that objects have', () => {
    const store = new SeriesStore();
    store.apply(
      ['__proto__', 'constructor'].map((tag) => scalarEvent(tag, 1, 1)),
      nowhere,
    );
    expect(store.snapshot().scalars.map((series) => series.tag)).toEqual(['__proto__', 'constructor']);
  });
});
