import { describe, expect, it } from 'vitest';
import { SpeedMeter } from '../../../src/trainer/loop/speedMeter';

function meter() {
  let now = 0;
  const speed = new SpeedMeter(5, () => now);
  const steps = (count: number, milliseconds: number) => {
    for (let i = 0; i < count; i++) {
      now += milliseconds;
      speed.tick();
    }
  };
  return { speed, steps, pass: (milliseconds: number) => (now += milliseconds) };
}

describe('the speed of a run', () => {
  it('is unknown until two steps have finished', () => {
    const { speed, steps } = meter();
    steps(1, 10);
    expect(speed.stepsPerSecond).toBe(0);
    expect(speed.secondsFor(100)).toBeNull();
    steps(1, 10);
    expect(speed.stepsPerSecond).toBeCloseTo(100);
  });

  it('follows a change within seconds and says how long the rest takes', () => {
    const { speed, steps } = meter();
    steps(1000, 10);
    steps(400, 50);
    expect(speed.stepsPerSecond).toBeGreaterThan(20);
    expect(speed.stepsPerSecond).toBeLessThan(22.5);
    expect(speed.secondsFor(200)).toBeCloseTo(200 / speed.stepsPerSecond);
  });

  it('does not count what interrupts the run', () => {
    const { speed, steps, pass } = meter();
    steps(100, 10);
    speed.interrupt();
    pass(60_000);
    steps(100, 10);
    expect(speed.stepsPerSecond).toBeCloseTo(100);
  });
});
