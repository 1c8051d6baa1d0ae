import { describe, expect, it } from 'vitest';
import { Headline } from '../../../../src/host/registry/headline';
import { scalars } from '../support/runs';

describe('the headline of a run', () => {
  const make = (mode: 'min' | 'max' = 'min') => new Headline('test/loss', 'loss', mode);

  it('is the newest value and the best one', () => {
    const headline = make();
    expect(headline.apply([scalars('test/loss', 0, [3, 1, 2]), scalars('train/loss', 0, [0])])).toBe('changed');
    expect(headline.summary()).toEqual({ label: 'loss', value: 2, best: 1 });
  });

  it('forgets what a restart has cut off', () => {
    const headline = make();
    headline.apply([scalars('test/loss', 0, [3, 1, 2])]);
    headline.apply([scalars('test/loss', 1, [5])]);
    expect(headline.summary()).toEqual({ label: 'loss', value: 5, best: 3 });
  });

  it('passes over points that do not continue what it holds', () => {
    const headline = make();
    headline.apply([scalars('test/loss', 0, [3, 1])]);
    expect(headline.apply([scalars('test/loss', 3, [0])])).toBe('gap');
    expect(headline.summary()).toEqual({ label: 'loss', value: 1, best: 1 });
  });

  it('takes the largest as best where more is better', () => {
    const headline = make('max');
    headline.apply([scalars('test/loss', 0, [3, 1, 2])]);
    expect(headline.summary().best).toBe(3);
  });

  it('has no value where the newest is not a number, and none at all before the first', () => {
    const headline = make();
    expect(headline.summary()).toEqual({ label: 'loss', value: null, best: null });
    headline.apply([scalars('test/loss', 0, [3, NaN])]);
    expect(headline.summary()).toEqual({ label: 'loss', value: null, best: 3 });
  });

  it('does not change for other series', () => {
    expect(make().apply([scalars('train/loss', 0, [1])])).toBe('same');
  });
});
