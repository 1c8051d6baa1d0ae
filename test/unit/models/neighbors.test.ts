import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAll } from '../../../src/common/slices';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor } from '../../../src/engine/program';
import { uniforms } from '../../../src/engine/random/philox';
import type { Drawn, Easel, Model } from '../../../src/models/model';
import { runnerKinds } from '../support/backends';
import { gameOf, images, POINTS } from './support/games';

const SIZE = 12;
const mlp = { kind: 'mlp' as const, hidden: [4] };
const modelOf = (more: object = {}) =>
  gameOf({ model: { family: 'gan', generator: mlp, discriminator: mlp, latent: 2, ...more } }, images(4, 3, 1), 3);

/** Images [count, 12] that all differ, in [−1, 1]. */
const patterns = (count: number, seed: number) => uniforms(count * SIZE, seed, 0, 0).map((value) => 2 * value - 1);
const row = (values: Float32Array, at: number) => [...values.subarray(at * SIZE, (at + 1) * SIZE)];
/** With pixels in [0, 1]. */
const distance = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((value, i) => (value - b[i]!) / 2));

describe.each(runnerKinds())('neighbors of samples on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  const training = patterns(1203, 1);
  const test = patterns(32, 50);
  let calls = 0;

  /** Draws a summary of the model, whose samples are given: `count` of them. */
  function drawn(model: Model, samples: Float32Array, ...tags: string[]): Drawn[] {
    const runner = backend.createRunner(model.program, 1, { mode });
    calls = 0;
    const easel = {
      call: (name: string, inputs: Readonly<Record<string, Float32Array>>) => {
        calls += 1;
        const declared = Object.entries(model.program.functions[name]!.inputs);
        const given = declared.map(([input, each]) => [input, { ...each, data: inputs[input]! } as HostTensor]);
        return runner.call(name, Object.fromEntries(given) as Record<string, HostTensor>);
      },
      trainingCount: training.length / SIZE,
      training: (from: number, count: number) => training.slice(from * SIZE, (from + count) * SIZE),
      test: () => ({ examples: test, labels: undefined }),
      *samples(count: number) {
        expect(count).toBe(samples.length / SIZE);
        return samples.slice();
      },
      classes: model.classes === undefined ? undefined : [0, 1, 2].map((label) => ({ label, name: `${label}` })),
    } as Partial<Easel> as Easel;
    const found = tags.map((tag) => runAll(model.summaries.find((summary) => summary.tag === tag)!.draw(easel)));
    runner.dispose();
    return found;
  }

  it('are the nearest of all training images, and a sample that is one of them has it at a distance of 0', () => {
    const samples = patterns(64, 9);
    // Copies of training images, of the first call, of the last one, which is not full, and in between.
    for (const [sample, image] of [
      [0, 0],
      [2, 1202],
      [62, 700],
    ] as const) {
      samples.set(training.subarray(image * SIZE, (image + 1) * SIZE), sample * SIZE);
    }
    const [picture, histogram] = drawn(modelOf(), samples, 'samples/nearest', 'samples/distance_to_training');
    if (picture?.kind !== 'tiles' || histogram?.kind !== 'histogram') throw new Error('Something else was drawn.');
    expect([picture.count, picture.columns]).toEqual([64, 16]);
    for (let i = 0; i < 32; i++) {
      // Every second sample is looked at; a row of them is above the row of their neighbors.
      const place = 32 * Math.floor(i / 16) + (i % 16);
      const sample = row(samples, 2 * i);
      expect(row(picture.data, place)).toEqual(sample);
      const distances = Array.from({ length: 1203 }, (_, j) => distance(sample, row(training, j)));
      const best = Math.min(...distances);
      expect(distance(sample, row(picture.data, place + 16))).toBeCloseTo(best, 5);
      expect(histogram.values[i]).toBeCloseTo(best, 5);
    }
    expect([0, 1, 31].map((i) => histogram.values[i])).toEqual([0, 0, 0]);
    expect([...histogram.values].filter((value) => value > 0.01)).toHaveLength(29);
    // 1,203 images in calls of 500, searched once for both.
    expect(calls).toBe(3);
  });

  it('have distances between each other that tell a collapse', () => {
    const tags = ['samples/distance_between', 'data/distance_between'];
    const values = (samples: Float32Array) =>
      drawn(modelOf(), samples, ...tags).map((each) => (each.kind === 'histogram' ? [...each.values] : []));
    const samples = patterns(64, 9);
    const [between, data] = values(samples);
    const expected: number[] = [];
    for (let i = 0; i < 32; i++) {
      for (let j = 0; j < i; j++) expected.push(distance(row(samples, 2 * i), row(samples, 2 * j)));
    }
    expect(between).toHaveLength((32 * 31) / 2);
    for (const [i, value] of between!.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
    expect(data).toHaveLength((32 * 31) / 2);
    const collapsed = Float32Array.from({ length: 64 * SIZE }, (_, i) => samples[i % SIZE]!);
    expect(Math.max(...values(collapsed)[0]!)).toBe(0);
  });

  it('are shown of each class of a model that is told labels', () => {
    const conditional = modelOf({ family: 'cgan' });
    const samples = patterns(48, 9);
    const [picture] = drawn(conditional, samples, 'samples/nearest');
    if (picture?.kind !== 'tiles') throw new Error('Something else was drawn.');
    const shown = Array.from({ length: 32 }, (_, i) => row(picture.data, 32 * Math.floor(i / 16) + (i % 16)));
    const classes = shown.map((each) =>
      Math.floor(samples.findIndex((_, at) => at % SIZE === 0 && samples[at] === each[0]) / SIZE / 16),
    );
    expect([0, 1, 2].map((label) => classes.filter((each) => each === label).length)).toEqual([11, 11, 10]);
  });
});

it('only models that draw samples of images are looked at so', () => {
  const tags = ({ summaries }: Model) => summaries.map(({ tag }) => tag);
  expect(tags(modelOf())).toContain('samples/nearest');
  expect(tags(gameOf({ model: { family: 'vae' } }, images(4, 3, 1)))).toContain('samples/nearest');
  expect(tags(gameOf({ model: { family: 'ae' } }, images(4, 3, 1)))).not.toContain('samples/nearest');
  expect(tags(gameOf({ model: { family: 'gan' } }, POINTS))).not.toContain('samples/nearest');
});
