import fc from 'fast-check';
import { LOCATED_KINDS, type LocatedKind, type SeriesUpdate } from '../../../../src/protocol/logs';
import { WireWriter } from '../../../../src/common/wireWriter';
import type { WritableEvent } from '../../../../src/formats/tfevents';
import { frameRecord } from '../../../../src/formats/tfevents/record';

export const scalarEvent = (tag: string, step: number, value: number): WritableEvent => ({
  wallTime: 1_700_000_000 + step,
  step,
  kind: 'summary',
  values: [{ kind: 'scalar', tag, value }],
});
export const startEvent = (step: number): WritableEvent => ({ wallTime: 1_700_000_000, step, kind: 'sessionStart' });

/**
 * A record at step 4 with the scalar `beside` and a tensor that our own writer would refuse.
 * @param type a `tensorflow.DataType`
 * @param elements eight bytes of content, or one number that stands for all
 */
export function tensorRecord(tag: string, type: number, shape: readonly number[], elements: 'content' | 'repeated') {
  const writer = new WireWriter();
  writer.clear();
  writer.double(1, 1);
  writer.integer(2, 4);
  writer.message(5, () => {
    writer.message(1, () => {
      writer.string(1, tag);
      writer.message(8, () => {
        writer.integer(1, type);
        writer.message(2, () => {
          for (const size of shape) writer.message(2, () => writer.integer(1, size));
        });
        if (elements === 'content') writer.data(4, new Uint8Array(8));
        else writer.float(5, 0.5);
      });
    });
    writer.message(1, () => {
      writer.string(1, 'beside');
      writer.float(2, 1);
    });
  });
  return frameRecord(writer.written());
}

/** Logs of few tags and steps, so that points supersede each other often. */
export const anyLog: fc.Arbitrary<WritableEvent[]> = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.tuple(fc.constantFrom('a', 'b'), fc.nat(12), fc.nat(99)).map((all) => scalarEvent(...all)),
    },
    { weight: 1, arbitrary: fc.nat(12).map(startEvent) },
  ),
  { maxLength: 60 },
);

/** The rule in its plainest form: a list of points that is filtered. */
export function expectedPoints(events: readonly WritableEvent[]): Map<string, [number, number][]> {
  const points = new Map<string, [number, number][]>();
  for (const event of events) {
    if (event.kind === 'sessionStart') {
      for (const [tag, all] of points)
        points.set(
          tag,
          all.filter(([step]) => step < event.step),
        );
    } else if (event.kind === 'summary') {
      for (const value of event.values) {
        if (value.kind !== 'scalar') continue;
        const kept = (points.get(value.tag) ?? []).filter(([step]) => step < event.step);
        points.set(value.tag, [...kept, [event.step, value.value]]);
      }
    }
  }
  return points;
}

/** A receiver of updates, as a view is one. */
export class Receiver {
  readonly points = new Map<string, [number, number][]>();
  readonly located: Readonly<Record<LocatedKind, Map<string, number[]>>> = {
    images: new Map(),
    histograms: new Map(),
    tensors: new Map(),
  };
  problems: readonly string[] = [];

  receive(update: SeriesUpdate & { readonly problems?: readonly string[] }): void {
    for (const { tag, start, steps, values } of update.scalars) {
      const before = this.points.get(tag) ?? [];
      if (start > before.length) throw new Error(`A delta of ${tag} leaves a gap before ${start}.`);
      const added = [...steps].map((step, index): [number, number] => [step, values[index]!]);
      this.points.set(tag, [...before.slice(0, start), ...added]);
    }
    for (const kind of LOCATED_KINDS) {
      for (const { tag, steps } of update[kind]) this.located[kind].set(tag, [...steps]);
    }
    this.problems = update.problems ?? this.problems;
  }
}
