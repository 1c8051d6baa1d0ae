import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor, Program } from '../../../src/engine/program';
import { practiceOf } from '../../../src/models/gan';
import { crossEntropy, objectives, wasserstein, type Objective } from '../../../src/models/objectives';
import { parseSpecification } from '../../../src/protocol/specification';
import { runnerKinds } from '../support/backends';
import { gameOf, POINTS } from './support/games';
import { tensor } from './support/models';

interface Listed {
  readonly values: readonly number[];
  readonly gradients: readonly number[];
}
/** Of PyTorch, by golden/objectives.py. */
const golden = JSON.parse(readFileSync(path.join(import.meta.dirname, 'golden', 'objectives.json'), 'utf8')) as {
  readonly logits: readonly number[];
} & Record<string, Readonly<Record<'real' | 'fake' | 'generator', Listed>>>;

const all: Readonly<Record<string, Objective>> = { ...objectives, wasserstein };
const PARTS = ['real', 'fake', 'generator'] as const;
const sigmoid = (l: number) => 1 / (1 + Math.exp(-l));

/** A program that gives f [n] and its gradient for outputs of a judge [n]. */
function differentiating(functions: Readonly<Record<string, (l: tf.Tensor) => tf.Tensor>>, count: number): Program {
  const entries = Object.entries(functions).map(([name, f]) => {
    const body: Program['functions'][string]['body'] = (_scope, { l }) => ({
      values: f(l!),
      gradients: tf.grad((x: tf.Tensor) => tf.sum(f(x)))(l!),
    });
    return [name, { inputs: { l: { shape: [count], dtype: 'float32' as const } }, body }] as const;
  });
  return { variables: [], functions: Object.fromEntries(entries) };
}

/** A program that gives what an objective measures of each pair. */
function measuring(objective: Objective, count: number): Program {
  const input = { shape: [count], dtype: 'float32' } as const;
  const body: Program['functions'][string]['body'] = (_scope, { real, fake }) => ({
    ...objective.measures(real!, fake!),
  });
  return { variables: [], functions: { measure: { inputs: { real: input, fake: input }, body } } };
}

function expectClose(actual: HostTensor, expected: readonly number[], what: string): void {
  expect(actual.data).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(actual.data[i]! - value), `${what}[${i}]`).toBeLessThan(3e-6 * Math.max(1, Math.abs(value)));
  }
}

describe.each(runnerKinds())('on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  function results(functions: Parameters<typeof differentiating>[0], logits: readonly number[]) {
    const runner = backend.createRunner(differentiating(functions, logits.length), 0, { mode });
    const found = Object.keys(functions).map(
      (name) => [name, runner.call(name, { l: tensor([logits.length], logits) })] as const,
    );
    runner.dispose();
    return Object.fromEntries(found) as Record<string, { values: HostTensor; gradients: HostTensor }>;
  }

  function measures(objective: Objective, real: readonly number[], fake: readonly number[]) {
    const runner = backend.createRunner(measuring(objective, real.length), 0, { mode });
    const found = runner.call('measure', { real: tensor([real.length], real), fake: tensor([fake.length], fake) });
    runner.dispose();
    return Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, [...data]]));
  }

  it.each(Object.keys(all))('the losses of %s and their gradients are PyTorch’s', (name) => {
    const objective = all[name]!;
    const found = results(
      {
        real: (l) => objective.real(l),
        fake: (l) => objective.fake(l),
        generator: (l) => objective.generator(l),
      },
      golden.logits,
    );
    for (const part of PARTS) {
      expectClose(found[part]!.values, golden[name]![part].values, `${name}.${part}`);
      expectClose(found[part]!.gradients, golden[name]![part].gradients, `∂${name}.${part}`);
    }
  });

  it('cross-entropies with smoothed and flipped labels are PyTorch’s', () => {
    const target = (l: tf.Tensor) => tf.fill(l.shape, 0.9);
    const { nonSaturating } = objectives;
    const found = results(
      {
        real: (l) => nonSaturating.real(l, target(l)),
        fake: (l) => nonSaturating.fake(l, target(l)),
        halved: (l) => objectives.halved.real(l, target(l)),
        one: (l) => crossEntropy(l, tf.onesLike(l)),
        zero: (l) => crossEntropy(l, tf.zerosLike(l)),
      },
      golden.logits,
    );
    for (const part of ['real', 'fake'] as const) {
      expectClose(found[part]!.values, golden['smoothed']![part].values, part);
      expectClose(found[part]!.gradients, golden['smoothed']![part].gradients, `∂${part}`);
    }
    expectClose(
      found['halved']!.values,
      golden['smoothed']!.real.values.map((value) => value / 2),
      'halved',
    );
    expectClose(found['one']!.values, golden['nonSaturating']!.real.values, 'target 1');
    expectClose(found['zero']!.values, golden['nonSaturating']!.fake.values, 'target 0');
  });

  it('the generator’s gradients, non-saturating and minimax, are of one sign and as (1 − D) to D', () => {
    const logits = [-8, -3, -1, -0.2, 0, 0.4, 2, 5];
    const found = results(
      { nonSaturating: (l) => objectives.nonSaturating.generator(l), minimax: (l) => objectives.minimax.generator(l) },
      logits,
    );
    for (const [i, l] of logits.entries()) {
      const [steep, flat] = [found['nonSaturating']!, found['minimax']!].map(({ gradients }) => gradients.data[i]!);
      // Both players of the game agree about where the generator should go: towards a larger D.
      expect(steep).toBeLessThan(0);
      expect(flat).toBeLessThan(0);
      expect(steep! / flat!).toBeCloseTo((1 - sigmoid(l)) / sigmoid(l), Math.abs(l) > 4 ? 1 : 4);
    }
  });

  it('saturation is the ratio of the lengths of these two gradients over a batch, and finite where either is 0', () => {
    const { nonSaturating, minimax, halved, hinge } = objectives;
    const saturation = (logits: readonly number[]) => {
      const found = results(
        {
          steep: (l) => nonSaturating.generator(l),
          flat: (l) => minimax.generator(l),
          saturation: (l) => minimax.saturation!(l),
        },
        logits,
      );
      const [steep, flat] = [found['steep']!, found['flat']!].map(({ gradients }) => Math.hypot(...gradients.data));
      return { found: found['saturation']!.values.data[0]!, expected: steep! / flat! };
    };
    for (const logits of [
      [-8, -3, -1, 0.4, 2],
      [-5, -5.5, -6],
      [0, 0],
      [3, 2, 4],
    ]) {
      const { found, expected } = saturation(logits);
      expect(Math.abs(found / expected - 1)).toBeLessThan(1e-4);
    }
    expect(saturation([-500, -400]).found / 1e6).toBeCloseTo(1, 5);
    expect(saturation([500, 400]).found * 1e6).toBeCloseTo(1, 5);
    expect([nonSaturating, halved].every((each) => each.saturation === minimax.saturation)).toBe(true);
    for (const each of [hinge, wasserstein]) expect(each.saturation).toBeUndefined();
  });

  it('V is −log 4 and the Jensen–Shannon estimate 0 where D is ½ everywhere', () => {
    const found = measures(objectives.nonSaturating, [0, 0, 0], [0, 0, 0]);
    for (const loss of found['loss']!) expect(-loss).toBeCloseTo(-Math.log(4), 6);
    for (const divergence of found['jensen_shannon']!) expect(Math.abs(divergence)).toBeLessThan(1e-7);
    expect(found['real']).toEqual([0.5, 0.5, 0.5]);
    // At ½ the discriminator says neither.
    expect(found['accuracy']).toEqual([0, 0, 0]);
    for (const loss of measures(objectives.halved, [0], [0])['loss']!) expect(loss).toBeCloseTo(Math.log(4) / 2, 6);
  });

  it('the Jensen–Shannon estimate of the best discriminator is the divergence', () => {
    // p and q over three outcomes; the best D is p / (p + q), with the logit log p − log q.
    const p = [0.6, 0.3, 0.1];
    const q = [0.2, 0.3, 0.5];
    const logits = p.map((value, i) => Math.log(value / q[i]!));
    const mean = (weights: readonly number[], values: readonly number[]) =>
      values.reduce((sum, value, i) => sum + weights[i]! * value, 0);
    // Of pairs with outputs of 0, where the estimate is 0, what a pair adds is the part of one of its two.
    const onData = measures(objectives.nonSaturating, logits, [0, 0, 0])['jensen_shannon']!;
    const onSamples = measures(objectives.nonSaturating, [0, 0, 0], logits)['jensen_shannon']!;
    const kl = (a: readonly number[]) =>
      a.reduce((sum, value, i) => sum + value * Math.log((2 * value) / (p[i]! + q[i]!)), 0);
    expect(mean(p, onData) + mean(q, onSamples)).toBeCloseTo((kl(p) + kl(q)) / 2, 5);
  });

  it('halved is half of minimax: losses, gradients and what is measured of the loss', () => {
    const { minimax, halved } = objectives;
    const found = results(
      Object.fromEntries(
        PARTS.flatMap((part) => [
          [`whole.${part}`, (l: tf.Tensor) => minimax[part](l)],
          [`half.${part}`, (l: tf.Tensor) => halved[part](l)],
        ]),
      ),
      golden.logits,
    );
    for (const part of PARTS) {
      for (const of of ['values', 'gradients'] as const) {
        expectClose(
          found[`half.${part}`]![of],
          [...found[`whole.${part}`]![of].data].map((value) => value / 2),
          `${of} of ${part}`,
        );
      }
    }
    const [whole, half] = [measures(minimax, [1, -2], [0.5, 3]), measures(halved, [1, -2], [0.5, 3])];
    for (const i of [0, 1]) expect(half['loss']![i]).toBeCloseTo(whole['loss']![i]! / 2, 6);
    for (const name of ['real', 'fake', 'accuracy', 'jensen_shannon']) expect(half[name]).toEqual(whole[name]);
  });

  it('everything is finite, and what it should be, for logits of ±1000', () => {
    for (const [name, objective] of Object.entries(all)) {
      const found = results(Object.fromEntries(PARTS.map((part) => [part, (l) => objective[part](l)])), [-1000, 1000]);
      for (const part of PARTS) {
        const { values, gradients } = found[part]!;
        for (const value of [...values.data, ...gradients.data])
          expect(value, `${name}.${part}`).toSatisfy(Number.isFinite);
      }
      const measured = measures(objective, [-1000, 1000], [1000, -1000]);
      for (const value of Object.values(measured).flat()) expect(value, name).toSatisfy(Number.isFinite);
    }
    const { real, generator } = results(
      { real: (l) => objectives.nonSaturating.real(l), generator: (l) => objectives.minimax.generator(l) },
      [-1000, 1000],
    );
    expect([...real!.values.data]).toEqual([1000, 0]);
    expect(real!.gradients.data[0]).toBe(-1);
    expect(Math.abs(real!.gradients.data[1]!)).toBe(0);
    expect(generator!.values.data[1]).toBe(-1000);
    expect(generator!.gradients.data[1]).toBe(-1);
  });

  it('accuracies split at ½ for probabilities, at 0 for hinge and at ½ for least squares', () => {
    const real = [0.4, -0.4, 0.6, 0.4];
    const fake = [0.4, -0.4, 0.4, 0.6];
    expect(measures(objectives.nonSaturating, real, fake)['accuracy']).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(measures(objectives.hinge, real, fake)['accuracy']).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(measures(objectives.leastSquares, real, fake)['accuracy']).toEqual([0.5, 0.5, 1, 0]);
    expect(measures(wasserstein, [3, 1], [1, 5])).toEqual({ estimate: [2, -4] });
  });

  describe('labels of the discriminator', () => {
    /** Its loss on one batch with outputs of 0 for everything, and with large outputs that say "data". */
    function losses(practice: object, counter: number, bias: number): number {
      const batch = 512;
      const network = { kind: 'mlp' as const, hidden: [] };
      const model = gameOf(
        {
          model: { family: 'gan', generator: network, discriminator: network, latent: 2, ...practice },
          training: { batch },
        },
        POINTS,
      );
      const runner = backend.createRunner(model.program, 1, { mode });
      const state = runner.readState();
      state.set('discriminator.output.kernel', tensor([2, 1], [0, 0]));
      state.set('discriminator.output.bias', tensor([1], [bias]));
      runner.writeState(state);
      const { loss } = runner.call('discriminator', {
        examples: tensor([batch, 2], new Float32Array(2 * batch)),
        noise: { shape: [2], dtype: 'int32', data: Int32Array.of(5, counter) },
        discriminatorLearningRate: tensor([], [0]),
        generatorLearningRate: tensor([], [0]),
      });
      runner.dispose();
      return loss!.data[0]!;
    }
    const softplus = (l: number) => Math.log1p(Math.exp(l));

    it('are smoothed for data alone, to 1 − s', () => {
      // Σ = softplus(l) − (1 − s) l for data, softplus(l) for samples.
      for (const l of [-2, 3]) expect(losses({ labelSmoothing: 0.1 }, 0, l)).toBeCloseTo(2 * softplus(l) - 0.9 * l, 4);
    });

    it('are flipped with the probability that was asked for, of data and of samples', () => {
      const l = 3;
      const batches = 6;
      const flipped = Array.from({ length: batches }, (_, counter) => losses({ labelNoise: 0.2 }, counter, l));
      // The loss is softplus(l) · 2 − l (1 − r + f) with shares r and f of flipped labels, which do not cancel each other.
      const mean = flipped.reduce((a, b) => a + b, 0) / batches;
      expect(new Set(flipped).size).toBe(batches);
      const difference = (2 * softplus(l) - mean) / l - 1; // f − r, 0 in expectation
      expect(Math.abs(difference)).toBeLessThan(4 * Math.sqrt((2 * 0.2 * 0.8) / (512 * batches)));
    });

    it('have the expectation and bounds of their rule, and are flipped independently', () => {
      const model = { labelSmoothing: 0.25, labelNoise: 0.2 };
      const { real, fake } = targetsOf(model, 20_000);
      expect(new Set([...real, ...fake])).toEqual(new Set([0, 0.75]));
      const shares = [real, fake].map((values) => values.filter((value) => value === 0.75).length / values.length);
      const error = 4 * Math.sqrt((0.2 * 0.8) / 20_000);
      expect(Math.abs(shares[0]! - 0.8)).toBeLessThan(error);
      expect(Math.abs(shares[1]! - 0.2)).toBeLessThan(error);
      const both = real.filter((value, i) => value === 0 && fake[i] === 0.75).length / real.length;
      expect(Math.abs(both - 0.04)).toBeLessThan(error);
    });

    it('of samples stay 0 where they are smoothed and not flipped', () => {
      const { real, fake } = targetsOf({ labelSmoothing: 0.1, labelNoise: 0 }, 100);
      expect(new Set(fake)).toEqual(new Set([0]));
      expect([...new Set(real)]).toEqual([Math.fround(0.9)]);
    });

    it('are spread over [1 − w, 1] and [0, w], and over the other interval where they are flipped', () => {
      const count = 20_000;
      const { real, fake } = targetsOf({ labelSmoothing: 0, labelNoise: 0, labelSpread: 0.3 }, count);
      const error = 4 * Math.sqrt(0.3 ** 2 / 12 / count);
      const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
      expect(Math.abs(mean(real) - 0.85)).toBeLessThan(error);
      expect(Math.abs(mean(fake) - 0.15)).toBeLessThan(error);
      expect(Math.min(...real)).toBeGreaterThanOrEqual(0.7 - 1e-6);
      expect(Math.max(...fake)).toBeLessThanOrEqual(0.3);
      const flipped = targetsOf({ labelSmoothing: 0, labelNoise: 0.2, labelSpread: 0.3 }, count).real;
      const share = flipped.filter((value) => value <= 0.3).length / count;
      expect(Math.abs(share - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / count));
    });

    /** The targets of `count` pairs, as a program gives them. */
    function targetsOf(practice: Parameters<typeof practiceFor>[0], count: number) {
      const { targets } = practiceFor(practice);
      const inputs = { noise: { shape: [2], dtype: 'int32' } } as const;
      const program: Program = {
        variables: [],
        functions: { targets: { inputs, body: (scope, values) => targets!(scope, values, count) } },
      };
      const runner = backend.createRunner(program, 0, { mode });
      const found = runner.call('targets', { noise: { shape: [2], dtype: 'int32', data: Int32Array.of(2, 9) } });
      runner.dispose();
      return { real: [...found['real']!.data], fake: [...found['fake']!.data] };
    }
  });
});

function practiceFor(practice: { labelSmoothing: number; labelNoise: number; labelSpread?: number }) {
  const { model, training } = parseSpecification({ model: { family: 'gan', latent: 2, ...practice } });
  if (model.family !== 'gan') throw new Error('Another family was parsed.');
  return practiceOf(model, { data: POINTS, training, dataTitle: 'test' });
}

describe('an objective without labels', () => {
  it.each(['hinge', 'leastSquares'] as const)('is refused with smoothed or flipped ones: %s', (objective) => {
    for (const practice of [{ labelSmoothing: 0.1 }, { labelNoise: 0.1 }, { labelSpread: 0.1 }]) {
      expect(() => gameOf({ model: { family: 'gan', objective, ...practice } }, POINTS)).toThrow(/knows no labels/);
    }
    expect(gameOf({ model: { family: 'gan', objective } }, POINTS).family).toBe('gan');
  });
});
