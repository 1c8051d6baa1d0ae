import fc from 'fast-check';
import type { LogEvent, WritableEvent, WritableValue } from '../../../../src/formats/tfevents';
import { EventStreamDecoder, encodeEventRecord, histogramOf } from '../../../../src/formats/tfevents';

const tag = fc.string({ unit: 'binary', maxLength: 12 });
const step = fc.maxSafeInteger();
const wallTime = fc.double({ min: 0, max: 4e9, noNaN: true });

const scalars = fc.float().map((value) => ({ kind: 'scalar' as const, value }));
const images = fc
  .tuple(fc.nat({ max: 5000 }), fc.nat({ max: 5000 }), fc.constantFrom(1, 3, 4), fc.uint8Array({ maxLength: 300 }))
  .map(([width, height, colorspace, tail]) => {
    const bytes = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...tail);
    return { kind: 'image' as const, width, height, colorspace, bytes, mime: 'image/png' as const };
  });
const histograms = fc
  .array(fc.float({ noDefaultInfinity: true, noNaN: true, min: -1e6, max: 1e6 }), { maxLength: 50 })
  .map((values) => ({ kind: 'histogram' as const, ...histogramOf(values) }));
const texts = fc.string({ unit: 'binary', maxLength: 50 }).map((text) => ({ kind: 'text' as const, text }));
const tensors = fc
  .array(fc.nat({ max: 4 }), { maxLength: 4 })
  .chain((shape) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = fc.float32Array({ minLength: count, maxLength: count });
    return fc.record({ plugin: fc.constantFrom('latent_studio', 'mesh'), shape: fc.constant(shape), values });
  })
  .map((tensor) => ({ kind: 'tensor' as const, ...tensor }));

const values: fc.Arbitrary<WritableValue> = fc
  .tuple(tag, fc.oneof(scalars, images, histograms, texts, tensors))
  .map(([name, value]) => ({ tag: name, ...value }));

/** Every event that we can write. */
export const writableEvents: fc.Arbitrary<WritableEvent> = fc.oneof(
  fc.record({ wallTime, step, kind: fc.constant('fileVersion' as const), version: fc.string({ minLength: 1 }) }),
  fc.record({ wallTime, step, kind: fc.constant('sessionStart' as const) }),
  fc.record({ wallTime, step, kind: fc.constant('other' as const) }),
  // One kind a tag: a tag keeps the plugin that its first value names.
  fc.record({
    wallTime,
    step,
    kind: fc.constant('summary' as const),
    values: fc.uniqueArray(values, { selector: (value) => value.tag, maxLength: 4 }),
  }),
);

export function scalarEvent(atStep: number, value: number, name = 'loss'): WritableEvent {
  return { wallTime: 1000 + atStep, step: atStep, kind: 'summary', values: [{ kind: 'scalar', tag: name, value }] };
}

export function encodeAll(events: readonly WritableEvent[]): Uint8Array {
  return new Uint8Array(Buffer.concat(events.map(encodeEventRecord)));
}

/** Decodes a whole log at once. */
export function decodeAll(bytes: Uint8Array): { events: LogEvent[]; decoder: EventStreamDecoder } {
  const decoder = new EventStreamDecoder();
  decoder.push(bytes);
  return { events: decoder.events(), decoder };
}
