import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAll } from '../../../src/common/slices';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor, Runner } from '../../../src/engine/program';
import { uniforms } from '../../../src/engine/random/philox';
import type { Easel, Model } from '../../../src/models/model';
import type { SpecificationInput } from '../../../src/protocol/specification';
import { runnerKinds } from '../support/backends';
import { call, gameOf, POINTS, trainSteps, turn, waves } from './support/games';
import { setVariables, tensor } from './support/models';

const mlp = { kind: 'mlp' as const, hidden: [5] };
const linear = { kind: 'mlp' as const, hidden: [] };
const training: SpecificationInput['training'] = { batch: 6, optimizer: { kind: 'rmsprop', learningRate: 0.02 } };
const wgan = (model: object = {}) =>
  gameOf(
    {
      model: { family: 'wgan', generator: mlp, critic: mlp, latent: 2, criticSteps: 2, earlyCriticSteps: 2, ...model },
      training,
    },
    POINTS,
  );

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [Math.floor, Math.ceil].map((round) => sorted[round((sorted.length - 1) / 2)]!);
  return (low! + high!) / 2;
}

/** An easel with the model's functions, and test examples and samples that a test gives. */
function easelFor(runner: Runner, model: Model, test: Float32Array, samples: Float32Array): Easel {
  const tensors = (name: string, inputs: Readonly<Record<string, Float32Array | Int32Array | undefined>>) =>
    Object.fromEntries(
      Object.entries(model.program.functions[name]!.inputs).map(([input, declared]) => [
        input,
        { ...declared, data: inputs[input]! } as HostTensor,
      ]),
    );
  return {
    call: (name, inputs) => runner.call(name, tensors(name, inputs)),
    test: () => ({ examples: test, labels: undefined }),
    *samples() {
      return samples.slice();
    },
  } as Partial<Easel> as Easel;
}

function histogram({ summaries }: Model, tag: string, easel: Easel): Float32Array {
  const drawn = runAll(summaries.find((summary) => summary.tag === tag)!.draw(easel));
  if (drawn.kind !== 'histogram') throw new Error(`A ${drawn.kind} was drawn.`);
  return drawn.values;
}

describe.each(runnerKinds())('on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());
  const start = (model: Model) => backend.createRunner(model.program, 2, { mode });

  it('the median of the estimate is that of the last 101 steps, or of all there were, also after a resume', () => {
    const model = wgan();
    let runner = start(model);
    const estimates: number[] = [];
    for (let step = 0; step < 130; step++) {
      const [losses] = trainSteps(runner, model, step, step + 1);
      estimates.push(losses!['critic/estimate']!);
      const expected = median(estimates.slice(-101));
      expect(Math.abs(losses!['critic/estimate_median']! - expected), `step ${step}`).toBeLessThan(1e-6);
      if (step % 60 !== 50) continue;
      // A trainer that resumes has the state of the checkpoint and nothing else.
      const state = runner.readState();
      runner.dispose();
      runner = backend.createRunner(model.program, 77, { mode });
      runner.writeState(state);
    }
    expect(new Set(estimates).size).toBeGreaterThan(100);
    runner.dispose();
  });

  it('the share of weights at the clip is counted in all of the critic, before an update', () => {
    const clip = 0.05;
    const model = wgan({ clip });
    const runner = start(model);
    const weights = () => {
      const state = runner.readState();
      return model.program.optimizers!['critic']!.variables.flatMap((name) => [...state.get(name)!.data]);
    };
    const shares: number[] = [];
    for (let step = 0; step < 6; step++) {
      const before = weights();
      const { at_clip } = turn(runner, model, 'critic', { examples: waves([6, 2], step), counter: step });
      const expected = before.filter((value) => Math.abs(value) >= Math.fround(clip)).length / before.length;
      expect(at_clip).toBeCloseTo(expected, 6);
      shares.push(expected);
    }
    // Some weights are at the clip and others are not: neither 0 nor 1 would pass.
    expect(shares.at(-1)).toBeGreaterThan(0);
    expect(shares.at(-1)).toBeLessThan(1);
    const drawn = histogram(model, 'critic/weights', easelFor(runner, model, new Float32Array(0), new Float32Array(0)));
    expect([...drawn].sort()).toEqual(weights().sort());
    runner.dispose();
  });

  it.each(['wgan', 'wgan-gp'] as const)(
    'the slope of a critic of a %s is ‖∇f‖ on interpolates of data and samples',
    (family) => {
      const input = {
        model: { family, generator: linear, critic: { kind: 'mlp', hidden: [4], activation: 'tanh' }, latent: 2 },
        training,
      } as SpecificationInput;
      const model = gameOf(input, POINTS);
      const runner = start(model);
      const weights = {
        'critic.hidden.0.kernel': waves([2, 4], 2),
        'critic.hidden.0.bias': waves([4], 3),
        'critic.output.kernel': waves([4, 1], 4),
      };
      setVariables(runner, weights);
      const [test, samples] = [waves([1000, 2], 5).data, waves([1000, 2], 6).data] as Float32Array[];
      const drawn = histogram(model, 'critic/slope_between', easelFor(runner, model, test!, samples!));
      const [w, b, v] = Object.values(weights).map(({ data }) => data);
      // The stream of the mixture, which is the same at each step.
      const mixture = uniforms(1000, 0, 0x5000_0002, 0);
      expect(drawn).toHaveLength(1000);
      for (let row = 0; row < 1000; row += 7) {
        const x = [0, 1].map((axis) => {
          const [data, sample] = [test![2 * row + axis]!, samples![2 * row + axis]!];
          return mixture[row]! * data + (1 - mixture[row]!) * sample;
        });
        const slope = [0, 1].map((axis) =>
          [0, 1, 2, 3].reduce((sum, unit) => {
            const h = Math.tanh(x[0]! * w![unit]! + x[1]! * w![4 + unit]! + b![unit]!);
            return sum + (1 - h * h) * v![unit]! * w![4 * axis + unit]!;
          }, 0),
        );
        expect(drawn[row]).toBeCloseTo(Math.hypot(...slope), 5);
      }
      // Where the critic is w·x, the slope is ‖w‖ everywhere.
      const plane = gameOf({ ...input, model: { ...input.model, critic: linear } } as SpecificationInput, POINTS);
      const other = start(plane);
      setVariables(other, { 'critic.output.kernel': tensor([2, 1], [3, -4]) });
      const norms = call(other, plane, 'slope', { examples: waves([250, 2], 1) })['norm']!.data;
      for (const value of norms) expect(value).toBeCloseTo(5, 5);
      for (const each of [runner, other]) each.dispose();
    },
  );
});
