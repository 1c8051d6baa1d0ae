import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeScalars, PendingDelta } from '../../../../src/host/views/pending';
import type { ScalarDelta } from '../../../../src/protocol/logs';
import { scalars, update } from '../support/runs';

/** What a view does with a delta: what it holds from `start` on is replaced. */
function applied(held: readonly number[], delta: ScalarDelta): number[] {
  return [...held.slice(0, delta.start), ...delta.values];
}

describe('deltas that wait for a view', () => {
  it('do, merged, what they would have done one after the other', () => {
    const values = fc.array(fc.integer(), { maxLength: 6 });
    fc.assert(
      fc.property(values, fc.array(fc.tuple(fc.nat(), values), { minLength: 1, maxLength: 8 }), (first, later) => {
        let held = first;
        let expected = first;
        let merged: ScalarDelta | undefined;
        for (const [at, added] of later) {
          const delta = scalars('tag', at % (expected.length + 1), added);
          merged = merged === undefined ? delta : mergeScalars(merged, delta)!;
          expected = applied(expected, delta);
        }
        held = applied(held, merged!);
        expect(held).toEqual(expected);
      }),
    );
  });

  it('are not joined where points are missing between them: the later ones are left out, and said to be', () => {
    const pending = new PendingDelta();
    expect(pending.update('run', update('/run', [scalars('t', 0, [1, 2])]))).toBe(true);
    expect(pending.update('run', update('/run', [scalars('t', 3, [4]), scalars('u', 0, [7])]))).toBe(false);
    expect(pending.take().scalars[0]!.series.map(({ tag, values }) => [tag, ...values])).toEqual([
      ['t', 1, 2],
      ['u', 7],
    ]);
  });

  it('are sent with arrays that own their buffers, so that no pool travels with them', () => {
    const pool = new Float64Array(1000);
    const part = (from: number) => pool.subarray(from, from + 2);
    const pending = new PendingDelta();
    pending.update('run', update('/run', [{ tag: 't', start: 0, steps: part(0), walls: part(2), values: part(4) }]));
    const [series] = pending.take().scalars[0]!.series;
    for (const column of [series!.steps, series!.walls, series!.values]) expect(column.buffer.byteLength).toBe(16);
  });

  it('are sent in parts where they hold many points, and do then what they would have done at once', () => {
    const pending = new PendingDelta();
    pending.update(
      'run',
      update('/run', [scalars('t', 2, [1, 2, 3, 4, 5]), scalars('u', 0, []), scalars('v', 0, [9])]),
    );
    const parts = () => pending.take(3).scalars[0]!.series.map(({ tag, start, values }) => [tag, start, ...values]);
    expect(parts()).toEqual([['t', 2, 1, 2, 3]]);
    pending.update('run', update('/run', [scalars('t', 7, [6])]));
    expect(parts()).toEqual([['t', 5, 4, 5, 6]]);
    expect(parts()).toEqual([
      ['u', 0],
      ['v', 0, 9],
    ]);
    expect(pending.empty).toBe(true);
  });

  it('are gone once taken', () => {
    const pending = new PendingDelta();
    pending.update('run', update('/run', [scalars('t', 0, [1])]));
    expect(pending.empty).toBe(false);
    pending.take();
    expect(pending.empty).toBe(true);
  });

  it('say nothing more of a run that was removed', () => {
    const pending = new PendingDelta();
    pending.update('run', update('/run', [scalars('t', 0, [1])]));
    pending.remove('run');
    expect(pending.take()).toMatchObject({ runs: [], scalars: [], removed: ['run'] });
  });
});
