import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor, Runner } from '../../../src/engine/program';
import { normals } from '../../../src/engine/random/philox';
import { GAME_STREAMS } from '../../../src/models/game';
import { STREAMS } from '../../../src/models/latentVariableModel';
import type { Model } from '../../../src/models/model';
import type { DataShape } from '../../../src/protocol/capabilities';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { backends, runnerKinds } from '../support/backends';
import { differentiated, finiteDifference, gameOf, images, POINTS, turn, waves, withGivenDraws } from './support/games';
import { norm, setVariables, tensor } from './support/models';

const linear = { kind: 'mlp' as const, hidden: [] };
const training = { batch: 6, optimizer: { learningRate: 0.05, beta1: 0.5 } };
const wgan = (model: object = {}): SpecificationInput => ({
  model: { family: 'wgan', generator: linear, critic: { kind: 'mlp', hidden: [5] }, latent: 2, ...model },
  training: { ...training, optimizer: { kind: 'rmsprop', learningRate: 0.05 } },
});
const wganGp = (model: object = {}, batch = 6): SpecificationInput => ({
  model: { family: 'wgan-gp', generator: linear, critic: linear, latent: 2, ...model },
  training: { ...training, batch },
});

describe.each(runnerKinds())('on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  function start(specification: SpecificationInput, data: DataShape = POINTS) {
    const model = gameOf(specification, data);
    return { model, runner: backend.createRunner(model.program, 2, { mode }) };
  }

  describe('a WGAN', () => {
    const largest = (state: Map<string, HostTensor>, { program }: Model, optimizer: string) =>
      Math.max(
        ...program.optimizers![optimizer]!.variables.flatMap((name) => [...state.get(name)!.data].map(Math.abs)),
      );

    it('has no weight of the critic beyond the clip after any update, and clips nothing else', () => {
      const clip = 0.03;
      const { model, runner } = start(wgan({ clip }));
      expect(largest(runner.readState(), model, 'critic')).toBeGreaterThan(clip);
      for (let step = 0; step < 8; step++) {
        turn(runner, model, 'critic', { examples: waves([6, 2], step), counter: step });
        // A step of 0.05 is longer than the clip: only what is clipped after the update keeps to it.
        expect(largest(runner.readState(), model, 'critic')).toBe(Math.fround(clip));
        turn(runner, model, 'generator', { counter: step });
      }
      const state = runner.readState();
      expect(largest(state, model, 'generator')).toBeGreaterThan(10 * clip);
      expect(largest(state, model, 'critic')).toBe(Math.fround(clip));
      const slots = [...state].filter(([name]) => name.startsWith('optimizer.critic.meanSquare.'));
      expect(slots.length).toBeGreaterThan(0);
      runner.dispose();
    });

    it('estimates E f(x) − E f(G(z)), which its critic maximizes', () => {
      const { model, runner } = start(wgan({ clip: 0.1 }));
      const examples = tensor([6, 2], new Array<number>(12).fill(3));
      const estimates = Array.from({ length: 12 }, () => {
        const { estimate, loss } = turn(runner, model, 'critic', { examples });
        expect(loss).toBeCloseTo(-estimate!, 5);
        return estimate!;
      });
      expect(estimates.at(-1)).toBeGreaterThan(estimates[1]!);
      expect(estimates.at(-1)).toBeGreaterThan(0);
      runner.dispose();
    });
  });

  describe('the gradient penalty', () => {
    it('is (‖w‖ − 1)² of a linear critic w·x + b, with the gradient 2 λ (‖w‖ − 1) w / ‖w‖', () => {
      const { model, runner } = start(wganGp());
      for (const w of [
        [3, -4],
        [0.1, 0.2],
        [0.6, 0.8],
      ]) {
        setVariables(runner, { 'critic.output.kernel': tensor([2, 1], w) });
        const at = (penalty: number) =>
          differentiated(runner, model, 'critic', { examples: waves([6, 2], 1), hyperparameters: { penalty } });
        const [without, twenty] = [at(0), at(20)];
        const length = Math.hypot(...w);
        expect(twenty.outputs['gradient_penalty']).toBeCloseTo((length - 1) ** 2, 5);
        expect(twenty.outputs['loss']! - without.outputs['loss']!).toBeCloseTo(20 * (length - 1) ** 2, 3);
        expect(without.outputs['loss']).toBeCloseTo(-without.outputs['estimate']!, 5);
        for (const [i, each] of w.entries()) {
          const added = [twenty, without].map(({ gradients }) => gradients.get('critic.output.kernel')![i]!);
          expect(Math.abs(added[0]! - added[1]! - (40 * (length - 1) * each) / length)).toBeLessThan(2e-3);
        }
        expect(Math.abs(twenty.gradients.get('critic.output.bias')![0]!)).toBeLessThan(1e-6);
      }
      runner.dispose();
    });

    it('is finite where the critic has no slope at all', () => {
      const { model, runner } = start(wganGp());
      setVariables(runner, { 'critic.output.kernel': tensor([2, 1], [0, 0]) });
      const { outputs, gradients } = differentiated(runner, model, 'critic', { examples: waves([6, 2], 1) });
      expect(outputs['gradient_penalty']).toBeCloseTo(1, 4);
      for (const value of [...gradients.values()].flatMap((each) => [...each]))
        expect(value).toSatisfy(Number.isFinite);
      runner.dispose();
    });

    it('is taken between data and samples, at ε x + (1 − ε) G(z) with one ε for each pair', () => {
      const batch = 6;
      const given = { [STREAMS.train]: [batch, 2], [GAME_STREAMS.between]: [batch, 1] };
      const plain = gameOf(wganGp({ critic: { kind: 'mlp', hidden: [4], activation: 'tanh' } }), POINTS);
      const runner = backend.createRunner(withGivenDraws(plain.program, { critic: given }), 2, { mode });
      const weights = {
        'critic.hidden.0.kernel': waves([2, 4], 2),
        'critic.hidden.0.bias': waves([4], 3),
        'critic.output.kernel': waves([4, 1], 4),
        'generator.output.kernel': waves([2, 2], 5),
        'generator.output.bias': waves([2], 6),
      };
      setVariables(runner, weights);
      const [real, z] = [waves([batch, 2], 7), waves([batch, 2], 8)];
      const mixture = [0, 0.2, 0.5, 0.7, 0.9, 1];
      const { gradient_penalty, estimate } = turn(runner, plain, 'critic', {
        examples: real,
        draws: { [STREAMS.train]: z, [GAME_STREAMS.between]: tensor([batch, 1], mixture) },
      });
      runner.dispose();

      const [w, b, v] = ['critic.hidden.0.kernel', 'critic.hidden.0.bias', 'critic.output.kernel'].map(
        (name) => weights[name as keyof typeof weights].data,
      );
      const hidden = (x: readonly number[]) =>
        [0, 1, 2, 3].map((unit) => Math.tanh(x[0]! * w![unit]! + x[1]! * w![4 + unit]! + b![unit]!));
      const f = (x: readonly number[]) => hidden(x).reduce((sum, h, unit) => sum + h * v![unit]!, 0);
      const slope = (x: readonly number[]) =>
        [0, 1].map((axis) =>
          hidden(x).reduce((sum, h, unit) => sum + (1 - h * h) * v![unit]! * w![4 * axis + unit]!, 0),
        );
      const [kernel, bias] = [weights['generator.output.kernel'].data, weights['generator.output.bias'].data];
      let [penalty, distance] = [0, 0];
      for (const [row, epsilon] of mixture.entries()) {
        const x = [real.data[2 * row]!, real.data[2 * row + 1]!];
        const code = [z.data[2 * row]!, z.data[2 * row + 1]!];
        const fake = [0, 1].map((axis) => code[0]! * kernel[axis]! + code[1]! * kernel[2 + axis]! + bias[axis]!);
        const between = [0, 1].map((axis) => epsilon * x[axis]! + (1 - epsilon) * fake[axis]!);
        penalty += (Math.hypot(...slope(between)) - 1) ** 2 / batch;
        distance += (f(x) - f(fake)) / batch;
      }
      expect(gradient_penalty).toBeCloseTo(penalty, 5);
      expect(estimate).toBeCloseTo(distance, 5);
    });

    const critics: [string, object, DataShape][] = [
      ['an MLP', { kind: 'mlp', hidden: [6, 5], activation: 'tanh' }, POINTS],
      ['an MLP with leaky ReLUs', { kind: 'mlp', hidden: [6, 5], activation: 'leakyRelu' }, POINTS],
      ['convolutions', { kind: 'convolutional', channels: [3, 4], activation: 'softplus' }, images(7, 6, 1)],
    ];
    it.each(critics)('has the gradient of finite differences by the weights of %s', (_what, critic, data) => {
      const { model, runner } = start(wganGp({ critic, penalty: 10 }), data);
      const shape = data.kind === 'points' ? [6, 2] : [6, ...data.shape];
      const given = { examples: waves(shape, 1) };
      const names = model.program.optimizers!['critic']!.variables;
      // Steeper than it starts, so that no part of the penalty's gradient is small.
      setVariables(runner, Object.fromEntries(steeper(runner, names)));
      const { gradients } = differentiated(runner, model, 'critic', given);
      const state = runner.readState();
      for (const [index, name] of names.entries()) {
        const exact = gradients.get(name)!;
        const length = norm(exact);
        if (name !== 'critic.output.bias') expect(length, name).toBeGreaterThan(1e-3);
        const across = normals(exact.length, 9, index, 0);
        const directions = [across.map((value) => value / norm(across))];
        if (length > 1e-3) directions.push(Float32Array.from(exact, (value) => value / length));
        for (const direction of directions) {
          const slope = finiteDifference(runner, model, 'critic', { state, name, direction, step: 1e-3, given });
          const expected = exact.reduce((sum, value, i) => sum + value * direction[i]!, 0);
          // Losses of some 10 have an error of 1e-6, which a step of 2e-3 makes 1e-3.
          expect(Math.abs(slope - expected), `${name}: ${slope} for ${expected}`).toBeLessThan(0.01 * length + 5e-3);
        }
      }
      runner.dispose();
    });
  });
});

function steeper(runner: Runner, names: readonly string[]): [string, HostTensor][] {
  const state = runner.readState();
  return names.map((name) => {
    const { shape, data } = state.get(name)!;
    return [
      name,
      tensor(
        shape,
        [...data].map((value) => 1.5 * value),
      ),
    ];
  });
}

describe('the turns of a step', () => {
  /** How often each player is called in a step. */
  function turns(model: Model, step: number): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { function: name, repeats = 1, due } of model.phases) {
      if (due?.(step) ?? true) counts[name] = (counts[name] ?? 0) + repeats;
    }
    return counts;
  }

  it('of a WGAN are 100 of the critic in the first 25 steps and each 500th, else 5', () => {
    const model = gameOf({ model: { family: 'wgan' } }, POINTS);
    for (const step of [0, 1, 24, 500, 1000])
      expect(turns(model, step)).toEqual({ critic: 100, generator: 1, median: 1 });
    for (const step of [25, 26, 499, 501, 999])
      expect(turns(model, step)).toEqual({ critic: 5, generator: 1, median: 1 });
  });

  it('are never fewer at first than later', () => {
    const model = gameOf({ model: { family: 'wgan', criticSteps: 7, earlyCriticSteps: 3 } }, POINTS);
    expect([0, 25].map((step) => turns(model, step)['critic'])).toEqual([7, 7]);
    const seven = gameOf({ model: { family: 'wgan', criticSteps: 2, earlyCriticSteps: 7 } }, POINTS);
    expect([0, 25].map((step) => turns(seven, step)['critic'])).toEqual([7, 2]);
  });

  it('of the others are as many as they are asked for', () => {
    const k = gameOf({ model: { family: 'gan', discriminatorSteps: 3 } }, POINTS);
    const five = gameOf({ model: { family: 'wgan-gp' } }, POINTS);
    for (const step of [0, 30, 500]) {
      expect(turns(k, step)).toEqual({ discriminator: 3, generator: 1 });
      expect(turns(five, step)).toEqual({ critic: 5, generator: 1, median: 1 });
    }
  });
});

describe.each(backends())('a critic with a gradient penalty on %s', (choice) => {
  it.each([
    [0.9, 1.2],
    [-1, 0],
  ])('comes within 15 % of the distance between N(0, I) and N((%d, %d), I)', async (...mean) => {
    const backend = await openBackend({ choice, threads: 1 });
    const batch = 256;
    const model = gameOf(
      {
        model: { family: 'wgan-gp', generator: linear, critic: { kind: 'mlp', hidden: [32, 32] }, latent: 2 },
        training: { batch, optimizer: { learningRate: 2e-3, beta1: 0.5, beta2: 0.9 } },
      },
      POINTS,
    );
    const runner = backend.createRunner(model.program, 1);
    // The generator gives z as it is, and has no turns.
    setVariables(runner, {
      'generator.output.kernel': tensor([2, 2], [1, 0, 0, 1]),
      'generator.output.bias': tensor([2], [0, 0]),
    });
    const estimates = Array.from({ length: 500 }, (_, step) => {
      const values = normals(2 * batch, 11, step, 0).map((value, i) => value + mean[i % 2]!);
      return turn(runner, model, 'critic', { examples: tensor([batch, 2], values), counter: step })['estimate']!;
    });
    const last = estimates.slice(-150);
    const estimate = last.reduce((sum, value) => sum + value, 0) / last.length;
    const distance = Math.hypot(...mean);
    expect(Math.abs(estimate / distance - 1), `${estimate} for ${distance}`).toBeLessThan(0.15);
    backend.dispose();
  });
});
