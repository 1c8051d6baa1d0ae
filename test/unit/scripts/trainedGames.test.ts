import { expect, it } from 'vitest';
import { spearman } from '../../../scripts/lib/trainedGames.mjs';

it('gives the rank correlations of SciPy, also for ties', () => {
  expect(spearman([1, 2, 3, 4], [10, 20, 25, 90])).toBeCloseTo(1, 12);
  expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
  // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])
  expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.820782681668, 10);
});
