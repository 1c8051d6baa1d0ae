import { describe, expect, it } from 'vitest';
import { runAll } from '../../../../src/common/slices';
import { normals, uniforms } from '../../../../src/engine/random/philox';
import { bootstrapError } from '../../../../src/evaluation/samples/bootstrap';
import { clustersOf } from '../../../../src/evaluation/samples/clusters';
import { labelAgreement } from '../../../../src/evaluation/samples/classes';
import { compareClassified, compareUnclassified, vectors } from '../../../../src/evaluation/samples';

const points = (count: number, seed: number) => vectors(normals(2 * count, seed, 1, 0), 2);

describe('A comparison of samples with data', () => {
  it('finds no difference between two draws of one distribution', () => {
    const { metrics, errors } = runAll(compareUnclassified(points(1000, 1), points(1000, 2)));
    expect(Object.keys(errors).sort()).toEqual(Object.keys(metrics).sort());
    const accuracy = metrics['samples/nearest_neighbor_accuracy']!;
    expect(Math.abs(accuracy - 0.5)).toBeLessThan(4 * errors['samples/nearest_neighbor_accuracy']!);
    expect(metrics['samples/precision']).toBeGreaterThan(0.97);
    expect(metrics['samples/recall']).toBeGreaterThan(0.97);
  });

  it('tells samples of half the data by their recall, and samples that are elsewhere by their precision', () => {
    const data = points(2000, 1);
    const half = vectors(
      normals(4000, 3, 1, 0).map((value, i) => (i % 2 === 0 ? Math.abs(value) : value)),
      2,
    );
    const missing = runAll(compareUnclassified(data, half)).metrics;
    expect(missing['samples/recall']).toBeLessThan(0.75);
    expect(missing['samples/precision']).toBeGreaterThan(0.9);
    const spread = vectors(
      normals(4000, 4, 1, 0).map((value) => 4 * value),
      2,
    );
    const wide = runAll(compareUnclassified(data, spread)).metrics;
    expect(wide['samples/precision']).toBeLessThan(0.6);
    expect(wide['samples/recall']).toBeGreaterThan(wide['samples/precision']!);
  });

  it('tells copies of the data by an accuracy below a half', () => {
    const data = points(500, 1);
    const { metrics } = runAll(compareUnclassified(data, data));
    expect(metrics['samples/nearest_neighbor_accuracy']).toBe(0);
  });

  it('has a Fréchet distance that two halves of the data come near to, and samples of other data do not', () => {
    const classified = (seed: number, shift: number) => {
      const features = vectors(
        normals(4 * 1000, seed, 1, 0).map((value) => value + shift),
        4,
      );
      const probabilities = vectors(new Float32Array(2 * 1000).fill(0.5), 2);
      return { features, probabilities };
    };
    const [data, samples] = [classified(1, 0), classified(2, 1)];
    const halves = [classified(3, 0).features, classified(4, 0).features] as const;
    const { metrics, errors } = runAll(compareClassified(data, samples, halves, new Uint8Array(1000)));
    // ‖μ₁ − μ₂‖² of four numbers, each 1 apart.
    expect(Math.abs(metrics['samples/classifier_fid']! - 4)).toBeLessThan(4 * errors['samples/classifier_fid']! + 0.05);
    expect(metrics['samples/classifier_fid_of_data']).toBeLessThan(0.05);
    expect(metrics['samples/classifier_score']).toBeCloseTo(1, 6);
    expect(metrics['samples/classes']).toBe(1);
    expect(metrics['samples/label_agreement']).toBe(1);
  });

  it('gives the bootstrap’s error of a mean as σ / √n', () => {
    const draws = uniforms(10_000, 1, 1, 0);
    const mean = (rows: Int32Array) => rows.reduce((sum, row) => sum + draws[row]!, 0) / rows.length;
    const error = runAll(bootstrapError([draws.length], mean));
    // Of U[0, 1): √(1/12) / 100; the error of an error from twenty resamples is one of 16 %.
    expect(error / (Math.sqrt(1 / 12) / 100)).toBeGreaterThan(0.5);
    expect(error / (Math.sqrt(1 / 12) / 100)).toBeLessThan(1.5);
  });

  it('clusters what lies apart, the same for the same seed', () => {
    const centers = [-9, -3, 3, 9];
    const far = vectors(
      normals(800, 5, 1, 0).map((value, i) => 0.1 * value + (i % 2 === 0 ? centers[Math.floor(i / 2) % 4]! : 0)),
      2,
    );
    const clusters = runAll(clustersOf(far, 4, 1));
    for (let row = 4; row < 400; row++) expect(clusters[row]).toBe(clusters[row % 4]);
    expect(new Set(clusters).size).toBe(4);
    expect(runAll(clustersOf(far, 4, 1))).toEqual(clusters);
  });

  it('counts the samples whose class is the one asked for', () => {
    const probabilities = vectors(Float32Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4, 0.3, 0.7), 2);
    expect(runAll(labelAgreement(probabilities, [0, 1, 1, 1])).value).toBe(0.75);
  });
});
