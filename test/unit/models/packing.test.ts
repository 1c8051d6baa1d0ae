import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExampleSet } from '../../../src/data';
import { openBackend, type Backend } from '../../../src/engine';
import type { Callable, HostTensor, Program } from '../../../src/engine/program';
import { evaluateModel } from '../../../src/evaluation';
import { STREAMS } from '../../../src/models/latentVariableModel';
import { ModelError } from '../../../src/models';
import { packed, packedShape } from '../../../src/models/packing';
import { runnerKinds } from '../support/backends';
import { call, gameOf, images, POINTS, turn, waves, withGivenDraws } from './support/games';
import { patternLabels, setVariables, tensor } from './support/models';
import { valuesOf } from '../support/valuesOf';

const linear = { kind: 'mlp' as const, hidden: [] };
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

function packing(shape: readonly number[], count: number): Program {
  const inputs = { x: { shape, dtype: 'float32' } } as const;
  return {
    variables: [],
    functions: { pack: { inputs, body: (_scope, { x }) => ({ y: packed(x as tf.Tensor, count) }) } },
  };
}

describe.each(runnerKinds())('on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  function pack(x: HostTensor, count: number): HostTensor {
    const runner = backend.createRunner(packing(x.shape, count), 0, { mode });
    const { y } = runner.call('pack', { x });
    runner.dispose();
    return y!;
  }

  it('puts the points of a pack one after the other', () => {
    const y = pack(tensor([6, 2], range(12)), 3);
    expect(y.shape).toEqual([2, 6]);
    expect([...y.data]).toEqual(range(12));
    expect(pack(tensor([6, 2], range(12)), 1).shape).toEqual([6, 2]);
  });

  it('puts the channels of a pack of images together, pixel by pixel', () => {
    const [batch, height, width, channels, count] = [4, 2, 3, 2, 2];
    const x = tensor([batch, height, width, channels], range(batch * height * width * channels));
    const y = pack(x, count);
    expect(y.shape).toEqual([2, 2, 3, 4]);
    expect(packedShape([height, width, channels], count)).toEqual([2, 3, 4]);
    for (const at of range(y.data.length)) {
      const channel = at % 4;
      const pixel = Math.floor(at / 4) % 6;
      const image = 2 * Math.floor(at / 24) + Math.floor(channel / channels);
      expect(y.data[at], `${at}`).toBe(x.data[image * 12 + pixel * channels + (channel % channels)]);
    }
  });

  it('gives a judge of packs the labels of all of them, in the same order', () => {
    const model = gameOf(
      {
        model: { family: 'cgan', generator: linear, discriminator: linear, latent: 2, packing: 2 },
        training: { batch: 4 },
      },
      POINTS,
      3,
    );
    const { shape } = model.program.variables.find(({ name }) => name === 'discriminator.output.condition')!;
    expect(shape).toEqual([6, 1]);
    const runner = backend.createRunner(model.program, 1, { mode });
    const condition = [1, 10, 100, 1000, 2000, 4000];
    setVariables(runner, {
      'discriminator.output.kernel': tensor([4, 1], [0, 0, 0, 0]),
      'discriminator.output.bias': tensor([1], [-1112]),
      'discriminator.output.condition': tensor([6, 1], condition),
    });
    // The packs (2, 0) and (1, 1): 100 + 1000 − 1112 and 10 + 2000 − 1112 are the logits.
    const labels = { shape: [4], dtype: 'int32', data: Int32Array.of(2, 0, 1, 1) } as const;
    const { loss, real } = turn(runner, model, 'discriminator', { examples: waves([4, 2], 1), labels });
    expect(real).toBeCloseTo((sigmoid(-12) + 1) / 2, 5);
    expect(loss).toBeCloseTo((12 + 0 + (0 + 898)) / 2, 2);
    runner.dispose();
  });

  it('judges whole packs of the test set, and as many samples', async () => {
    const [packing, latent] = [3, 2];
    const model = gameOf(
      {
        model: { family: 'gan', generator: linear, discriminator: linear, latent, packing },
        training: { batch: 6 },
      },
      POINTS,
    );
    const evaluated = model.program.functions['evaluate']!.inputs['examples']!.shape[0]!;
    expect(evaluated).toBe(249);
    const program = withGivenDraws(model.program, { evaluate: { [STREAMS.evaluate]: [evaluated, latent] } });
    const runner = backend.createRunner(program, 1, { mode });
    const weights = {
      'discriminator.output.kernel': waves([6, 1], 1),
      'discriminator.output.bias': tensor([1], [0.3]),
      'generator.output.kernel': waves([2, 2], 2),
      'generator.output.bias': waves([2], 3),
    };
    setVariables(runner, weights);
    // 249 and 10: of the last ones a pack of 3 leaves one over.
    const count = evaluated + 10;
    const set: ExampleSet = { split: 'test', count, values: Float32Array.from(waves([count, 2], 4).data) };
    const noises = [waves([evaluated, latent], 5), waves([evaluated, latent], 6)];
    let calls = 0;
    const callable: Callable = {
      call: (name, inputs) => runner.call(name, { ...inputs, [`draw.${STREAMS.evaluate}`]: noises[calls++]! }),
    };
    const hyperparameters = { discriminatorLearningRate: 0, generatorLearningRate: 0 };
    const options = { binarization: 'none', seed: 1, hyperparameters } as const;
    const { metrics } = await evaluateModel(callable, model, set, options);
    runner.dispose();
    expect(calls).toBe(2);

    const w = weights['discriminator.output.kernel'].data;
    const judged = (numbers: readonly number[]) => 0.3 + numbers.reduce((sum, x, i) => sum + x * w[i]!, 0);
    const [kernel, bias] = [weights['generator.output.kernel'].data, weights['generator.output.bias'].data];
    const generated = (z: HostTensor, row: number) =>
      [0, 1].map((axis) => z.data[2 * row]! * kernel[axis]! + z.data[2 * row + 1]! * kernel[2 + axis]! + bias[axis]!);
    const real: number[] = [];
    const fake: number[] = [];
    for (const [batch, packs] of [83, 3].entries()) {
      for (const first of range(packs).map((each) => packing * each)) {
        real.push(
          judged([...valuesOf(set).slice(2 * (batch * evaluated + first), 2 * (batch * evaluated + first + 3))]),
        );
        fake.push(judged(range(3).flatMap((each) => generated(noises[batch]!, first + each))));
      }
    }
    const mean = (f: (pair: number) => number) => range(86).reduce((sum, pair) => sum + f(pair), 0) / 86;
    const loss = mean((pair) => softplus(-real[pair]!) + softplus(fake[pair]!));
    const expected = {
      'test/discriminator/loss': loss,
      'test/discriminator/real': mean((pair) => sigmoid(real[pair]!)),
      'test/discriminator/fake': mean((pair) => sigmoid(fake[pair]!)),
      'test/discriminator/accuracy': mean((pair) => (Number(real[pair]! > 0) + Number(fake[pair]! < 0)) / 2),
      'test/discriminator/jensen_shannon': (Math.log(4) - loss) / 2,
    };
    expect(Object.keys(metrics).sort()).toEqual(Object.keys(expected).sort());
    for (const [tag, value] of Object.entries(expected)) expect(metrics[tag], tag).toBeCloseTo(value, 5);
  });

  it('lets the order of examples within a batch decide what is judged together, and no more', () => {
    const network = { kind: 'mlp' as const, hidden: [7] };
    const options = { generator: network, discriminator: network, latent: 2, packing: 2 };
    const model = gameOf({ model: { family: 'gan', ...options }, training: { batch: 4 } }, images(3, 3, 1));
    const runner = backend.createRunner(model.program, 1, { mode });
    const shown = waves([4, 3, 3, 1], 1);
    const swapped = tensor(shown.shape, [...shown.data.subarray(18), ...shown.data.subarray(0, 18)]);
    const still = { hyperparameters: { discriminatorLearningRate: 0 } };
    const [one, other] = [shown, swapped].map((examples) =>
      turn(runner, model, 'discriminator', { examples, ...still }),
    );
    // Two packs that change places: the same packs.
    expect(other!['real']).toBeCloseTo(one!['real']!, 5);
    const mixed = tensor(shown.shape, [...shown.data.subarray(9), ...shown.data.subarray(0, 9)]);
    expect(
      Math.abs(turn(runner, model, 'discriminator', { examples: mixed, ...still })['real']! - one!['real']!),
    ).toBeGreaterThan(1e-5);
    const { examples } = call(runner, model, 'sample', { labels: patternLabels(64, 1) });
    expect(examples!.shape).toEqual([64, 3, 3, 1]);
    runner.dispose();
  });
});

it('a batch that packs do not divide is refused, with one that they do', () => {
  const game = (batch: number) =>
    gameOf({ model: { family: 'gan', latent: 2, packing: 3 }, training: { batch } }, POINTS);
  const message = 'A batch of 128 examples cannot be divided into packs of 3.';
  const remedy = expect.stringContaining('such as 129') as string;
  expect(() => game(128)).toThrow(ModelError);
  expect(() => game(128)).toThrow(expect.objectContaining({ message, remedy }));
  expect(game(129).family).toBe('gan');
});
