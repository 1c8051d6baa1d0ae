import * as tf from '@tensorflow/tfjs-core';
import { NOISE_INPUT, type Ahead, type ProgramFunction, type Scope } from '../engine/program';
import { exampleShape } from '../protocol/dataShape';
import { evaluationInputs, labelsInput, shown, SIZES, trainingInputs } from './context';
import { examplesInput, flattened, weightedSum } from './examples';
import { GAME_STREAMS, judgesExamples, type Game } from './game';
import { STREAMS, type Values } from './latentVariableModel';
import type { MedianFilter } from './median';
import type { Means, Model } from './model';
import { oneHot } from './oneHot';
import { packed } from './packing';
import { BESIDE, SHOWN, TRAINED, type Mode } from './players';

type Inputs = ProgramFunction['inputs'];
type Functions = Record<string, ProgramFunction>;

/** The functions of a game: each player's turn by its name, and those that measure and show the model. */
export function gameFunctions(game: Game, hyperparameters: Model['hyperparameters'], median?: MedianFilter): Functions {
  const table = tableOf(game);
  const inputs = {
    ...trainingInputs(game.context, hyperparameters),
    ...table.labels(game.context.training.batch),
  };
  return {
    [game.judgeName]: judgeTurn(game, table, inputs, median),
    generator: generatorTurn(game, table, inputs),
    ...(median && { median: median.function }),
    ...(game.weightClip !== undefined && { weights: judgesWeights(game) }),
    ...shown<string>(game.context, {
      evaluate: evaluation(game, table, hyperparameters),
      ...showing(game, table),
    }),
  };
}

/** What the players have in common at each call: noise, labels, and packs. */
interface Table {
  /** The input of `count` labels, for players that are given them. */
  labels(count: number): Inputs;
  /** z [count, latent] */
  draw(scope: Scope, inputs: Values, stream: number, count: number): tf.Tensor;
  /** z [count, latent] → examples [count, …] */
  generate(scope: Scope, z: tf.Tensor, mode: Mode, inputs: Values): tf.Tensor;
  /** Examples [count, …] → packs of them as the judge sees them while the players train. */
  seen(scope: Scope, examples: tf.Tensor, inputs: Values, stream: number): tf.Tensor;
  /** Packs → [packs] */
  judge(scope: Ahead, packs: tf.Tensor, mode: Mode, inputs: Values): tf.Tensor;
}

function tableOf(game: Game): Table {
  const { latent, prior, classes, packing = 1 } = game;
  const condition = ({ labels }: Values) =>
    classes === undefined ? undefined : oneHot(labels as tf.Tensor1D, classes);
  return {
    labels: (count): Inputs => (classes === undefined ? {} : { labels: labelsInput(count, classes) }),
    draw: (scope, { noise }, stream, count) => {
      const shape = [count, latent];
      if (prior === 'uniform') return tf.sub(tf.mul(scope.uniform(noise as tf.Tensor1D, stream, shape), 2), 1);
      const gaussian = scope.normal(noise as tf.Tensor1D, stream, shape);
      if (prior === 'normal') return gaussian;
      // The direction of a Gaussian is uniform. A root mean square of 1 is a length of √latent.
      return tf.div(gaussian, tf.sqrt(tf.mean(tf.square(gaussian), 1, true)));
    },
    generate: (scope, z, mode, inputs) => game.generator.play(scope, z, mode, condition(inputs)),
    seen: (scope, examples, inputs, stream) =>
      packed(game.seen ? game.seen(scope, examples, inputs, stream) : examples, packing),
    judge: (scope, packs, mode, inputs) => {
      const given = condition(inputs);
      return game.judge.play(scope, packs, mode, given && packed(given, packing));
    },
  };
}

/** The judge learns from a batch of data and one of samples, which are constants to it. */
function judgeTurn(game: Game, table: Table, inputs: Inputs, median?: MedianFilter): ProgramFunction {
  const { judgeName, smoothed = '', weightClip } = game;
  const { batch } = game.context.training;
  return {
    inputs,
    body: (scope, values) => {
      const generated = table.generate(scope, table.draw(scope, values, STREAMS.train, batch), BESIDE, values);
      const lesson = lessonOf(game, table, scope, values, generated);
      const rate = values[`${judgeName}LearningRate`] as tf.Scalar;
      const reported = scope.minimize(judgeName, () => lesson(scope, TRAINED), rate);
      median?.take(scope, reported[smoothed]!);
      return weightClip === undefined
        ? reported
        : { ...reported, at_clip: shareAt(weightClip, weightsOf(game, scope)) };
    },
  };
}

/**
 * What the judge minimizes on the batch of data and a batch of samples [batch, …], beside what tells how the game stands, as a function of
 * the scope that has its weights and of its mode on data.
 */
function lessonOf(game: Game, table: Table, scope: Scope, values: Values, generated: tf.Tensor) {
  const { objective, regularizer, packing = 1 } = game;
  const pair = {
    real: table.seen(scope, values.examples!, values, GAME_STREAMS.seenReal),
    fake: table.seen(scope, generated, values, GAME_STREAMS.seenFake),
  };
  const targets = game.targets?.(scope, values, game.context.training.batch / packing);
  return (at: Ahead, mode: Mode) => {
    const real = table.judge(at, pair.real, mode, values);
    const fake = table.judge(at, pair.fake, BESIDE, values);
    const means = mapped(objective.measures(real, fake), (each) => tf.mean<tf.Scalar>(each));
    const loss = tf.add<tf.Scalar>(
      tf.mean(objective.real(real, targets?.real)),
      tf.mean(objective.fake(fake, targets?.fake)),
    );
    if (!regularizer) return { ...means, loss };
    const { name, weight, value } = regularizer;
    const added = value(at, (x) => table.judge(at, x, BESIDE, values), pair, values);
    return { ...means, loss: tf.add<tf.Scalar>(loss, tf.mul(weight(values), added)), [name]: added };
  };
}

/** The generator learns through the judge, and sees no data, save through the updates of a judge that it looks ahead at. */
function generatorTurn(game: Game, table: Table, inputs: Inputs): ProgramFunction {
  const { context, objective, judgeName, lookAhead = 0 } = game;
  const { batch } = context.training;
  const generated = (scope: Scope, values: Values) =>
    table.generate(scope, table.draw(scope, values, STREAMS.train, batch), TRAINED, values);
  const saturation = (fake: tf.Tensor) => objective.saturation && { saturation: objective.saturation(fake) };
  const verdict = (at: Ahead, packs: tf.Tensor, values: Values) => table.judge(at, packs, BESIDE, values);
  const loss = (scope: Scope, values: Values) => {
    const fake = verdict(scope, table.seen(scope, generated(scope, values), values, GAME_STREAMS.seenFake), values);
    return { loss: tf.mean<tf.Scalar>(objective.generator(fake)), ...saturation(fake) };
  };
  /** The same loss for the judge of later, each of whose updates depends on the samples. */
  const lossAhead = (scope: Scope, values: Values) => {
    const samples = generated(scope, values);
    const lesson = lessonOf(game, table, scope, values, samples);
    const rate = values[`${judgeName}LearningRate`] as tf.Scalar;
    const later = scope.lookAhead(judgeName, lookAhead, (at) => lesson(at, BESIDE).loss, rate);
    const fake = verdict(later, table.seen(scope, samples, values, GAME_STREAMS.seenFake), values);
    const onSamples = tf.mean<tf.Scalar>(objective.generator(fake));
    if (!objective.zeroSum) return { loss: onSamples, ...saturation(fake) };
    const real = verdict(later, table.seen(scope, values.examples!, values, GAME_STREAMS.seenReal), values);
    return { loss: tf.sub<tf.Scalar>(onSamples, tf.mean(objective.real(real))), ...saturation(fake) };
  };
  return {
    inputs: lookAhead > 0 ? inputs : Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== 'examples')),
    body: (scope, values) =>
      scope.minimize(
        'generator',
        () => (lookAhead > 0 ? lossAhead : loss)(scope, values),
        values.generatorLearningRate as tf.Scalar,
      ),
  };
}

/** All weights of the judge: [n] */
function weightsOf({ judge }: Game, scope: Ahead): tf.Tensor {
  const trained = judge.variables.filter((variable) => variable.trained !== false);
  return tf.concat(trained.map(({ name }) => tf.reshape(scope.variable(name), [-1])));
}

/** → `weights` [n], as they are trained, also where a run shows averages. */
function judgesWeights(game: Game): ProgramFunction {
  return { inputs: {}, body: (scope) => ({ weights: weightsOf(game, scope) }) };
}

/** The share of numbers at or beyond ±bound. */
function shareAt(bound: number, values: tf.Tensor): tf.Scalar {
  return tf.mean(tf.cast(tf.greaterEqual(tf.abs(values), tf.scalar(bound)), 'float32'));
}

/** Of the test set's packs that were judged: some of the last examples may be too few for one. */
const PACKS = 'packs';

/** The judge on test examples and as many samples. */
function evaluation(
  { context, objective, packing = 1 }: Game,
  table: Table,
  hyperparameters: Model['hyperparameters'],
): ProgramFunction {
  // Whole packs, so that none mixes the examples of two batches.
  const count = packing * Math.floor(SIZES.evaluate / packing);
  return {
    inputs: { ...evaluationInputs(context, hyperparameters, count), ...table.labels(count) },
    body: (scope, values) => {
      const z = table.draw(scope, values, STREAMS.evaluate, count);
      const real = table.judge(scope, packed(values.examples!, packing), SHOWN, values);
      const fake = table.judge(scope, packed(table.generate(scope, z, SHOWN, values), packing), SHOWN, values);
      const weights = tf.prod(tf.reshape(values.weights!, [count / packing, packing]), 1);
      const sums = mapped(objective.measures(real, fake), (each) => weightedSum(weights, each));
      return { ...sums, [PACKS]: tf.sum(weights) };
    },
  };
}

/** Means over packs by tag, from what {@link evaluation} gives. */
export function finishGame(means: Means, prefix: string): Record<string, number> {
  const share = means.get(PACKS)!.values[0]!;
  return Object.fromEntries(
    [...means].flatMap(([name, { values }]) => (name === PACKS ? [] : [[prefix + name, values[0]! / share]])),
  );
}

/** Samples, decoded latents and, of a judge of single examples, what it says of them and where it would push them. */
function showing(game: Game, table: Table): Functions {
  const { latent, objective, context } = game;
  const functions: Functions = {
    sample: {
      inputs: { noise: NOISE_INPUT, ...table.labels(SIZES.sample) },
      body: (scope, values) => {
        const z = table.draw(scope, values, STREAMS.prior, SIZES.sample);
        return { examples: table.generate(scope, z, SHOWN, values), latent: z };
      },
    },
    decode: {
      inputs: { latent: { shape: [SIZES.decode, latent], dtype: 'float32' }, ...table.labels(SIZES.decode) },
      body: (scope, values) => ({ examples: table.generate(scope, values.latent!, SHOWN, values) }),
    },
  };
  if (!judgesExamples(game)) return functions;
  const inputs = { examples: examplesInput(SIZES.evaluate, exampleShape(context.data)) };
  functions.judgement = {
    inputs,
    body: (scope, values) => ({ output: objective.shown(table.judge(scope, values.examples!, SHOWN, values)) }),
  };
  if (game.judgeName === 'critic') {
    functions.slope = {
      inputs,
      body: (scope, values) => {
        const f = (x: tf.Tensor) => tf.sum(table.judge(scope, x, SHOWN, values));
        return { norm: tf.sqrt(tf.sum(tf.square(flattened(tf.grad(f)(values.examples!))), 1)) };
      },
    };
  }
  if (context.data.kind !== 'points') return functions;
  functions.push = {
    inputs,
    body: (scope, values) => {
      const loss = (x: tf.Tensor) => tf.sum(objective.generator(table.judge(scope, x, SHOWN, values)));
      return { push: tf.neg(tf.grad(loss)(values.examples!)) };
    },
  };
  return functions;
}

function mapped<T>(values: Readonly<Record<string, tf.Tensor>>, f: (value: tf.Tensor) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, f(value)]));
}
