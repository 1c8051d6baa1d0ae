import { describe, expect, it } from 'vitest';
import { normals, permutation, philox4x32, uniforms } from '../../../../src/engine/random/philox';

const FULL = 0xffffffff;

describe('philox4x32', () => {
  // Known answers published with Random123 (kat_vectors, "philox4x32 10").
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [FULL, FULL, FULL, FULL],
      [FULL, FULL],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published answer for counter %j and key %j', (counter, key, expected) => {
    expect(philox4x32(counter, key)).toEqual([...expected]);
  });
});

/** Mean and variance, and their largest plausible deviation at five standard errors. */
function moments(values: Float32Array) {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, variance: squares / values.length };
}

describe('uniforms', () => {
  it('fill [0, 1) evenly', () => {
    const values = uniforms(1_000_000, 1, 2, 3);
    const bins = new Float64Array(100);
    const outside = values.filter((value) => !(value >= 0 && value < 1));
    expect(outside).toHaveLength(0);
    for (const value of values) bins[Math.floor(value * 100)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(99 + 5 * Math.sqrt(2 * 99));
  });

  it('are the same for the same seed, stream and counter, whatever was drawn before', () => {
    const first = uniforms(10, 5, 1, 7);
    uniforms(100, 9, 9, 9);
    expect(uniforms(10, 5, 1, 7)).toEqual(first);
    expect(uniforms(4, 5, 1, 7)).toEqual(first.subarray(0, 4));
  });

  it.each([
    ['seed', [6, 1, 7]],
    ['stream', [5, 2, 7]],
    ['counter', [5, 1, 8]],
  ] as const)('differ with another %s', (_, [seed, stream, counter]) => {
    expect(uniforms(10, seed, stream, counter)).not.toEqual(uniforms(10, 5, 1, 7));
  });
});

describe('normals', () => {
  it('have the moments and tails of N(0, 1)', () => {
    const count = 1_000_000;
    const values = normals(count, 11, 0, 0);
    const { mean, variance } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    let beyond = 0;
    for (const value of values) if (Math.abs(value) > 2) beyond++;
    // P(|z| > 2) = 0.0455003
    expect(Math.abs(beyond / count - 0.0455003)).toBeLessThan(5 * Math.sqrt((0.0455 * 0.9545) / count));
  });

  it('of neighboring counters are uncorrelated', () => {
    const count = 100_000;
    const [a, b] = [normals(count, 3, 0, 100), normals(count, 3, 0, 101)];
    const product = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / count;
    expect(Math.abs(product)).toBeLessThan(5 / Math.sqrt(count));
  });

  it('can have an odd length', () => {
    expect(normals(3, 1, 1, 1)).toEqual(normals(4, 1, 1, 1).subarray(0, 3));
  });
});

describe('permutation', () => {
  it('holds every index once and depends on seed, stream and epoch', () => {
    const order = permutation(1000, 1, 0, 0);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(permutation(1000, 1, 0, 0)).toEqual(order);
    for (const other of [permutation(1000, 2, 0, 0), permutation(1000, 1, 1, 0), permutation(1000, 1, 0, 1)]) {
      expect(other).not.toEqual(order);
    }
  });

  it('gives each of the six orders of three things equally often', () => {
    const counts = new Map<string, number>();
    const trials = 12_000;
    for (let epoch = 0; epoch < trials; epoch++) {
      const order = permutation(3, 0, 0, epoch).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chiSquare).toBeLessThan(5 + 5 * Math.sqrt(10));
  });

  it('accepts nothing and one thing', () => {
    expect(permutation(0, 1, 1, 1)).toEqual(new Uint32Array(0));
    expect(permutation(1, 1, 1, 1)).toEqual(new Uint32Array([0]));
  });
});
