import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckpointRule } from '../../../src/protocol/specification';
import { keptCheckpoints, type KeepCandidate } from '../../../src/runs/keepRule';

const at = (step: number, loss?: number): KeepCandidate => ({ step, metrics: loss === undefined ? {} : { loss } });
const rule = (changes: Partial<CheckpointRule>): CheckpointRule => ({ every: 'epoch', keepLast: 1, ...changes });
const kept = (candidates: KeepCandidate[], changes: Partial<CheckpointRule>) =>
  [...keptCheckpoints(candidates, rule(changes))].map((candidate) => candidate.step).sort((a, b) => a - b);

const candidates = fc.uniqueArray(
  fc.record({
    step: fc.nat(1000),
    metrics: fc.oneof(fc.constant({}), fc.record({ loss: fc.double() }), fc.record({ loss: fc.nat(3) })),
  }),
  { selector: (candidate) => candidate.step, maxLength: 30 },
) as fc.Arbitrary<KeepCandidate[]>;
const mode = fc.constantFrom('min', 'max');

describe('keptCheckpoints', () => {
  it('keeps the newest k, the best and one of every n', () => {
    const all = [at(1, 5), at(2, 1), at(3, 4), at(4, 3), at(5, 9)];
    expect(kept(all, { keepLast: 2 })).toEqual([4, 5]);
    expect(kept(all, { keepBest: { metric: 'loss', mode: 'min' } })).toEqual([2, 5]);
    expect(kept(all, { keepBest: { metric: 'loss', mode: 'max' } })).toEqual([5]);
    expect(kept(all, { keepEvery: 2 })).toEqual([2, 4, 5]);
  });

  it('keeps what a person asked for, whatever the rule says', () => {
    const all = [{ ...at(1), requested: true }, at(2), { ...at(3), requested: true }, at(4), at(5)];
    expect(kept(all, { keepLast: 1 })).toEqual([1, 3, 5]);
  });

  it('takes no name that every object has for a metric', () => {
    expect(kept([at(1, 1), at(2, 2)], { keepBest: { metric: 'constructor', mode: 'min' } })).toEqual([2]);
  });

  it('always keeps the newest k', () => {
    fc.assert(
      fc.property(candidates, fc.integer({ min: 1, max: 5 }), mode, (all, keepLast, mode) => {
        const result = kept(all, { keepLast, keepBest: { metric: 'loss', mode }, keepEvery: 7 });
        const newest = all
          .map((candidate) => candidate.step)
          .sort((a, b) => b - a)
          .slice(0, keepLast);
        expect(result).toEqual(expect.arrayContaining(newest));
      }),
    );
  });

  it('keeps one that no other beats, when any was measured', () => {
    fc.assert(
      fc.property(candidates, mode, (all, mode) => {
        const measured = all.filter((candidate) => !Number.isNaN(candidate.metrics['loss'] ?? NaN));
        fc.pre(measured.length > 0);
        const result = keptCheckpoints(all, rule({ keepBest: { metric: 'loss', mode } }));
        const losses = measured.map((candidate) => candidate.metrics['loss']!);
        const best = mode === 'min' ? Math.min(...losses) : Math.max(...losses);
        expect([...result].some((candidate) => candidate.metrics['loss'] === best)).toBe(true);
      }),
    );
  });

  it('keeps no more than the rule names', () => {
    fc.assert(
      fc.property(candidates, fc.integer({ min: 1, max: 5 }), (all, keepLast) => {
        expect(kept(all, { keepLast, keepBest: { metric: 'loss', mode: 'min' } }).length).toBeLessThanOrEqual(
          keepLast + 1,
        );
      }),
    );
  });

  it('does not depend on the order in which files are found', () => {
    fc.assert(
      fc.property(candidates, mode, (all, mode) => {
        const changes = { keepLast: 2, keepBest: { metric: 'loss', mode }, keepEvery: 50 };
        expect(kept([...all].reverse(), changes)).toEqual(kept(all, changes));
      }),
    );
  });
});
