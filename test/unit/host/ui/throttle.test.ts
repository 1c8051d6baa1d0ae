import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Throttle } from '../../../../src/host/ui/throttle';

describe('a throttle', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('works at once after a pause, and then once in its time however often it is asked', () => {
    let works = 0;
    const throttle = new Throttle(100, () => works++);
    throttle.ask();
    vi.advanceTimersByTime(0);
    expect(works).toBe(1);
    for (let time = 0; time < 200; time += 10) {
      throttle.ask();
      vi.advanceTimersByTime(10);
    }
    expect(works).toBe(3);
  });

  it('never loses the last call', () => {
    let works = 0;
    const throttle = new Throttle(100, () => works++);
    throttle.ask();
    vi.advanceTimersByTime(1);
    throttle.ask();
    vi.advanceTimersByTime(100);
    expect(works).toBe(2);
  });

  it('does nothing once disposed of', () => {
    let works = 0;
    const throttle = new Throttle(100, () => works++);
    throttle.ask();
    throttle.dispose();
    vi.runAllTimers();
    expect(works).toBe(0);
  });
});
