import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../src/engine';
import type { HostTensor, Runner } from '../../../src/engine/program';
import type { DataShape } from '../../../src/protocol/capabilities';
import { runnerKinds } from '../support/backends';
import { call, gameOf, images, POINTS, shownInputs, trainSteps, turn, waves } from './support/games';
import { eigenvalues, multiply, transpose } from './support/linearAlgebra';

const KINDS: [string, object, DataShape][] = [
  ['an MLP', { kind: 'mlp', hidden: [6, 5] }, POINTS],
  ['convolutions', { kind: 'convolutional', channels: [3, 4] }, images(7, 6, 1)],
];

/** A kernel as [inputs, outputs]: its last axis counts outputs. */
function matrixOf({ shape, data }: HostTensor): number[][] {
  const outputs = shape.at(-1)!;
  return Array.from({ length: data.length / outputs }, (_, row) => [...data.slice(row * outputs, (row + 1) * outputs)]);
}

const largestSingularValue = (matrix: number[][]) => Math.sqrt(eigenvalues(multiply(transpose(matrix), matrix))[0]!);

/** The largest singular value of W / σ as the discriminator divides it: by vᵀ W u' of one step from its u. */
function normalizedLargest(kernel: HostTensor, { data: start }: HostTensor): number {
  const matrix = matrixOf(kernel);
  const unit = (values: number[]) => values.map((value) => value / Math.hypot(...values));
  const times = (rows: number[][], x: number[]) =>
    rows.map((row) => row.reduce((sum, value, i) => sum + value * x[i]!, 0));
  const v = unit(times(matrix, [...start]));
  const u = unit(times(transpose(matrix), v));
  const sigma = times(matrix, u).reduce((sum, value, i) => sum + value * v[i]!, 0);
  return largestSingularValue(matrix) / sigma;
}

describe.each(runnerKinds())('on $title', ({ choice, mode }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ choice, threads: 1 });
  });
  afterAll(() => backend.dispose());

  function start(discriminator: object, data: DataShape, more: object = {}) {
    const model = gameOf(
      {
        model: {
          ...{ family: 'gan', objective: 'hinge', generator: { kind: 'mlp', hidden: [6] }, latent: 2 },
          ...({ discriminator } as object),
          ...{ spectralNorm: true, ...more },
        },
        training: { batch: 6, optimizer: { learningRate: 1e-3, beta1: 0.5 } },
      },
      data,
    );
    return { model, runner: backend.createRunner(model.program, 3, { mode }) };
  }
  const vectors = (runner: Runner) => [...runner.readState()].filter(([name]) => name.endsWith('.u'));
  const examplesFor = (data: DataShape) => waves(data.kind === 'points' ? [6, 2] : [6, ...data.shape], 1);

  it.each(KINDS)(
    'each kernel of a discriminator of %s has the largest singular value 1 after some steps',
    (_, network, data) => {
      const { model, runner } = start(network, data);
      trainSteps(runner, model, 0, 20);
      // Weights that stay: two singular values of about the same size take the iteration many steps to tell apart.
      const still = { examples: examplesFor(data), hyperparameters: { discriminatorLearningRate: 0 } };
      for (let step = 0; step < 200; step++) turn(runner, model, 'discriminator', still);
      const state = runner.readState();
      const kernels = [...state.keys()].filter((name) => /^discriminator\..*\.kernel$/.test(name));
      expect(kernels).toHaveLength(3);
      for (const name of kernels) {
        const [kernel, u] = [state.get(name)!, state.get(name.replace('.kernel', '.u'))!];
        expect(Math.abs(normalizedLargest(kernel, u) - 1), name).toBeLessThan(1e-3);
        // The weights themselves are another matter.
        expect(Math.abs(largestSingularValue(matrixOf(kernel)) - 1)).toBeGreaterThan(0.02);
      }
      runner.dispose();
    },
  );

  it.each(KINDS)('the vectors of %s are state that the discriminator’s turn alone moves', (_, network, data) => {
    const { model, runner } = start(network, data);
    const declared = model.program.variables.filter(({ name }) => name.endsWith('.u'));
    expect(declared).toHaveLength(3);
    for (const { name, trained } of declared) {
      expect(trained, name).toBe(false);
      expect(model.program.optimizers!['discriminator']!.variables).not.toContain(name);
    }
    const examples = examplesFor(data);
    const before = vectors(runner);
    expect(before).toHaveLength(3);
    turn(runner, model, 'generator', {});
    for (const name of ['evaluate', 'sample', 'decode', 'judgement'])
      call(runner, model, name, shownInputs(model, name));
    expect(vectors(runner)).toEqual(before);
    // However little is learnt: the power iteration belongs to the turn.
    turn(runner, model, 'discriminator', { examples, hyperparameters: { discriminatorLearningRate: 0 } });
    for (const [index, [name, { data: moved }]] of vectors(runner).entries()) {
      expect(moved, name).not.toEqual(before[index]![1].data);
      expect(Math.hypot(...moved), name).toBeCloseTo(1, 5);
    }
    runner.dispose();
  });

  it('without normalization there are none', () => {
    const { model } = start({ kind: 'mlp', hidden: [6] }, POINTS, { spectralNorm: false });
    expect(model.program.variables.filter(({ name }) => name.endsWith('.u'))).toEqual([]);
  });
});
