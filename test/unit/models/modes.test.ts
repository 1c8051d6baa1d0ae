import { describe, expect, it } from 'vitest';
import { sampleDiversity } from '../../../src/models/diversity';
import { modeCoverage } from '../../../src/models/modes';
import { mixtureOf } from '../../../src/protocol/mixtures';
import { gameOf, images, POINTS } from './support/games';

/** Four modes; 3 σ is a number that float32 has. */
const mixture = {
  centers: [
    [0, 0],
    [4, 0],
    [0, 4],
    [4, 4],
  ],
  deviation: 0.25,
} as const;
const { finish } = modeCoverage(mixture);
const measured = (...samples: (readonly [number, number])[]) => {
  const found = finish(Float32Array.from(samples.flat()), new Float32Array(0), undefined);
  return {
    modes: found['samples/modes'],
    highQuality: found['samples/high_quality'],
    reverseKl: found['samples/reverse_kl'],
  };
};

describe('the coverage of modes', () => {
  it('of samples at every center is full', () => {
    const { modes, highQuality, reverseKl } = measured(...mixture.centers);
    expect([modes, highQuality]).toEqual([4, 1]);
    expect(reverseKl).toBeCloseTo(0, 12);
  });

  it('counts a sample within 3 σ of its mode, that at 3 σ itself included', () => {
    expect(measured([0.75, 0])).toMatchObject({ modes: 1, highQuality: 1 });
    expect(measured([0, -0.75])).toMatchObject({ modes: 1, highQuality: 1 });
    expect(measured([0.7501, 0])).toMatchObject({ modes: 0, highQuality: 0 });
    // Within 3 σ of it along each axis, but not in the plane.
    expect(measured([0.6, 0.6])).toMatchObject({ modes: 0, highQuality: 0 });
  });

  it('has the reverse KL Σ q log(q / p) of all samples, each counted for its nearest mode', () => {
    const { modes, highQuality, reverseKl } = measured(
      [0, 0],
      [0.1, 0],
      [1.5, 0],
      [4, 0],
      [3, 0.5],
      [0, 4],
      [0, 4],
      [0, 3],
    );
    // 3, 2, 3 and 0 of 8 samples, of which 2, 1 and 2 are near.
    expect(modes).toBe(3);
    expect(highQuality).toBe(5 / 8);
    const kl = [3, 2, 3].reduce((sum, count) => sum + (count / 8) * Math.log((count / 8) * 4), 0);
    expect(reverseKl).toBeCloseTo(kl, 12);
  });

  it('of a collapse to one mode is log of their number', () => {
    expect(measured([4, 4], [4, 4.1]).reverseKl).toBeCloseTo(Math.log(4), 12);
  });

  it('does not take samples that are no numbers for good ones', () => {
    const { modes, highQuality, reverseKl } = measured([NaN, 0], [0, 0], [0, Infinity], [4, NaN]);
    expect([modes, highQuality]).toEqual([1, 0.25]);
    // Of those that are numbers, all are of one mode.
    expect(reverseKl).toBeCloseTo(Math.log(4), 12);
    const none = measured([NaN, NaN], [Infinity, 0]);
    expect([none.modes, none.highQuality]).toEqual([0, 0]);
    // Nothing is known of the modes' shares: 0 would be the best of all values.
    expect(none.reverseKl).toBeNaN();
  });

  it('is measured of 2,500 samples of the mixture that a ring or a grid is', () => {
    expect(modeCoverage(mixture).samples).toBe(2500);
    for (const [set, count] of [
      ['ring', 8],
      ['grid', 25],
    ] as const) {
      const { sampleMetrics } = gameOf({ model: { family: 'gan' }, data: { set } }, POINTS);
      expect(sampleMetrics).toHaveLength(1);
      const { centers } = mixtureOf({ set, binarization: 'none' })!;
      const values = sampleMetrics![0]!.finish(Float32Array.from(centers.flat()), new Float32Array(0), undefined);
      expect(values['samples/modes']).toBe(count);
      expect(values['samples/reverse_kl']).toBeCloseTo(0, 6);
    }
    // Elsewhere only how different samples are is measured.
    const spiral = gameOf({ model: { family: 'gan' }, data: { set: 'swissRoll' } }, POINTS);
    expect(spiral.sampleMetrics).toEqual([sampleDiversity]);
    expect(gameOf({ model: { family: 'gan' } }, images(4, 4, 1)).sampleMetrics).toEqual([sampleDiversity]);
  });
});
