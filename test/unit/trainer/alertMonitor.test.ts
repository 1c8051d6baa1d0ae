import { describe, expect, it } from 'vitest';
import type { AlertRule } from '../../../src/models/alerts';
import { AlertMonitor } from '../../../src/trainer/events/alertMonitor';

const low: AlertRule = {
  ...{ name: 'low', title: 'Low', tags: ['a'], window: 3, after: 10, advice: 'Less.' },
  when: ({ median, peak }) => (median('a') < peak('a') / 10 ? `a is ${median('a')}.` : undefined),
  remedy: { hyperparameter: 'rate', factor: 0.25 },
};
const monitorOf = (...rules: AlertRule[]) =>
  new AlertMonitor(rules, (name, step) => (name === 'rate' ? { title: 'Rate', value: step } : undefined));

/** Hands in one value a step, from step `from` on. */
function feed(monitor: AlertMonitor, from: number, values: readonly number[]) {
  return values.flatMap((a, index) => monitor.measured(from + index, { a }));
}

describe('the monitor of alerts', () => {
  it('raises one once, on the median of its window, with what helps', () => {
    const monitor = monitorOf(low);
    // One outlier among three values moves no median.
    expect(feed(monitor, 10, [100, 100, 100, 1, 100])).toEqual([]);
    const news = feed(monitor, 15, [1, 1, 1, 1, 1]);
    expect(news).toEqual([
      {
        ...{ name: 'low', title: 'Low', step: 15, text: 'a is 1.', advice: 'Less.' },
        remedy: { name: 'rate', title: 'Rate', value: 3.75 },
      },
    ]);
    expect(monitor.alerts).toEqual(news);
  });

  it('clears it once it has not held for as many values as its window has', () => {
    const monitor = monitorOf(low);
    feed(monitor, 10, [100, 100, 100, 1, 1]);
    // The median is high again from the second value on.
    expect(feed(monitor, 15, [50, 50, 50])).toEqual([]);
    expect(feed(monitor, 18, [50])).toMatchObject([{ name: 'low', step: 14, cleared: 18 }]);
    expect(monitor.alerts).toMatchObject([{ step: 14, cleared: 18 }]);
    // And may raise it again.
    expect(feed(monitor, 19, [1, 1])).toMatchObject([{ step: 20 }]);
    expect(monitor.alerts).toHaveLength(2);
  });

  it('forgets an absence that a return of the alert has interrupted', () => {
    const monitor = monitorOf(low);
    feed(monitor, 10, [100, 100, 100, 1, 1]);
    expect(feed(monitor, 15, [50, 50, 1, 1, 50, 50, 1, 1])).toEqual([]);
  });

  it('waits for a whole window, for its first steps, and for all of its tags', () => {
    const monitor = monitorOf({ ...low, when: () => 'It is.' });
    expect(feed(monitor, 0, [1, 1, 1, 1])).toEqual([]);
    expect(monitor.measured(11, { b: 1 })).toEqual([]);
    expect(feed(monitorOf({ ...low, when: () => 'It is.' }), 11, [1, 1])).toEqual([]);
    expect(monitor.measured(12, { a: 1, b: 1 })).toHaveLength(1);
  });

  it('depends on the values alone: a second one that is given them is in the same state', () => {
    const values = Array.from({ length: 60 }, (_, i) => (Math.floor(i / 10) % 2 === 0 ? 100 : 1) + i / 100);
    const whole = monitorOf(low);
    feed(whole, 0, values);
    const again = monitorOf(low);
    feed(again, 0, values.slice(0, 33));
    feed(again, 33, values.slice(33));
    expect(again.alerts).toEqual(whole.alerts);
    expect(whole.alerts.length).toBeGreaterThan(2);
  });

  it('offers no setting that the model does not have', () => {
    const monitor = monitorOf({ ...low, remedy: { hyperparameter: 'missing', factor: 2 } });
    expect(feed(monitor, 10, [100, 100, 100, 1, 1])[0]).toMatchObject({ name: 'low', remedy: undefined });
  });

  it('keeps a bounded number of them', () => {
    const monitor = monitorOf({
      ...low,
      window: 1,
      after: 0,
      when: ({ median }) => (median('a') < 0 ? 'Yes.' : undefined),
    });
    feed(
      monitor,
      0,
      Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? -1 : 1)),
    );
    expect(monitor.alerts).toHaveLength(50);
    expect(monitor.alerts.at(-1)).toMatchObject({ step: 998, cleared: 999 });
  });
});
