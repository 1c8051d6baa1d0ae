import { describe, expect, it } from 'vitest';
import { continues, mergeStops, Playhead, stopFor } from '../../../webview/run/playhead';

const steps = (...values: number[]) => Float64Array.from(values);

describe('the playhead', () => {
  it('follows the newest stop until it is pinned', () => {
    const playhead = new Playhead();
    playhead.setStops(steps(0, 100, 200));
    expect([playhead.step, playhead.index]).toEqual([undefined, 2]);
    playhead.setStops(steps(0, 100, 200, 300));
    expect(playhead.index).toBe(3);
    playhead.pinToIndex(1);
    playhead.setStops(steps(0, 100, 200, 300, 400));
    expect([playhead.step, playhead.index]).toEqual([100, 1]);
  });

  it('follows again from the right end', () => {
    const playhead = new Playhead();
    playhead.setStops(steps(0, 100));
    playhead.pinToIndex(0);
    playhead.pinToIndex(1);
    expect(playhead.step).toBeUndefined();
  });

  it('comes back from a preview to where it was', () => {
    const playhead = new Playhead();
    playhead.setStops(steps(0, 100, 200));
    playhead.pinToIndex(1);
    playhead.preview(30);
    expect([playhead.step, playhead.pin, playhead.index]).toEqual([30, 100, 0]);
    playhead.preview(undefined);
    expect(playhead.step).toBe(100);
  });

  it('tells of each change once', () => {
    const playhead = new Playhead();
    let changes = 0;
    playhead.onChange(() => changes++);
    playhead.pinTo(5);
    playhead.pinTo(5);
    playhead.preview(6);
    playhead.preview(6);
    expect(changes).toBe(2);
  });
});

describe('stops', () => {
  it('picks the last at or before a step', () => {
    const stops = steps(10, 20, 30);
    expect([
      stopFor(stops, 25),
      stopFor(stops, 20),
      stopFor(stops, 1),
      stopFor(stops, undefined),
      stopFor(steps(), 3),
    ]).toEqual([20, 20, 10, 30, undefined]);
  });

  it('merges the steps of several tags', () => {
    expect([...mergeStops([steps(0, 20), steps(0, 3, 100)])]).toEqual([0, 3, 20, 100]);
    expect(mergeStops([]).length).toBe(0);
  });

  it('notices a run that was cut back', () => {
    expect(continues(steps(), steps(1))).toBe(true);
    expect(continues(steps(1, 2), steps(1, 2, 3))).toBe(true);
    expect(continues(steps(1, 2, 3), steps(1, 2))).toBe(false);
    expect(continues(steps(1, 2, 3), steps(1, 3, 4))).toBe(false);
  });
});
