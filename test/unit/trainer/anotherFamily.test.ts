import * as tf from '@tensorflow/tfjs-core';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, describe, onTestFinished, vi } from 'vitest';
import { runAll } from '../../../src/common/slices';
import type { InputDeclaration, Scope } from '../../../src/engine/program';
import { NOISE_INPUT, SCALAR_INPUT } from '../../../src/engine/program';
import { namedOptimizers, type ModelContext } from '../../../src/models/context';
import { scalars } from '../../../src/models/metrics';
import { capabilitiesOf, type Model } from '../../../src/models/model';
import { samples } from '../../../src/models/summaries';
import { parseSpecification } from '../../../src/protocol/specification';
import { easelOf } from '../../../src/trainer/workbench/easel';
import { answerLatent } from '../../../src/trainer/requests/latentRequests';
import { evaluate, logLikelihood } from '../../../src/trainer/workbench/measures';
import { sample } from '../../../src/trainer/workbench/samples';
import { StepInputs } from '../../../src/trainer/workbench/stepInputs';
import { Workbench } from '../../../src/trainer/workbench/workbench';
import { temporaryFolder } from '../support/temporaryFolder';
import { idx } from '../support/workspace';
import { valuesOf } from '../support/valuesOf';

// A family that is nothing like an autoencoder: two players with an optimizer each, state that is not trained, a start that
// depends on data, samples drawn pixel by pixel, log p(x) that is computed, no latent space. The trainer must need nothing
// more than its declaration.
vi.mock('../../../src/models', () => ({
  createModel: ({ training }: ModelContext) => playersOf(training),
  ModelError: class extends Error {},
}));

const SIDE = 4;
const PIXELS = SIDE * SIDE;
const BATCH = 8;
const images = (count: number): InputDeclaration => ({ shape: [count, SIDE, SIDE, 1], dtype: 'float32' });
const flat = (tensor: tf.Tensor) => tf.reshape(tensor, [-1, PIXELS]) as tf.Tensor2D;

function playersOf(training: ModelContext['training']): Model {
  const logits = { name: 'generator.logits', shape: [PIXELS], initializer: { kind: 'zeros' } } as const;
  const kernel = {
    name: 'critic.kernel',
    shape: [PIXELS, 1],
    initializer: { kind: 'normal', deviation: 0.1 },
  } as const;
  const mean = { name: 'mean', shape: [PIXELS], initializer: { kind: 'zeros' }, trained: false } as const;
  const { optimizers, hyperparameters } = namedOptimizers(
    { data: { kind: 'image', shape: [SIDE, SIDE, 1] }, training, dataTitle: 'toy' },
    { critic: [kernel], generator: [logits] },
  );
  const critic = (scope: Scope, x: tf.Tensor2D) =>
    tf.mean<tf.Scalar>(tf.matMul(tf.sub(x, scope.variable('mean')), scope.variable('critic.kernel') as tf.Tensor2D));
  const generated = (scope: Scope) => tf.reshape(tf.sigmoid(scope.variable('generator.logits')), [1, PIXELS]);
  const logLikelihood = (scope: Scope, x: tf.Tensor) =>
    tf.sum(
      tf.sub(tf.mul(flat(x), scope.variable('generator.logits')), tf.softplus(scope.variable('generator.logits'))),
      -1,
    );
  return {
    family: 'players',
    data: { kind: 'image', shape: [SIDE, SIDE, 1] },
    program: {
      variables: [logits, kernel, mean],
      optimizers,
      functions: {
        center: {
          inputs: { examples: images(BATCH) },
          body: (scope, inputs) => {
            const center = tf.mean(flat(inputs.examples!), 0);
            scope.assign('mean', center);
            return { center };
          },
        },
        updateCritic: {
          inputs: { examples: images(BATCH), criticLearningRate: SCALAR_INPUT },
          body: (scope, inputs) =>
            scope.minimize(
              'critic',
              () => ({
                loss: tf.sub<tf.Scalar>(
                  critic(scope, generated(scope) as tf.Tensor2D),
                  critic(scope, flat(inputs.examples!)),
                ),
              }),
              inputs.criticLearningRate as tf.Scalar,
            ),
        },
        updateGenerator: {
          inputs: { generatorLearningRate: SCALAR_INPUT },
          body: (scope, inputs) =>
            scope.minimize(
              'generator',
              () => ({ loss: tf.neg<tf.Scalar>(critic(scope, generated(scope) as tf.Tensor2D)) }),
              inputs.generatorLearningRate as tf.Scalar,
            ),
        },
        evaluate: {
          inputs: { examples: images(BATCH), weights: { shape: [BATCH], dtype: 'float32' } },
          body: (scope, inputs) => ({
            nll: tf.neg(tf.sum(tf.mul(inputs.weights!, logLikelihood(scope, inputs.examples!)))),
          }),
        },
        likelihood: {
          inputs: { examples: images(BATCH) },
          body: (scope, inputs) => ({ logLikelihood: logLikelihood(scope, inputs.examples!) }),
        },
        draw: {
          inputs: { examples: images(2), position: { shape: [1], dtype: 'int32' }, noise: NOISE_INPUT },
          body: (_scope, inputs) => {
            // What is drawn is the pixel's place, so that each must have been drawn once and in its turn.
            const place = tf.cast(tf.oneHot(inputs.position as tf.Tensor1D, PIXELS), 'float32');
            const value = tf.div(tf.add(tf.cast(inputs.position!, 'float32'), 1), PIXELS);
            return { examples: tf.add(inputs.examples!, tf.reshape(tf.mul(place, value), [1, SIDE, SIDE, 1])) };
          },
        },
      },
    },
    scaling: 'unit',
    hyperparameters,
    initialize: { function: 'center' },
    phases: [
      { name: 'critic', function: 'updateCritic', repeats: 2 },
      { name: 'generator', function: 'updateGenerator', due: (step) => step % 2 === 0 },
    ],
    metrics: [{ function: 'evaluate', finish: scalars }],
    sampleMetrics: [
      {
        samples: 3,
        finish: (drawn, test, labels) => ({
          'test/brightness': meanOf(drawn),
          'test/brightness_of_data': meanOf(test),
          'test/labelled': labels?.length ?? 0,
        }),
      },
    ],
    summaries: [samples()],
    sampling: { kind: 'sequential', tag: 'samples', function: 'draw', count: 2, length: PIXELS },
    likelihood: { kind: 'exact', function: 'likelihood', batch: BATCH },
    presentation: {
      family: 'players',
      title: 'Players · toy',
      headline: { tag: 'test/nll', label: 'NLL', mode: 'min' },
      panels: [{ kind: 'images', title: 'Samples', tag: 'samples' }],
    },
  };
}

async function open(): Promise<Workbench> {
  const folder = await temporaryFolder();
  for (const [split, count] of [
    ['train', 24],
    ['t10k', 11],
  ] as const) {
    const pixels = Uint8Array.from({ length: count * PIXELS }, (_, i) => (i % 3 === 0 ? 255 : 0));
    await writeFile(path.join(folder, `${split}-images-idx3-ubyte`), idx([count, SIDE, SIDE], pixels));
  }
  const specification = parseSpecification({
    model: { family: 'vae' },
    data: { set: 'idx', path: folder },
    training: { batch: BATCH, optimizer: { kind: 'sgd', learningRate: 0.1 } },
    engine: { backend: 'wasm' },
  });
  const workbench = await Workbench.open({
    specification,
    source: folder,
    ready: 'training',
    onActivity: () => undefined,
  });
  onTestFinished(() => workbench.dispose());
  return workbench;
}

const values = ({ model }: Workbench) =>
  Object.fromEntries(Object.entries(model.hyperparameters).map(([name, { value }]) => [name, value]));
const stateOf = (workbench: Workbench, name: string) => [...workbench.runner.readState().get(name)!.data];

describe('a family that the trainer has never heard of', () => {
  it('says what it can do', async () => {
    const workbench = await open();
    expect(capabilitiesOf(workbench.model)).toEqual({
      data: { kind: 'image', shape: [SIDE, SIDE, 1] },
      ...{ sampling: 'sequential', likelihood: 'exact', latent: null, classes: 0 },
    });
    expect(workbench.parameters).toBe(2 * PIXELS);
  });

  it('starts from data, and trains both players in their turns', async () => {
    const workbench = await open();
    workbench.initialize();
    expect(Math.max(...stateOf(workbench, 'mean'))).toBeGreaterThan(0);
    const kernel = stateOf(workbench, 'critic.kernel');
    expect(Object.keys(workbench.update(1, values(workbench)))).toEqual(['critic/loss']);
    expect(stateOf(workbench, 'critic.kernel')).not.toEqual(kernel);
    expect(stateOf(workbench, 'generator.logits').every((value) => value === 0)).toBe(true);
    expect(Object.keys(workbench.update(2, values(workbench)))).toEqual(['critic/loss', 'generator/loss']);
    expect(stateOf(workbench, 'generator.logits').some((value) => value !== 0)).toBe(true);
    expect(stateOf(workbench, 'optimizer.critic.step')).toEqual([4]);
  });

  it('draws a batch for the calls that take one, and no other', async () => {
    const workbench = await open();
    const drawn = vi.spyOn(StepInputs.prototype, 'at');
    workbench.update(0, values(workbench));
    // Two updates of the critic; the generator's takes no examples.
    expect(drawn.mock.calls.map(([step, stream]) => [step, stream])).toEqual([
      [0, 0],
      [0, 1],
    ]);
    drawn.mockRestore();
  });

  it('repeats its steps bit for bit', async () => {
    const trained = async () => {
      const workbench = await open();
      workbench.initialize();
      for (let step = 0; step < 6; step++) workbench.update(step, values(workbench));
      return [...workbench.runner.readState()];
    };
    expect(await trained()).toEqual(await trained());
  });

  it('is measured: its metric over the set, and its own log p(x)', async () => {
    const workbench = await open();
    for (let step = 0; step < 4; step++) workbench.update(step, values(workbench));
    const logits = stateOf(workbench, 'generator.logits');
    const { test } = workbench.dataset;
    const expected = [...valuesOf(test)].reduce((sum, pixel, i) => {
      const logit = logits[i % PIXELS]!;
      return sum + (pixel / 255) * logit - Math.log1p(Math.exp(logit));
    }, 0);
    const tags = (await evaluate(workbench, values(workbench)))!;
    expect(tags['test/nll']).toBeCloseTo(-expected / test.count, 4);
    expect(tags['test/brightness']).toBeCloseTo((PIXELS + 1) / (2 * PIXELS), 5);
    expect(tags['test/brightness_of_data']).toBeCloseTo(meanOf(valuesOf(test).subarray(0, 3 * PIXELS)) / 255, 5);
    expect(tags['test/labelled']).toBe(0);
    const measured = await logLikelihood(workbench, 0);
    expect(measured['test/log_likelihood']).toBeCloseTo(expected / test.count, 4);
    expect(measured).not.toHaveProperty('test/effective_samples');
    expect((await evaluate(workbench, values(workbench)))!['test/nll']).toBeCloseTo(-expected / test.count, 4);
  });

  it('stops measuring samples where it is told to, between two calls', async () => {
    const workbench = await open();
    let calls = 0;
    const stop = (done: number, total: number) => {
      calls += 1;
      expect([done, total]).toEqual(calls <= 2 ? [[8, 11][calls - 1], 11] : [11, 11]);
      if (calls === 4) throw new Error('stopped');
    };
    await expect(evaluate(workbench, values(workbench), undefined, stop)).rejects.toThrow('stopped');
    expect(calls).toBe(4);
  });

  it('draws samples element by element, in slices', async () => {
    const workbench = await open();
    const work = sample(workbench, 3, 1);
    let slices = 0;
    let result = work.next();
    for (; result.done !== true; result = work.next()) slices++;
    // Three samples are two calls of two, of which only the very first has nothing before it.
    expect(slices).toBe(2 * PIXELS - 1);
    expect(result.value.data).toHaveLength(3 * PIXELS);
    result.value.data.forEach((value, i) => expect(value).toBeCloseTo(((i % PIXELS) + 1) / PIXELS, 5));
  });

  it('shows its samples while they are drawn, last as they are finished', async () => {
    const workbench = await open();
    const frames = runAll(easelOf(workbench).drawing(2, 4));
    const drawn = frames.map((frame) => [...frame].map((value) => Number(value > 0)));
    // Of 16 pixels every fourth, of both samples.
    const until = (position: number) => Array.from({ length: 2 * PIXELS }, (_, i) => Number(i % PIXELS < position));
    expect(drawn).toEqual([until(4), until(8), until(12), until(16)]);
    expect(runAll(easelOf(workbench).drawing(1, 5)).map((frame) => frame.length)).toEqual([16, 16, 16, 16]);
    expect(frames[3]).toEqual(runAll(easelOf(workbench).samples(2, 2)));
  });

  it('has its picture drawn, and no latent space to explore', async () => {
    const workbench = await open();
    const drawn = runAll(workbench.model.summaries[0]!.draw(easelOf(workbench)));
    if (drawn.kind !== 'tiles') throw new Error('Samples are a grid of images.');
    expect(drawn.data).toHaveLength(drawn.count * PIXELS);
    const request = { type: 'request', id: 1, method: 'describe', parameters: {} } as const;
    const explored = { workbench, now: { step: 0, epoch: 0 }, on: () => Promise.reject(new Error('not asked')) };
    await expect(answerLatent(request, new Uint8Array(0), explored)).rejects.toMatchObject({ code: 'unsupported' });
  });
});

function meanOf(values: Iterable<number>): number {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}
