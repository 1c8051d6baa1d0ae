import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../../../src/host/registry/summary';
import { mergeScalars, PendingDelta } from '../../../../src/host/views/pending';
import type { ScalarDelta } from '../../../../src/protocol/logs';
import { record, scalars, update } from '../support/runs';

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

  it('are sent a bounded number of series at a time, images before curves, and none is lost', () => {
    const pending = new PendingDelta();
    const tags = Array.from({ length: 5 }, (_, i) => `latent/kl/${i}`);
    const steps = Float64Array.of(1);
    pending.update('run', {
      ...update(
        '/run',
        tags.map((tag) => scalars(tag, 0, [1])),
      ),
      images: [{ tag: 'samples', steps }],
    });
    const taken: string[][] = [];
    while (!pending.empty) {
      const { images, scalars } = pending.take({ series: 2 });
      taken.push([...images.map(({ tag }) => tag), ...scalars.flatMap(({ series }) => series.map(({ tag }) => tag))]);
    }
    expect(taken).toEqual([
      ['samples', 'latent/kl/0'],
      ['latent/kl/1', 'latent/kl/2'],
      ['latent/kl/3', 'latent/kl/4'],
    ]);
  });

  it('are limited in characters per message, and a run precedes its details', () => {
    const pending = new PendingDelta();
    const keys = ['a', 'b', 'c'];
    const notes = ['x'.repeat(400)];
    for (const key of keys) {
      pending.run({ ...summarize({ key, name: key, color: 0, trusted: true, record: record() }), notes });
      pending.update(key, update(key, [scalars('t', 0, [1])]));
      pending.mark(key, [{ step: 1, text: 'β 1 → 4' }]);
    }
    const seen = new Set<string>();
    let messages = 0;
    while (!pending.empty) {
      const { runs, scalars, marks } = pending.take({ characters: 1000 });
      for (const { key } of runs) seen.add(key);
      for (const { run } of [...scalars, ...marks]) expect(seen.has(run)).toBe(true);
      messages++;
    }
    expect([...seen]).toEqual(keys);
    expect(messages).toBeGreaterThan(1);
  });

  it('are sent alone where they are longer than any message should be', () => {
    const pending = new PendingDelta();
    for (const key of ['a', 'b']) pending.mark(key, [{ step: 1, text: 'x'.repeat(100) }]);
    expect(pending.take({ characters: 10 }).marks.map(({ run }) => run)).toEqual(['a']);
    expect(pending.take({ characters: 10 }).marks.map(({ run }) => run)).toEqual(['b']);
  });

  it('are sent in parts where they hold many points, and do then what they would have done at once', () => {
    const pending = new PendingDelta();
    pending.update(
      'run',
      update('/run', [scalars('t', 2, [1, 2, 3, 4, 5]), scalars('u', 0, []), scalars('v', 0, [9])]),
    );
    const parts = () =>
      pending.take({ points: 3 }).scalars[0]!.series.map(({ tag, start, values }) => [tag, start, ...values]);
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
