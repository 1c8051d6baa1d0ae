import * as tf from '@tensorflow/tfjs-core';
import { NOISE_INPUT, type OptimizerDeclaration, type ProgramFunction, type Scope } from '../engine/program';
import { exampleShape } from '../protocol/dataShape';
import {
  evaluationInputs,
  labelsInput,
  namedOptimizers,
  shown,
  SIZES,
  trainingInputs,
  type ModelContext,
} from './context';
import { examplesInput, weightedSum } from './examples';
import { gameViews } from './gameViews';
import { STREAMS, type Values } from './latentVariableModel';
import type { Hyperparameter, Means, Model, Phase } from './model';
import type { Objective } from './objectives';
import { oneHot } from './oneHot';
import { packed } from './packing';
import { BESIDE, SHOWN, TRAINED, type Mode, type Player } from './players';

type Inputs = ProgramFunction['inputs'];

/** Two players: a generator of examples from noise, and a judge who is to tell them from data. */
export interface Game {
  readonly family: string;
  readonly title: string;
  readonly context: ModelContext;
  readonly latent: number;
  readonly prior: 'normal' | 'uniform';
  /** How many classes `labels` tell apart, where both players are given them. */
  readonly classes?: number;
  readonly generator: Player;
  readonly judge: Player;
  /** What the judge is called. */
  readonly judgeName: 'discriminator' | 'critic';
  readonly objective: Objective;
  /** Examples that are judged together; 1 if absent. */
  readonly packing?: number;
  /** The judge's turns in a step, before the generator's one. */
  readonly turns: readonly Omit<Phase, 'name' | 'function'>[];
  readonly hyperparameters?: Readonly<Record<string, Hyperparameter>>;
  /** Of the judge's optimizer: {@link OptimizerDeclaration.weightClip}. */
  readonly weightClip?: number;
  /** What the judge sees of examples [batch, …] while the players train; the examples themselves if absent. */
  readonly seen?: (scope: Scope, examples: tf.Tensor, inputs: Values, stream: number) => tf.Tensor;
  /** What the judge is taught instead of 1 for data and 0 for samples, [n] each. */
  readonly targets?: (scope: Scope, inputs: Values, count: number) => Readonly<Record<'real' | 'fake', tf.Tensor>>;
  /** Added to the judge's loss, and reported by its name. */
  readonly regularizer?: {
    readonly name: string;
    readonly title: string;
    /** `judge`: packs [n, …] → [n] */
    value(scope: Scope, judge: (x: tf.Tensor) => tf.Tensor, pair: Pair, inputs: Values): tf.Scalar;
    readonly weight: (inputs: Values) => tf.Scalar;
  };
}

/** As many packs of data as of samples. */
export interface Pair {
  readonly real: tf.Tensor;
  readonly fake: tf.Tensor;
}

/** Streams of a game's draws besides {@link STREAMS}. */
export const GAME_STREAMS = { targets: 16, seenReal: 18, seenFake: 19, between: 20 } as const;

/** How many test examples the judge is asked about at once when it is looked at. */
const JUDGED = 250;

/**
 * A model of two players that take turns, each minimizing its own loss by an optimizer of its own (Goodfellow et al. 2014,
 * algorithm 1), with all that it is measured and looked at by.
 */
export function gameModel(game: Game): Model {
  const { family, context, latent, generator, judge, judgeName, objective, packing = 1, classes, weightClip } = game;
  const { data, training } = context;
  const shape = exampleShape(data);
  const named = namedOptimizers(context, {
    [judgeName]: judge.variables,
    generator: generator.variables,
  });
  const optimizers = Object.fromEntries(
    Object.entries<OptimizerDeclaration>(named.optimizers).map(([name, declaration]) => [
      name,
      { ...declaration, reportsNorm: true as const, ...(name === judgeName && { weightClip }) },
    ]),
  );
  const hyperparameters = { ...named.hyperparameters, ...game.hyperparameters };
  const given = (count: number): Inputs => (classes === undefined ? {} : { labels: labelsInput(count, classes) });
  const y = ({ labels }: Values) => (classes === undefined ? undefined : oneHot(labels as tf.Tensor1D, classes));

  const draw = (scope: Scope, noise: tf.Tensor, stream: number, count: number) =>
    game.prior === 'normal'
      ? scope.normal(noise as tf.Tensor1D, stream, [count, latent])
      : tf.sub(tf.mul(scope.uniform(noise as tf.Tensor1D, stream, [count, latent]), 2), 1);
  const generate = (scope: Scope, z: tf.Tensor, mode: Mode, inputs: Values) =>
    generator.play(scope, z, mode, y(inputs));
  /** Packs of examples → [packs] */
  const judged = (scope: Scope, packs: tf.Tensor, mode: Mode, inputs: Values) => {
    const condition = y(inputs);
    return judge.play(scope, packs, mode, condition && packed(condition, packing));
  };
  const seen = (scope: Scope, examples: tf.Tensor, inputs: Values, stream: number) =>
    packed(game.seen ? game.seen(scope, examples, inputs, stream) : examples, packing);

  const inputs = { ...trainingInputs(context, hyperparameters), ...given(training.batch) };

  const judgeTurn: ProgramFunction = {
    inputs,
    body: (scope, values) => {
      const z = draw(scope, values.noise!, STREAMS.train, training.batch);
      const pair = {
        real: seen(scope, values.examples!, values, GAME_STREAMS.seenReal),
        fake: seen(scope, generate(scope, z, BESIDE, values), values, GAME_STREAMS.seenFake),
      };
      const targets = game.targets?.(scope, values, training.batch / packing);
      return scope.minimize(
        judgeName,
        () => {
          const real = judged(scope, pair.real, TRAINED, values);
          const fake = judged(scope, pair.fake, BESIDE, values);
          const means = mapped(objective.measures(real, fake), (each) => tf.mean<tf.Scalar>(each));
          const value = tf.add<tf.Scalar>(
            tf.mean(objective.real(real, targets?.real)),
            tf.mean(objective.fake(fake, targets?.fake)),
          );
          if (!game.regularizer) return { ...means, loss: value };
          const { name, weight, value: regularizer } = game.regularizer;
          const added = regularizer(scope, (x) => judged(scope, x, BESIDE, values), pair, values);
          return { ...means, loss: tf.add<tf.Scalar>(value, tf.mul(weight(values), added)), [name]: added };
        },
        values[`${judgeName}LearningRate`] as tf.Scalar,
      );
    },
  };

  const generatorTurn: ProgramFunction = {
    inputs: Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== 'examples')),
    body: (scope, values) =>
      scope.minimize(
        'generator',
        () => {
          const z = draw(scope, values.noise!, STREAMS.train, training.batch);
          const fake = seen(scope, generate(scope, z, TRAINED, values), values, GAME_STREAMS.seenFake);
          return { loss: tf.mean<tf.Scalar>(objective.generator(judged(scope, fake, BESIDE, values))) };
        },
        values.generatorLearningRate as tf.Scalar,
      ),
  };

  // Whole packs, so that none mixes the examples of two batches.
  const evaluated = packing * Math.floor(SIZES.evaluate / packing);
  const evaluate: ProgramFunction = {
    inputs: { ...evaluationInputs(context, hyperparameters, evaluated), ...given(evaluated) },
    body: (scope, values) => {
      const z = draw(scope, values.noise!, STREAMS.evaluate, evaluated);
      const real = judged(scope, packed(values.examples!, packing), SHOWN, values);
      const fake = judged(scope, packed(generate(scope, z, SHOWN, values), packing), SHOWN, values);
      const weights = tf.prod(tf.reshape(values.weights!, [evaluated / packing, packing]), 1);
      const sums = mapped(objective.measures(real, fake), (each) => weightedSum(weights, each));
      return { ...sums, [PACKS]: tf.sum(weights) };
    },
  };

  const sample: ProgramFunction = {
    inputs: { noise: NOISE_INPUT, ...given(SIZES.sample) },
    body: (scope, values) => ({
      examples: generate(scope, draw(scope, values.noise!, STREAMS.prior, SIZES.sample), SHOWN, values),
    }),
  };
  const decode: ProgramFunction = {
    inputs: { latent: { shape: [SIZES.decode, latent], dtype: 'float32' }, ...given(SIZES.decode) },
    body: (scope, values) => ({ examples: generate(scope, values.latent!, SHOWN, values) }),
  };
  /** What the judge says of each example, and where it would push it: minus the gradient of the generator's loss at it. */
  const judgement: ProgramFunction = {
    inputs: { examples: examplesInput(JUDGED, shape), ...given(JUDGED) },
    body: (scope, values) => {
      const output = (x: tf.Tensor) => judged(scope, x, SHOWN, values);
      const slope = tf.grad((x: tf.Tensor) => tf.sum(objective.generator(output(x))));
      return { output: objective.shown(output(values.examples!)), push: tf.neg(slope(values.examples!)) };
    },
  };

  const views = gameViews(game, { judgement: 'judgement', decode: 'decode', judged: JUDGED });
  return {
    family,
    program: {
      variables: [...generator.variables, ...judge.variables],
      optimizers,
      functions: {
        [judgeName]: judgeTurn,
        generator: generatorTurn,
        ...shown<string>(context, { evaluate, sample, decode, ...(packing === 1 && { judgement }) }),
      },
    },
    data,
    scaling: data.kind === 'image' ? 'signed' : 'unit',
    hyperparameters,
    phases: [
      ...game.turns.map((turn) => ({ ...turn, name: judgeName, function: judgeName })),
      { name: 'generator', function: 'generator' },
    ],
    metrics: [{ function: 'evaluate', finish: (means) => finish(means, `test/${judgeName}/`) }],
    sampling: { kind: 'once', function: 'sample', count: SIZES.sample },
    latent: {
      size: latent,
      prior: game.prior,
      decode: { function: 'decode', count: SIZES.decode },
    },
    classes,
    summaries: views.summaries,
    presentation: {
      family,
      title: `${game.title} · ${context.dataTitle}`,
      headline: views.headline,
      panels: [...views.panels],
    },
  };
}

/** The share of examples that were judged: some of the last ones may be too few for a pack. */
const PACKS = 'packs';

function finish(means: Means, prefix: string): Record<string, number> {
  const share = means.get(PACKS)!.values[0]!;
  return Object.fromEntries(
    [...means].flatMap(([name, { values }]) => (name === PACKS ? [] : [[prefix + name, values[0]! / share]])),
  );
}

function mapped<T>(values: Readonly<Record<string, tf.Tensor>>, f: (value: tf.Tensor) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, f(value)]));
}
