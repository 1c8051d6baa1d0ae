import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { Runner } from '../../../src/engine/program';
import { backends } from '../support/backends';
import { noise, regression } from '../support/programs';

const COUNT = 10_000;

describe.each(backends())('draws on %s', (choice) => {
  let backend: Backend;
  let runner: Runner;
  beforeAll(async () => {
    backend = await openBackend({ choice });
    runner = backend.createRunner(regression(), 0);
  });
  afterAll(() => backend.dispose());
  const draw = (output: 'normal' | 'other' | 'uniform', seed: number, counter: number) =>
    runner.call('draw', { noise: noise(seed, counter) })[output]!.data as Float32Array;

  it('are the same for the same noise, whatever was drawn before', () => {
    const first = draw('normal', 3, 4);
    draw('normal', 1, 1);
    expect(draw('normal', 3, 4)).toEqual(first);
  });

  it('differ by seed, counter and stream, without correlation', () => {
    const first = draw('normal', 3, 4);
    for (const other of [draw('normal', 4, 4), draw('normal', 3, 5), draw('other', 3, 4), draw('other', 4, 3)]) {
      expect(Math.abs(correlation(first, other))).toBeLessThan(5 / Math.sqrt(COUNT));
    }
  });

  it('take every uint32 as seed', () => {
    const large = draw('normal', 0xffffffff | 0, 0x80000000 | 0);
    expect(Math.abs(mean(large))).toBeLessThan(5 / Math.sqrt(COUNT));
    expect(large).not.toEqual(draw('normal', 0x7fffffff, 0));
  });

  it('of the normal kind have the moments and tails of N(0, 1)', () => {
    const values = Array.from({ length: 20 }, (_, counter) => [...draw('normal', 7, counter)]).flat();
    const n = values.length;
    expect(Math.abs(mean(values))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(mean(values.map((v) => v * v)) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    // E z⁴ = 3, with variance 96
    expect(Math.abs(mean(values.map((v) => v ** 4)) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
    const beyond = values.filter((value) => Math.abs(value) > 2).length / n;
    expect(Math.abs(beyond - 0.0455003)).toBeLessThan(5 * Math.sqrt((0.0455 * 0.9545) / n));
  });

  it('of the uniform kind fill [0, 1) evenly', () => {
    const values = draw('uniform', 7, 7);
    const bins = new Float64Array(20);
    for (const value of values) bins[Math.floor(value * 20)]! += 1;
    expect(values.filter((value) => !(value >= 0 && value < 1))).toHaveLength(0);
    const chiSquare = bins.reduce((sum, count) => sum + (count - COUNT / 20) ** 2 / (COUNT / 20), 0);
    expect(chiSquare).toBeLessThan(19 + 5 * Math.sqrt(38));
  });
});

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function correlation(a: Float32Array, b: Float32Array): number {
  return mean(a.map((value, i) => value * b[i]!));
}
