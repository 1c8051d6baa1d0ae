import { add, clipByValue, scalar, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { checkLearningRate, clippedGradients } from './gradientStep';
import { ruleOf } from './optimizers';
import type { Ahead, OptimizerDeclaration, Scope } from './program';
import { slotNames, stepSlot } from './state';

/** A root has no slope at 0, where the slots of a weight begin that has had no gradient; nothing else notices so small a number. */
const NOT_ZERO = 1e-30;

/**
 * {@link Scope.lookAhead} by operations that have gradients, on any backend.
 *
 * @param slot the value of one of the optimizer's slots, or of its count
 */
export function lookAhead(
  scope: Scope,
  {
    optimizer,
    declaration,
    slot,
  }: {
    readonly optimizer: string;
    readonly declaration: OptimizerDeclaration;
    readonly slot: (name: string) => Tensor;
  },
  updates: number,
  loss: (scope: Ahead) => Scalar,
  learningRate: Scalar,
): Ahead {
  checkLearningRate(learningRate);
  const { variables, settings, weightClip } = declaration;
  const differentiated = { ...declaration, reportsNorm: undefined };
  let values = variables.map((name) => scope.variable(name));
  let slots = variables.map((name) =>
    slotNames(optimizer, declaration, name).map((each) => add(slot(each), scalar(NOT_ZERO))),
  );
  for (let count = 1; count <= updates; count++) {
    const here = replaced(scope, variables, values);
    const gradients = clippedGradients(
      differentiated,
      values,
      () => ({ loss: loss(here) }),
      () => undefined,
    );
    const step = add<Scalar>(slot(stepSlot(optimizer)), scalar(count, 'int32'));
    const { eager } = ruleOf(settings).update(learningRate, step);
    const results = values.map((value, index) => eager(value, gradients[index]!, slots[index]!));
    values = results.map(({ value }) =>
      weightClip === undefined ? value : clipByValue(value, -weightClip, weightClip),
    );
    slots = results.map((result) => [...result.slots]);
  }
  return replaced(scope, variables, values);
}

/** The scope with other values of some variables. */
function replaced(scope: Scope, names: readonly string[], values: readonly Tensor[]): Ahead {
  const others = new Map(names.map((name, index) => [name, values[index]!]));
  return {
    variable: (name) => others.get(name) ?? scope.variable(name),
    assign: (name, value) => scope.assign(name, value),
    normal: (noise, stream, shape) => scope.normal(noise, stream, shape),
    uniform: (noise, stream, shape) => scope.uniform(noise, stream, shape),
  };
}
