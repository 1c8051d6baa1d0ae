import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor, Runner } from '../../../src/engine/program';
import { STREAMS } from '../../../src/models/latentVariableModel';
import type { Model } from '../../../src/models/model';
import { runnerKinds } from '../support/backends';
import { call, gameOf, images, POINTS, shownInputs, turn, waves, withGivenDraws } from './support/games';
import { setVariables, tensor } from './support/models';

/** Of PyTorch, by golden/dcgan.py. */
const golden = JSON.parse(readFileSync(path.join(import.meta.dirname, 'golden', 'dcgan.json'), 'utf8')) as {
  readonly starts: readonly { readonly name: string; readonly factor: number; readonly shift: number }[];
  readonly losses: readonly Readonly<Record<'discriminator' | 'generator', number>>[];
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly decoded: readonly number[];
};

const [BATCH, LATENT] = [6, 5];
const dcgan = (more: object = {}, batch = BATCH): Model =>
  gameOf(
    {
      model: { family: 'dcgan', channels: [3, 4], latent: LATENT, ...more },
      training: { batch, optimizer: { learningRate: 2e-4, beta1: 0.5 } },
    },
    images(8, 8, 1),
  );

/** Sets every weight to the numbers that golden/dcgan.py starts from. */
function setStarts(runner: Runner): void {
  const state = runner.readState();
  const starts = golden.starts.map(({ name, factor, shift }, stream) => {
    return [name, waves(state.get(name)!.shape, stream, factor, shift)] as const;
  });
  setVariables(runner, Object.fromEntries(starts));
}

function expectClose(actual: HostTensor, expected: readonly number[], tolerance: number, what: string): void {
  const scale = Math.max(...expected.map(Math.abs));
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(actual.data[i]! - value), `${what}[${i}]`).toBeLessThanOrEqual(tolerance * scale + 1e-9);
  }
}

describe.each(runnerKinds())('a DCGAN on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  const start = (model: Model, program = model.program) => backend.createRunner(program, 3, { mode });

  it('takes the steps of PyTorch’s twin, and decodes to the same images', () => {
    const model = dcgan();
    const z = { [STREAMS.train]: [BATCH, LATENT] };
    const runner = start(model, withGivenDraws(model.program, { discriminator: z, generator: z }));
    setStarts(runner);
    for (const [step, losses] of golden.losses.entries()) {
      const drawn = (stream: number) => ({ draws: { [STREAMS.train]: waves([BATCH, LATENT], stream + step) } });
      const examples = waves([BATCH, 8, 8, 1], 20 + step);
      const { loss: ofJudge } = turn(runner, model, 'discriminator', { examples, ...drawn(30) });
      const { loss: ofGenerator } = turn(runner, model, 'generator', drawn(40));
      expect(Math.abs(ofJudge! - losses.discriminator)).toBeLessThan(2e-5);
      expect(Math.abs(ofGenerator! - losses.generator)).toBeLessThan(2e-5);
    }
    const state = runner.readState();
    const counts = [...state.keys()].filter((name) => name.endsWith('.step'));
    expect([...state.keys()].sort()).toEqual([...Object.keys(golden.state), ...counts].sort());
    for (const [name, values] of Object.entries(golden.state)) {
      // Second moments have twice the relative error of gradients.
      expectClose(state.get(name)!, values, name.includes('.v.') ? 4e-4 : 1e-4, name);
    }
    const { examples } = call(runner, model, 'decode', { others: { latent: waves([16, LATENT], 50) } });
    expectClose(examples!, golden.decoded, 1e-4, 'decoded');
    runner.dispose();
  });

  it('normalizes data and samples in batches of their own', () => {
    const model = dcgan();
    const given = { discriminator: { [STREAMS.train]: [BATCH, LATENT] } };
    const runner = start(model, withGivenDraws(model.program, given));
    setStarts(runner);
    const still = { hyperparameters: { discriminatorLearningRate: 0 } };
    const [real, z] = [waves([BATCH, 8, 8, 1], 1), waves([BATCH, LATENT], 2)];
    const outputs = (examples: HostTensor, latents: HostTensor) =>
      turn(runner, model, 'discriminator', { examples, draws: { [STREAMS.train]: latents }, ...still });
    const before = outputs(real, z);
    const otherSamples = outputs(real, waves([BATCH, LATENT], 3));
    expect(otherSamples['real']).toBe(before['real']);
    expect(otherSamples['fake']).not.toBe(before['fake']);
    const otherData = outputs(waves([BATCH, 8, 8, 1], 4), z);
    expect(otherData['fake']).toBe(before['fake']);
    expect(otherData['real']).not.toBe(before['real']);
    runner.dispose();
  });

  it('moves the averages of each player in its own turn alone, those of the discriminator by the data', () => {
    const model = dcgan();
    const given = { discriminator: { [STREAMS.train]: [BATCH, LATENT] } };
    const runner = start(model, withGivenDraws(model.program, given));
    setStarts(runner);
    const averages = () => {
      const all = [...runner.readState()].filter(([name]) => /\.(mean|variance)$/.test(name));
      const of = (player: string) => all.filter(([name]) => name.startsWith(player));
      return { generator: of('generator'), discriminator: of('discriminator') };
    };
    const judge = (stream: number, z: number) =>
      turn(runner, model, 'discriminator', {
        examples: waves([BATCH, 8, 8, 1], stream),
        draws: { [STREAMS.train]: waves([BATCH, LATENT], z) },
        hyperparameters: { discriminatorLearningRate: 0 },
      });
    const started = averages();
    expect(started.generator).toHaveLength(4);
    expect(started.discriminator).toHaveLength(2);
    for (const name of ['evaluate', 'sample', 'decode', 'judgement'])
      call(runner, model, name, shownInputs(model, name));
    expect(averages()).toEqual(started);

    const state = runner.readState();
    judge(1, 2);
    const judged = averages();
    expect(judged.generator).toEqual(started.generator);
    for (const [i, [, { data }]] of judged.discriminator.entries())
      expect(data).not.toEqual(started.discriminator[i]![1].data);
    runner.writeState(state);
    judge(1, 3);
    expect(averages()).toEqual(judged);
    runner.writeState(state);
    judge(4, 2);
    expect(averages().discriminator).not.toEqual(judged.discriminator);

    runner.writeState(state);
    turn(runner, model, 'generator', {});
    const generated = averages();
    expect(generated.discriminator).toEqual(started.discriminator);
    for (const [i, [, { data }]] of generated.generator.entries())
      expect(data).not.toEqual(started.generator[i]![1].data);
    runner.dispose();
  });

  it('gives samples and judgements that do not depend on the rest of their batch', () => {
    const model = dcgan();
    const runner = start(model);
    setStarts(runner);
    for (const counter of [0, 1]) {
      turn(runner, model, 'discriminator', { examples: waves([BATCH, 8, 8, 1], 5), counter });
      turn(runner, model, 'generator', { counter });
    }
    const decode = (latent: HostTensor) => call(runner, model, 'decode', { others: { latent } })['examples']!.data;
    const one = waves([16, LATENT], 1);
    const other = tensor(one.shape, [...one.data.subarray(0, LATENT), ...waves([15, LATENT], 9, 3).data]);
    const [first, second] = [decode(one), decode(other)];
    expect(first.subarray(64)).not.toEqual(second.subarray(64));
    for (let i = 0; i < 64; i++) expect(second[i]).toBeCloseTo(first[i]!, 6);

    const judged = (examples: HostTensor) => call(runner, model, 'judgement', { examples });
    const shown = waves([250, 8, 8, 1], 1);
    const changed = tensor(shown.shape, [...shown.data.subarray(0, 64), ...waves([249, 8, 8, 1], 3, 2).data]);
    const [before, after] = [judged(shown), judged(changed)];
    expect(after['output']!.data[0]).toBeCloseTo(before['output']!.data[0]!, 6);
    expect(after['output']!.data[1]).not.toBeCloseTo(before['output']!.data[1]!, 6);
    runner.dispose();
  });

  it('starts from N(0, 0.02²), without the biases that batch normalization would subtract', () => {
    const model = dcgan({ channels: [16, 32], latent: 100 });
    const runner = start(model);
    const state = runner.readState();
    const kernels = [...state].filter(([name]) => name.endsWith('.kernel') && !name.startsWith('optimizer.'));
    expect(kernels).toHaveLength(6);
    for (const [name, kernel] of kernels) {
      const data = [...kernel.data];
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
      expect(Math.abs(mean), name).toBeLessThan((5 * 0.02) / Math.sqrt(data.length));
      expect(Math.abs(deviation / 0.02 - 1), name).toBeLessThan(5 / Math.sqrt(2 * data.length));
    }
    const biases = [...state].filter(([name]) => name.endsWith('.bias') && !name.startsWith('optimizer.'));
    expect(biases.map(([name]) => name)).toEqual([
      'generator.output.bias',
      'discriminator.convolution.0.bias',
      'discriminator.output.bias',
    ]);
    for (const [name, { data }] of biases) expect(Math.max(...data.map(Math.abs)), name).toBe(0);
    for (const [name, { data }] of state) {
      if (name.startsWith('optimizer.')) continue;
      if (name.endsWith('.scale') || name.endsWith('.variance')) expect(new Set(data), name).toEqual(new Set([1]));
      if (name.endsWith('.offset') || name.endsWith('.mean')) expect(new Set(data), name).toEqual(new Set([0]));
    }
    const normalized = [...state.keys()].filter((name) => name.endsWith('.scale') && !name.startsWith('optimizer.'));
    expect(normalized).toEqual([
      'generator.projection.scale',
      'generator.convolution.0.scale',
      'discriminator.convolution.1.scale',
    ]);
    runner.dispose();
  });
});

it('a DCGAN is not made for points', () => {
  expect(() => gameOf({ model: { family: 'dcgan' } }, POINTS)).toThrow('learns from images');
});
