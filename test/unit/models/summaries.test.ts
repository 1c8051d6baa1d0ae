import { describe, expect, it } from 'vitest';
import { runAll } from '../../../src/common/slices';
import { createModel } from '../../../src/models';
import type { Drawn, Easel, Summary } from '../../../src/models/model';
import { arrows, distribution, field } from '../../../src/models/fields';
import * as summaries from '../../../src/models/summaries';
import { panelsOf } from '../../../src/protocol/panelsOf';
import { parseSpecification, type SpecificationInput } from '../../../src/protocol/specification';

/** An easel on which nothing can be drawn but what a test puts there. */
function easel(parts: Partial<Easel>): Easel {
  const missing = () => {
    throw new Error('The summary draws what this test does not expect.');
  };
  return {
    call: missing,
    test: missing,
    trainingCount: 0,
    training: missing,
    encoded: missing,
    samples: missing,
    drawing: missing,
    labels: undefined,
    classes: undefined,
    ...parts,
  };
}

function tensor(summary: Summary, parts: Partial<Easel>): Extract<Drawn, { kind: 'tensor' }> {
  const drawn = runAll(summary.draw(easel(parts)));
  if (drawn.kind !== 'tensor') throw new Error(`A ${drawn.kind} was drawn.`);
  return drawn;
}

function histogram(summary: Summary, parts: Partial<Easel>): Float32Array {
  const drawn = runAll(summary.draw(easel(parts)));
  if (drawn.kind !== 'histogram') throw new Error(`A ${drawn.kind} was drawn.`);
  return drawn.values;
}

const encodings = (means: readonly number[], logVariances?: readonly number[], labels?: readonly number[]) => ({
  *encoded() {
    return {
      means: Float32Array.from(means),
      logVariances: logVariances && Float32Array.from(logVariances),
      count: means.length / 2,
      labels: labels && Int32Array.from(labels),
    };
  },
});

describe('the summaries of a model', () => {
  it('give the covariance of the aggregate posterior, the mean variance of q added to that of its means', () => {
    const parts = encodings([1, 2, -1, -2, 1, 2, -1, -2], new Array(8).fill(Math.log(0.5)));
    const { shape, values } = tensor(summaries.posteriorCovariance(2), parts);
    expect(shape).toEqual([2, 2]);
    [1.5, 2, 2, 4.5].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
  });

  it('draw the aggregate posterior with the variance of each q, and of codes the codes themselves', () => {
    const count = 20_000;
    const values = histogram(
      summaries.aggregatePosterior(),
      encodings(new Array(count).fill(3), new Array(count).fill(Math.log(4))),
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    expect(Math.abs(mean - 3)).toBeLessThan(5 * (2 / Math.sqrt(count)));
    expect(Math.abs(variance - 4)).toBeLessThan(5 * 4 * Math.sqrt(2 / count));
    expect([...histogram(summaries.aggregatePosterior(), encodings([1, 2, 3, 4]))]).toEqual([1, 2, 3, 4]);
    expect(histogram(summaries.standardNormalPrior(), encodings([1, 2, 3, 4]))).toHaveLength(4);
  });

  it('put labels beside points, and say what they are called', () => {
    const named = easel({ labels: ['a', 'b'], classes: [{ label: 1, name: 'b' }] });
    for (const of of [summaries.testPoints(), summaries.samplePoints(), summaries.latentPoints()]) {
      expect(of.names?.(named)).toEqual(['a', 'b']);
    }
    // Samples of a model that takes no labels have none.
    expect(summaries.samplePoints().names?.(easel({ labels: ['a', 'b'] }))).toBeUndefined();
    const { shape, values } = tensor(summaries.latentPoints(), encodings([1, 2, 3, 4], undefined, [7, 9]));
    expect([shape, [...values]]).toEqual([
      [2, 3],
      [1, 2, 7, 3, 4, 9],
    ]);
    const examples = Float32Array.of(1, 2, 3, 4);
    const data = tensor(summaries.testPoints(), { test: () => ({ examples, labels: undefined }) });
    expect([data.shape, [...data.values]]).toEqual([
      [2, 2],
      [1, 2, 3, 4],
    ]);
  });

  it('lead from points to their reconstructions, batch by batch', () => {
    let calls = 0;
    const { shape, values } = tensor(summaries.reconstructionArrows('halve', 30), {
      test: (count) => ({ examples: Float32Array.from({ length: 2 * count }, (_, i) => i), labels: undefined }),
      call: (name, { examples }) => {
        expect([name, examples!.length]).toEqual(['halve', 60]);
        calls++;
        return { examples: { shape: [30, 2], dtype: 'float32', data: (examples as Float32Array).map((x) => x / 2) } };
      },
    });
    expect(shape).toEqual([200, 4]);
    expect(calls).toBe(7);
    for (let row = 0; row < 200; row++) {
      expect([...values.subarray(4 * row, 4 * row + 4)]).toEqual([2 * row, 2 * row + 1, 0 - row, -row - 0.5]);
    }
  });

  it('play samples as they are drawn, with the finished ones last', () => {
    const states = [1, 2, 3].map((value) => new Float32Array(8).fill(value));
    const drawn = runAll(
      summaries.drawing(2).draw(
        easel({
          *drawing(count, frames) {
            expect([count, frames]).toEqual([2, 56]);
            return states;
          },
        }),
      ),
    );
    expect(drawn).toMatchObject({ kind: 'animation', frames: states.map((data) => ({ data, count: 2, columns: 16 })) });
  });

  it('decode a regular grid of latents, row by row', () => {
    const { shape, values } = tensor(summaries.manifold('decode', 16), {
      call: (_, { latent }) => ({
        examples: { shape: [16, 2], dtype: 'float32', data: (latent as Float32Array).slice() },
      }),
    });
    expect(shape).toEqual([21, 21, 2]);
    for (let row = 0; row < 21; row++) {
      for (let column = 0; column < 21; column++) {
        const at = 2 * (row * 21 + column);
        expect(values[at]).toBeCloseTo(-3 + 0.3 * column, 5);
        expect(values[at + 1]).toBeCloseTo(-3 + 0.3 * row, 5);
      }
    }
  });
});

describe('the summaries of a function of points', () => {
  const bounds = { x: [-1, 3], y: [0, 2] } as const;
  /** Of each point its x + 10 y, and the vector (y, 0). */
  const call = (count: number): Partial<Easel> => ({
    call: (name, { examples }) => {
      expect([name, examples!.length]).toEqual(['score', 2 * count]);
      const points = examples as Float32Array;
      const rows = Array.from({ length: count }, (_, row) => [points[2 * row]!, points[2 * row + 1]!] as const);
      return {
        score: { shape: [count], dtype: 'float32', data: Float32Array.from(rows, ([x, y]) => x + 10 * y) },
        gradient: { shape: [count, 2], dtype: 'float32', data: Float32Array.from(rows.flatMap(([, y]) => [y, 0])) },
      };
    },
  });

  it('are a field of its values at the centres of cells, the lowest row first', () => {
    const { shape, values } = tensor(field('f', { function: 'score', output: 'score', count: 100 }, bounds), call(100));
    expect(shape).toEqual([48, 48]);
    for (const [row, column] of [
      [0, 0],
      [0, 47],
      [31, 5],
      [47, 47],
    ] as const) {
      const expected = -1 + (4 * (column + 0.5)) / 48 + 10 * ((2 * (row + 0.5)) / 48);
      expect(values[48 * row + column]).toBeCloseTo(expected, 4);
    }
  });

  it('are arrows, the longest of which is as long as a cell', () => {
    const { shape, values } = tensor(arrows('a', { function: 'score', output: 'gradient', count: 7 }, bounds), call(7));
    expect(shape).toEqual([225, 4]);
    const last = values.subarray(4 * 224);
    [3 - 2 / 15, 2 - 1 / 15, 4 / 15, 0].forEach((value, i) => expect(last[i]).toBeCloseTo(value, 5));
    expect(values[2]).toBeCloseTo(4 / 15 / 29, 5);
  });

  it('are distributions over test examples and over samples', () => {
    const of = { function: 'score', output: 'score', count: 300 };
    const points = (shift: number) => Float32Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? i / 2 + shift : 0));
    const tests = histogram(distribution('d', of, 'test'), {
      ...call(300),
      test: () => ({ examples: points(0), labels: undefined }),
    });
    expect([...tests]).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    const drawn = histogram(distribution('d', of, 'samples'), {
      ...call(300),
      *samples() {
        return points(0.5);
      },
    });
    expect([drawn.length, drawn[999]]).toEqual([1000, 999.5]);
  });
});

describe('a model of points', () => {
  const modelOf = (model: SpecificationInput['model'], classes?: number) =>
    createModel(parseSpecification({ model, data: { set: 'ring' } }), { kind: 'points', size: 2 }, classes);
  const gaussian = { likelihood: 'gaussian' } as const;

  it('is shown on a plane, and logs every layer of it', () => {
    for (const model of [
      modelOf({ family: 'vae', latent: 2, decoder: gaussian }),
      modelOf({ family: 'cvae', latent: 2, decoder: gaussian }, 8),
      modelOf({ family: 'ae', latent: 2, reconstruction: 'squaredError' }),
    ]) {
      const logged = new Set(model.summaries.map(({ tag }) => tag));
      const planes = panelsOf(model.presentation, 'plane');
      expect(planes.map(({ title }) => title)).toEqual(['Data and model', 'Latent plane']);
      for (const { tag } of planes.flatMap(({ layers }) => layers)) expect(logged).toContain(tag);
      expect(panelsOf(model.presentation, 'images')).toEqual([]);
      expect(panelsOf(model.presentation, 'curves')[0]!.unit).toMatch(/ per point$/);
    }
  });

  it('has the bounds of its prior in the latent plane, and none where it has no prior', () => {
    const bounds = (model: SpecificationInput['model']) =>
      panelsOf(modelOf(model).presentation, 'plane').find(({ title }) => title === 'Latent plane')!.bounds;
    expect(bounds({ family: 'vae', latent: 2, decoder: gaussian })).toEqual({ x: [-4, 4], y: [-4, 4] });
    expect(bounds({ family: 'ae', latent: 2, reconstruction: 'squaredError' })).toBeUndefined();
  });

  it('is refused where the model takes numbers for probabilities, or convolves', () => {
    expect(() => modelOf({ family: 'vae' })).toThrow('Points are no probabilities');
    expect(() => modelOf({ family: 'ae' })).toThrow('Points are no probabilities');
    const network = { kind: 'convolutional' } as const;
    expect(() => modelOf({ family: 'vae', decoder: gaussian, network })).toThrow('learns from images');
  });
});

it.each(['vae', 'cvae', 'ae'] as const)('every panel of a %s of images is fed by what it logs', (family) => {
  const shape = { kind: 'image', shape: [4, 4, 1] } as const;
  const { presentation, summaries: logged } = createModel(
    parseSpecification({ model: { family, latent: 2 } }),
    { ...shape, shape: [...shape.shape] },
    10,
  );
  const tags = new Set(logged.map(({ tag }) => tag));
  const needed = presentation.panels.flatMap((panel) => {
    if (panel.kind === 'images' || panel.kind === 'matrix' || panel.kind === 'filmstrip') return [panel.tag];
    if (panel.kind === 'histograms') return panel.series.map(({ tag }) => tag);
    return panel.kind === 'plane' ? panel.layers.map(({ tag }) => tag) : [];
  });
  expect(needed.length).toBeGreaterThan(2);
  for (const tag of needed) expect(tags).toContain(tag);
});
