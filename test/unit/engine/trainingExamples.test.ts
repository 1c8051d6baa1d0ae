import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import { NOISE_INPUT, type Program, type TrainingExamples } from '../../../src/engine/program';
import { runnerKinds } from '../support/backends';
import { floats, noise } from '../support/programs';

const SHAPE = [3, 20, 20, 1];
/** Every byte there is, and more of some: not a multiple of four of them. */
const images: TrainingExamples = {
  shape: [5, 20, 20, 1],
  values: Uint8Array.from({ length: 2000 }, (_, index) => index % 256),
  scaling: 'unit',
};
const odd: TrainingExamples = { shape: [3, 1, 1, 1], values: Uint8Array.of(7, 8, 9), scaling: 'unit' };

const program: Program = {
  variables: [],
  functions: {
    show: {
      inputs: { images: { shape: SHAPE, dtype: 'float32' }, noise: NOISE_INPUT },
      body: (_scope, inputs) => ({ images: tf.add(inputs.images!, 0) }),
    },
    pair: {
      inputs: {
        a: { shape: SHAPE, dtype: 'float32' },
        b: { shape: SHAPE, dtype: 'float32' },
        noise: NOISE_INPUT,
      },
      body: (_scope, { a, b }) => ({ a: tf.add(a!, 0), b: tf.add(b!, 0) }),
    },
    batches: {
      inputs: { examples: { shape: [2, 3, 2], dtype: 'float32' }, noise: NOISE_INPUT },
      body: (_scope, inputs) => ({ examples: tf.add(inputs.examples!, 0) }),
    },
    single: {
      inputs: { images: { shape: [1, 1, 1, 1], dtype: 'float32' } },
      body: (_scope, inputs) => ({ images: tf.add(inputs.images!, 0) }),
    },
  },
};

describe.each(runnerKinds())('training examples on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice });
  });
  afterAll(() => backend.dispose());
  const create = (given: TrainingExamples | undefined = images) =>
    backend.createRunner(program, 1, { mode, examples: given });
  const rows = Int32Array.of(4, 0, 4);
  const binarized = { ...images, scaling: 'binary' } as const;

  it('are looked up by row index, as intensities', () => {
    const shown = create().call('show', { images: { rows }, noise: noise(1, 2) }).images!;
    expect(shown.shape).toEqual(SHAPE);
    const expected = [...rows].flatMap((row) => [
      ...(images.values as Uint8Array).subarray(row * 400, (row + 1) * 400),
    ]);
    // TensorFlow may multiply by 1/255 instead: the last bit of a float32 between 0 and 1 is 6e-8.
    expected.forEach((byte, index) => expect(Math.abs(shown.data[index]! - byte / 255)).toBeLessThan(1.2e-7));
    expect(shown.data.filter((value) => value === 1)).toHaveLength(expected.filter((byte) => byte === 255).length);
  });

  it('may lie anywhere in memory', () => {
    const moved = Uint8Array.of(0, ...(images.values as Uint8Array)).subarray(1);
    const input = { images: { rows }, noise: noise(1, 2) };
    const [here, there] = [images, { ...images, values: moved }].map((given) => create(given).call('show', input));
    expect(there).toEqual(here);
  });

  it('may be of any size', () => {
    const shown = create(odd).call('single', { images: { rows: Int32Array.of(2) } }).images!;
    expect(shown.data[0]).toBeCloseTo(9 / 255, 7);
  });

  it('come binarized with the intensity as probability, by seed and step alone', () => {
    const runner = create(binarized);
    const half = { unscaled: new Float32Array(1200).fill(0.25) };
    const draw = (seed: number, step: number) =>
      runner.call('show', { images: half, noise: noise(seed, step) }).images!.data;
    const drawn = draw(1, 2);
    expect(new Set(drawn)).toEqual(new Set([0, 1]));
    const mean = [...drawn].reduce((sum, value) => sum + value, 0) / 1200;
    expect(Math.abs(mean - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 1200));
    expect(draw(1, 2)).toEqual(drawn);
    expect(draw(1, 3)).not.toEqual(drawn);
    expect(draw(2, 2)).not.toEqual(drawn);
    // Of rows, black and white stay what they are.
    const shown = runner.call('show', { images: { rows }, noise: noise(1, 2) }).images!.data;
    const bytes = [...rows].flatMap((row) => [...(images.values as Uint8Array).subarray(row * 400, (row + 1) * 400)]);
    bytes.forEach((byte, index) => {
      if (byte === 0 || byte === 255) expect(shown[index]).toBe(byte / 255);
    });
  });

  it('come binarized by draws of their own in each input', () => {
    const half = { unscaled: new Float32Array(1200).fill(0.5) };
    const { a, b } = create(binarized).call('pair', { a: half, b: half, noise: noise(1, 2) });
    const equal = a!.data.filter((value, index) => value === b!.data[index]).length;
    expect(Math.abs(equal / 1200 - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 1200));
  });

  it('do not keep an input from being given its values', () => {
    const values = floats(SHAPE, new Float32Array(1200).fill(0.125));
    for (const given of [images, binarized, undefined]) {
      const shown = create(given).call('show', { images: values, noise: noise(1, 2) }).images!;
      expect(shown.data).toEqual(values.data);
    }
  });

  it.each([
    [undefined, { rows }, /the runner was given none/],
    [{ ...images, values: undefined }, { rows }, /the runner holds no examples/],
    [odd, { rows }, /cannot be given by examples: the examples are \[3, 1, 1, 1\]/],
    [images, { rows: Int32Array.of(1) }, /by 3 rows, but has 1/],
    [images, { rows: Int32Array.of(0, 1, 5) }, /numbers from 0 to 4, but holds 5/],
    [images, { rows: Int32Array.of(0, -1, 2) }, /numbers from 0 to 4, but holds -1/],
    [images, { unscaled: new Float32Array(7) }, /must be float32 of shape \[3, 20, 20, 1\]/],
  ])('are refused where they do not fit', (given, input, message) => {
    const runner = backend.createRunner(program, 1, { mode, examples: given });
    expect(() => runner.call('show', { images: input, noise: noise(1, 2) })).toThrow(message);
  });

  it('are refused by a function without noise when they are to be binarized', () => {
    const runner = create({ ...odd, scaling: 'binary' });
    expect(() => runner.call('single', { images: { rows: Int32Array.of(1) } })).toThrow(/need an input “noise”/);
  });

  it('come from −1 to 1 where the model asks for that', () => {
    const shown = create({ ...images, scaling: 'signed' }).call('show', {
      images: { rows },
      noise: noise(1, 2),
    }).images!;
    const bytes = [...rows].flatMap((row) => [...(images.values as Uint8Array).subarray(row * 400, (row + 1) * 400)]);
    bytes.forEach((byte, index) => expect(Math.abs(shown.data[index]! - ((2 * byte) / 255 - 1))).toBeLessThan(2.4e-7));
    expect(Math.min(...shown.data)).toBe(-1);
    expect(Math.max(...shown.data)).toBe(1);
  });

  it('come dequantized: within the interval of their byte, uniformly, by seed and step alone', () => {
    const runner = create({ ...images, scaling: 'dequantized' });
    const draw = (step: number) => runner.call('show', { images: { rows }, noise: noise(1, step) }).images!.data;
    const shown = draw(2);
    const bytes = [...rows].flatMap((row) => [...(images.values as Uint8Array).subarray(row * 400, (row + 1) * 400)]);
    const within = bytes.map((byte, index) => shown[index]! * 256 - byte);
    for (const part of within) {
      expect(part).toBeGreaterThan(-1e-4);
      expect(part).toBeLessThan(1 + 1e-4);
    }
    const mean = within.reduce((sum, part) => sum + part, 0) / within.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / within.length));
    expect(draw(2)).toEqual(shown);
    expect(draw(3)).not.toEqual(shown);
  });

  it('may be numbers, as points are, and several batches of them', () => {
    const points: TrainingExamples = {
      shape: [5, 2],
      scaling: 'unit',
      values: Float32Array.from({ length: 10 }, (_, index) => index * 1000.25 - 3),
    };
    const picked = Int32Array.of(4, 0, 1, 3, 3, 2);
    const shown = create(points).call('batches', { examples: { rows: picked }, noise: noise(1, 2) }).examples!;
    expect(shown.shape).toEqual([2, 3, 2]);
    expect([...shown.data]).toEqual([...picked].flatMap((row) => [...points.values!.subarray(2 * row, 2 * row + 2)]));
    const few = { examples: { rows: picked.slice(0, 3) }, noise: noise(1, 2) };
    expect(() => create(points).call('batches', few)).toThrow(/by 6 rows, but has 3/);
    const given = { unscaled: Float32Array.from({ length: 12 }, (_, index) => index - 20) };
    expect(create(points).call('batches', { examples: given, noise: noise(1, 2) }).examples!.data).toEqual(
      given.unscaled,
    );
  });
});
