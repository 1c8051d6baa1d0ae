import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runAll } from '../../../../src/common/slices';
import { normals, uniforms } from '../../../../src/engine/random/philox';
import { classHistogramKl, classifierScore } from '../../../../src/evaluation/samples/classes';
import { frechetDistance, momentsOf } from '../../../../src/evaluation/samples/frechet';
import { nearestNeighborAccuracy } from '../../../../src/evaluation/samples/nearestNeighbor';
import { scoresOf } from '../../../../src/evaluation/samples/precisionRecall';
import { vectors } from '../../../../src/evaluation/samples/vectors';
import { encodeNpz, type NpyArray } from '../../../../src/formats/npy';
import { requirePeers, runPeer } from '../../support/python';
import { temporaryFolder } from '../../support/temporaryFolder';

const answer = z.object({
  frechet: z.number(),
  nearestNeighbor: z.number(),
  score: z.number(),
  histogramKl: z.number(),
  precision: z.number(),
  recall: z.number(),
});

const [COUNT, SIZE, CLASSES, RUNS, CLUSTERS] = [300, 12, 4, 2, 20];

/** Correlated, with one number that never changes, as a feature that no image has. */
const drawn = (seed: number, shift: number) =>
  normals(COUNT * SIZE, seed, 1, 0).map((value, i, all) => {
    const place = i % SIZE;
    if (place === 0) return 0;
    return place === 1 ? value + shift : value * 0.5 + 0.7 * all[i - 1]! + (place === 2 ? shift : 0);
  });

/** Rows of positive numbers whose sum is 1. */
function distributions(rows: number, size: number, seed: number): Float32Array {
  const weights = uniforms(rows * size, seed, 2, 0).map((value) => value ** 3 + 1e-3);
  return weights.map((weight, i) => {
    const start = i - (i % size);
    return weight / weights.subarray(start, start + size).reduce((sum, each) => sum + each, 0);
  });
}

describe('the distances between data and samples', () => {
  it('are those of the papers, computed with NumPy', async (context) => {
    const python = requirePeers(context);
    const [data, samples] = [drawn(1, 0), drawn(2, 1.5)];
    const [ofData, probabilities] = [distributions(COUNT, CLASSES, 3), distributions(COUNT, CLASSES, 4)];
    const [p, q] = [distributions(RUNS, CLUSTERS, 5), distributions(RUNS, CLUSTERS, 6)];
    const arrays: Readonly<Record<string, readonly [number, number, Float32Array]>> = {
      data: [COUNT, SIZE, data],
      samples: [COUNT, SIZE, samples],
      ofData: [COUNT, CLASSES, ofData],
      probabilities: [COUNT, CLASSES, probabilities],
      p: [RUNS, CLUSTERS, p],
      q: [RUNS, CLUSTERS, q],
    };
    const file = path.join(await temporaryFolder(), 'sets.npz');
    const members = new Map<string, NpyArray>();
    for (const [name, [rows, size, values]] of Object.entries(arrays)) {
      members.set(name, { shape: [rows, size], data: values });
    }
    await writeFile(file, Buffer.concat(encodeNpz(members)));
    const expected = answer.parse(await runPeer(python, 'sample_quality.py', file));

    const [a, b] = [vectors(data, SIZE), vectors(samples, SIZE)];
    const row = (values: Float32Array, run: number) =>
      Float64Array.from(values.subarray(run * CLUSTERS, (run + 1) * CLUSTERS));
    const scores = scoresOf(Array.from({ length: RUNS }, (_, run) => ({ p: row(p, run), q: row(q, run) })));
    const close = (value: number, to: number) => expect(Math.abs(value - to)).toBeLessThan(1e-5 * Math.max(1, to));
    close(frechetDistance(momentsOf(a), momentsOf(b)), expected.frechet);
    close(runAll(nearestNeighborAccuracy(a, b)).value, expected.nearestNeighbor);
    close(runAll(classifierScore(vectors(probabilities, CLASSES))).value, expected.score);
    close(
      runAll(classHistogramKl(vectors(ofData, CLASSES), vectors(probabilities, CLASSES))).value,
      expected.histogramKl,
    );
    close(scores.precision, expected.precision);
    close(scores.recall, expected.recall);
    expect(expected.frechet).toBeGreaterThan(1);
    expect(expected.nearestNeighbor).toBeGreaterThan(0.55);
  });
});
