import fc from 'fast-check';
import type { LogUpdate } from '../../../../src/protocol/logs';
import type { WritableEvent } from '../../../../src/formats/tfevents';

export const scalarEvent = (tag: string, step: number, value: number): WritableEvent => ({
  wallTime: 1_700_000_000 + step,
  step,
  kind: 'summary',
  values: [{ kind: 'scalar', tag, value }],
});
export const startEvent = (step: number): WritableEvent => ({ wallTime: 1_700_000_000, step, kind: 'sessionStart' });

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
  readonly images = new Map<string, number[]>();
  readonly histograms = new Map<string, number[]>();
  problems: readonly string[] = [];

  receive(
    update: Pick<LogUpdate, 'scalars' | 'images' | 'histograms'> & { readonly problems?: readonly string[] },
  ): void {
    for (const { tag, start, steps, values } of update.scalars) {
      const before = this.points.get(tag) ?? [];
      if (start > before.length) throw new Error(`A delta of ${tag} leaves a gap before ${start}.`);
      const added = [...steps].map((step, index): [number, number] => [step, values[index]!]);
      this.points.set(tag, [...before.slice(0, start), ...added]);
    }
    for (const { tag, steps } of update.images) this.images.set(tag, [...steps]);
    for (const { tag, steps } of update.histograms) this.histograms.set(tag, [...steps]);
    this.problems = update.problems ?? this.problems;
  }
}
