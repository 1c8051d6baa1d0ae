import type { ImageShape } from '../../../../src/common/imageShape';
import { noise, scalars } from '../../../../src/evaluation';
import type { HostTensor, Runner } from '../../../../src/engine/program';
import { createModel } from '../../../../src/models';
import type { Model } from '../../../../src/models/model';
import { parseSpecification } from '../../../../src/protocol/specification';
import type { SpecificationInput } from '../../../../src/protocol/specification';

/** A model as a specification file would ask for it, for images of `classes` classes where they have labels. */
export function modelOf(input: SpecificationInput, shape: ImageShape, classes?: number): Model {
  return createModel(parseSpecification(input), { kind: 'image', shape: [...shape] }, classes);
}

/** Labels 0, 1, …, and from the start again. */
export function patternLabels(count: number, classes: number): HostTensor {
  return { shape: [count], dtype: 'int32', data: Int32Array.from({ length: count }, (_, i) => i % classes) };
}

export function tensor(shape: readonly number[], values: ArrayLike<number>): HostTensor {
  return { shape, dtype: 'float32', data: Float32Array.from(values) };
}

/** Images that differ in every pixel: a smooth function of the position, in (0, 1). */
export function patternImages(count: number, shape: ImageShape): HostTensor {
  const size = count * shape[0] * shape[1] * shape[2];
  return tensor(
    [count, ...shape],
    Array.from({ length: size }, (_, i) => 0.5 + 0.45 * Math.sin(1.7 * i + (i * i) / 97)),
  );
}

/** Sets some variables and leaves the others as they are. */
export function setVariables(runner: Runner, values: Readonly<Record<string, HostTensor>>): void {
  const state = runner.readState();
  for (const [name, value] of Object.entries(values)) {
    if (!state.has(name)) throw new Error(`The program has no variable ${name}, but ${[...state.keys()].join(', ')}.`);
    state.set(name, value);
  }
  runner.writeState(state);
}

export interface Step {
  readonly images: HostTensor;
  readonly labels?: HostTensor;
  readonly counter?: number;
  readonly hyperparameters?: Readonly<Record<string, number>>;
}

/** One training step; its outputs, which are all scalars. */
export function trainStep(runner: Runner, model: Model, step: Step): Record<string, number> {
  const defaults = Object.fromEntries(Object.entries(model.hyperparameters).map(([name, { value }]) => [name, value]));
  const outputs = runner.call('train', {
    examples: step.images,
    ...(step.labels && { labels: step.labels }),
    noise: noise(0, step.counter ?? 0),
    ...scalars({ ...defaults, ...step.hyperparameters }),
  });
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data[0]!]));
}

/**
 * Gradients of a training step’s loss, which are Adam’s first moments after one step from fresh slots, over 1 − β₁. The
 * weights are left as they were.
 */
export function gradients(runner: Runner, model: Model, step: Step, beta1: number): Map<string, Float32Array> {
  const before = runner.readState();
  trainStep(runner, model, { ...step, hyperparameters: { ...step.hyperparameters, learningRate: 0 } });
  const after = runner.readState();
  runner.writeState(before);
  return new Map(
    model.program.variables.map(({ name }) => {
      const moment = after.get(`optimizer.adam.m.${name}`)!.data;
      return [name, Float32Array.from(moment, (value) => value / (1 - beta1))];
    }),
  );
}

export function norm(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}
