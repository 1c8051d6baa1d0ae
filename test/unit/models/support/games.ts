import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { HostTensor, Program, Runner, Scope } from '../../../../src/engine/program';
import { noise, scalars } from '../../../../src/evaluation';
import { createModel } from '../../../../src/models';
import type { Model } from '../../../../src/models/model';
import type { DataShape } from '../../../../src/protocol/capabilities';
import { parseSpecification, type SpecificationInput } from '../../../../src/protocol/specification';
import { trainingStep } from '../../../../src/trainer/workbench/trainingStep';
import { tensor } from './models';

export const POINTS: DataShape = { kind: 'points', size: 2 };
export const images = (...shape: [number, number, number]): DataShape => ({ kind: 'image', shape });

/** A model of two players as a specification file would ask for it; of points, those of a ring. */
export function gameOf(input: SpecificationInput, data: DataShape, classes?: number): Model {
  const set = data.kind === 'points' ? 'ring' : 'mnist';
  return createModel(parseSpecification({ ...input, data: { set, ...input.data } }), data, classes);
}

/** The numbers of golden/layers.py and golden/dcgan.py. */
export function waves(shape: readonly number[], stream: number, factor = 1, shift = 0): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    shape,
    Array.from({ length: size }, (_, i) => factor * Math.sin(0.7 * i * (1 + 0.13 * stream) + stream) + shift),
  );
}

/** Shapes of draws by function and stream. */
type Draws = Readonly<Record<string, Readonly<Record<number, readonly number[]>>>>;

/**
 * A program whose functions are given some of the numbers that they would draw, as inputs `draw.<stream>`. Backends draw
 * differently, and what PyTorch or a test computes needs the same numbers.
 */
export function withGivenDraws(program: Program, draws: Draws): Program {
  const functions = Object.entries(program.functions).map(([name, { inputs, body, ...rest }]) => {
    const given = Object.entries(draws[name] ?? {}).map(
      ([stream, shape]) => [`draw.${stream}`, { shape, dtype: 'float32' }] as const,
    );
    const own: Program['functions'][string] = {
      ...rest,
      inputs: { ...inputs, ...Object.fromEntries(given) },
      body: (scope, values) => {
        const drawn = (kind: 'normal' | 'uniform') => (key: Tensor1D, stream: number, shape: readonly number[]) =>
          values[`draw.${stream}`] ?? scope[kind](key, stream, shape);
        const replaced: Scope = {
          variable: (variable) => scope.variable(variable),
          assign: (variable, value) => scope.assign(variable, value),
          lookAhead: (optimizer, updates, loss, learningRate) =>
            scope.lookAhead(optimizer, updates, loss, learningRate),
          minimize: (optimizer, loss, learningRate) => scope.minimize(optimizer, loss, learningRate),
          normal: drawn('normal'),
          uniform: drawn('uniform'),
        };
        return body(replaced, values);
      },
    };
    return [name, own] as const;
  });
  return { ...program, functions: Object.fromEntries(functions) };
}

export interface Turn {
  readonly examples?: HostTensor;
  readonly labels?: HostTensor;
  readonly counter?: number;
  readonly hyperparameters?: Readonly<Record<string, number>>;
  /** Inputs of other names. */
  readonly others?: Readonly<Record<string, HostTensor>>;
  /** By their streams, of a program {@link withGivenDraws}. */
  readonly draws?: Readonly<Record<number, HostTensor>>;
}

/** Calls one function of a model with those of the inputs that it takes, and its hyperparameters as they are at the start. */
export function call(runner: Runner, { program, hyperparameters }: Model, name: string, turn: Turn) {
  const { examples, labels, counter = 0, others = {}, draws = {} } = turn;
  const starts = Object.fromEntries(Object.entries(hyperparameters).map(([key, { value }]) => [key, value]));
  const offered: Record<string, HostTensor | undefined> = {
    ...{ examples, labels, noise: noise(3, counter) },
    ...scalars({ ...starts, ...turn.hyperparameters }),
  };
  const given = Object.entries(draws).map(([stream, value]) => [`draw.${stream}`, value] as const);
  const declared = Object.keys(program.functions[name]!.inputs).flatMap((input) =>
    offered[input] === undefined ? [] : [[input, offered[input]] as const],
  );
  return runner.call(name, { ...Object.fromEntries([...declared, ...given]), ...others });
}

/** A player's turn; its outputs, which are all scalars. */
export function turn(runner: Runner, model: Model, name: string, given: Turn): Record<string, number> {
  const outputs = Object.entries(call(runner, model, name, given));
  return Object.fromEntries(outputs.map(([output, { data }]) => [output, data[0]!]));
}

/**
 * A turn that moves no weights, and the gradients of its loss: Adam's first moments after one step from fresh slots, over 1 − β₁.
 */
export function differentiated(runner: Runner, model: Model, name: string, given: Turn) {
  const declared = model.program.optimizers![name]!;
  if (declared.settings.kind !== 'adam') throw new TypeError('Only Adam keeps the gradient.');
  const { beta1 } = declared.settings;
  const before = runner.readState();
  const still = { ...given.hyperparameters, [`${name}LearningRate`]: 0 };
  const outputs = turn(runner, model, name, { ...given, hyperparameters: still });
  const after = runner.readState();
  runner.writeState(before);
  const gradients = declared.variables.map((variable) => {
    const moment = after.get(`optimizer.${name}.m.${variable}`)!.data;
    return [variable, Float64Array.from(moment, (value) => value / (1 - beta1))] as const;
  });
  return { outputs, gradients: new Map(gradients) };
}

/** Training steps `from` to `to` with batches that depend on step and call alone; the losses of each. */
export function trainSteps(runner: Runner, model: Model, from: number, to: number): Record<string, number>[] {
  return Array.from({ length: to - from }, (_, index) => {
    const step = from + index;
    return trainingStep(model.phases, step, 7, (name, stream, seed) => {
      const declared = model.program.functions[name]!.inputs;
      const shape = (declared['examples'] ?? declared['labels'])?.shape ?? [1];
      const batch = 40 * step + stream;
      const labels = Int32Array.from({ length: shape[0]! }, (_row, row) => (row + batch) % (model.classes ?? 1));
      return call(runner, model, name, {
        examples: waves(shape, batch),
        labels: { shape: [shape[0]!], dtype: 'int32', data: labels },
        counter: (seed & 0xffff) + step,
      });
    });
  });
}

/** Numbers for every input of a function that shows or measures, but labels. */
export function shownInputs({ program }: Model, name: string): Turn {
  const { examples, weights, latent } = program.functions[name]!.inputs;
  return {
    ...(examples && { examples: waves(examples.shape, 2) }),
    others: {
      ...(weights && { weights: waves(weights.shape, 0, 0, 1) }),
      ...(latent && { latent: waves(latent.shape, 4) }),
    },
  };
}

interface Direction {
  readonly state: ReadonlyMap<string, HostTensor>;
  /** Of the variable. */
  readonly name: string;
  readonly direction: Float32Array;
  readonly step: number;
  readonly given: Turn;
}

/** The slope of a player's loss in `direction` of one variable, at the weights and slots of `state`, by central differences. */
export function finiteDifference(
  runner: Runner,
  model: Model,
  player: string,
  { state, name, direction, step, given }: Direction,
): number {
  const { shape, data } = state.get(name)!;
  const still = { ...given.hyperparameters, [`${player}LearningRate`]: 0 };
  const [up, down] = [step, -step].map((size) => {
    const moved = Array.from(data, (value, i) => value + size * direction[i]!);
    runner.writeState(new Map(state).set(name, tensor(shape, moved)));
    return turn(runner, model, player, { ...given, hyperparameters: still })['loss']!;
  });
  return (up! - down!) / (2 * step);
}
