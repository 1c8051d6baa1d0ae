import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearTicks, logTicks, offsetTicks, xTicks } from '../../../webview/shared/ticks';
import { yRange } from '../../../webview/shared/yRange';

const labels = (ticks: readonly { label: string }[]) => ticks.map(({ label }) => label);

describe('ticks', () => {
  it('counts steps in round numbers', () => {
    expect(labels(xTicks('step', 0, 4690, 5))).toEqual(['0', '1k', '2k', '3k', '4k']);
    expect(labels(xTicks('step', 0, 3, 8))).toEqual(['0', '1', '2', '3']);
  });

  it('counts time in minutes and hours', () => {
    expect(labels(xTicks('time', 0, 95, 4))).toEqual(['0', '0:30', '1:00', '1:30']);
    expect(labels(xTicks('time', 0, 9000, 3))).toEqual(['0', '1:00 h', '2:00 h']);
    expect(labels(xTicks('time', 0, 400_000, 5))).toEqual(['0', '1 d', '2 d', '3 d', '4 d']);
  });

  it('tells neighbors apart', () => {
    expect(labels(linearTicks(1.2, 1.6, 4))).toEqual(['1.2', '1.3', '1.4', '1.5', '1.6']);
    expect(labels(linearTicks(0.00001, 0.00003, 2))).toEqual(['1e-5', '2e-5', '3e-5']);
    expect(labels(linearTicks(0.00048, 0.00052, 2))).toEqual(['4.8e-4', '5.0e-4', '5.2e-4']);
    expect(labels(linearTicks(0.0005, 0.0015, 2))).toEqual(['0.0005', '0.001', '0.0015']);
    expect(labels(linearTicks(-20, 20, 4))).toEqual(['−20', '−10', '0', '10', '20']);
  });

  it('share a unit, and digits that all of them have go into an offset', () => {
    expect(offsetTicks(56_703_000, 56_705_000, 4)).toEqual({
      offset: 56_700_000,
      ticks: [56_703_000, 56_703_500, 56_704_000, 56_704_500, 56_705_000].map((value) => ({
        value,
        label: `${(value - 56_700_000) / 1000}k`,
      })),
    });
    const close = offsetTicks(0.30000001, 0.300000021, 2);
    expect(close.offset).toBeCloseTo(0.3, 12);
    expect(labels(close.ticks)).toEqual(['1e-8', '2e-8']);
    expect(offsetTicks(-1.25e9, -1.15e9, 4).offset).toBe(0);
    expect(labels(offsetTicks(-1.25e9, -1.15e9, 2).ticks)).toEqual(['−1.25G', '−1.2G', '−1.15G']);
    expect(offsetTicks(0, 26, 4).offset).toBe(0);
  });

  it('have labels of at most nine characters, which differ, for any range', () => {
    const range = fc.tuple(
      fc.double({ min: -1e14, max: 1e14, noNaN: true }),
      fc.double({ min: 1e-12, max: 1e14, noNaN: true }),
      fc.integer({ min: 2, max: 8 }),
    );
    fc.assert(
      fc.property(range, ([minimum, size, count]) => {
        fc.pre(size > Math.abs(minimum) * 1e-9);
        const { ticks, offset } = offsetTicks(minimum, minimum + size, count);
        expect(new Set(labels(ticks)).size).toBe(ticks.length);
        for (const { label } of ticks) expect(label.length, `${label} + ${offset}`).toBeLessThanOrEqual(9);
      }),
    );
  });

  it('tells neighbors apart that are large and close', () => {
    const ticks = labels(linearTicks(999_998_541_205, 1_000_000_200_000, 9));
    expect(new Set(ticks).size).toBe(ticks.length);
  });

  it('uses powers of ten on a logarithmic scale, and even steps where the range has none', () => {
    expect(labels(logTicks(1e-3, 1e3, 6))).toEqual(['0.001', '0.01', '0.1', '1', '10', '100', '1k']);
    expect(labels(logTicks(80, 600, 5))).toEqual(['100', '200', '300', '500']);
    expect(labels(logTicks(101, 119, 4))).toEqual(['105', '110', '115']);
  });

  it('gives distinct labels inside the range, and not more than twice what fits, for any range', () => {
    const range = fc.tuple(
      fc.double({ min: -1e12, max: 1e12, noNaN: true }),
      fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
      fc.integer({ min: 2, max: 12 }),
    );
    fc.assert(
      fc.property(range, ([minimum, size, count]) => {
        const maximum = minimum + size;
        // Below what doubles resolve there is nothing to tell apart.
        fc.pre(size > Math.abs(minimum) * 1e-6);
        const ticks = linearTicks(minimum, maximum, count);
        expect(new Set(labels(ticks)).size).toBe(ticks.length);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
        for (const { value } of ticks) {
          expect(value).toBeGreaterThanOrEqual(minimum - size * 1e-6);
          expect(value).toBeLessThanOrEqual(maximum + size * 1e-6);
        }
      }),
    );
  });
});

describe('the range of the y axis', () => {
  it('leaves air, starts at zero for what is never negative and close to it, and survives equal values and none', () => {
    expect(yRange({ lowest: 100, highest: 200 }, false)).toEqual({ minimum: 94, maximum: 206 });
    expect(yRange({ lowest: 0.5, highest: 26 }, false).minimum).toBe(0);
    expect(yRange({ lowest: 7, highest: 7 }, false).minimum).toBeLessThan(7);
    expect(yRange({ lowest: 0, highest: 0 }, false).maximum).toBeGreaterThan(0);
    expect(yRange({ lowest: Infinity, highest: -Infinity }, true).minimum).toBeGreaterThan(0);
    expect(yRange({ lowest: 5, highest: 5 }, true).maximum).toBeGreaterThan(5);
  });
});
