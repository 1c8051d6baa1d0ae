import type * as tf from '@tensorflow/tfjs-core';
import type { Scope, VariableDeclaration } from '../../engine/program';
import { withShapesOnly } from '../../engine/shapes';

/**
 * Where layers find their variables. In a program's function that is its {@link Scope}. {@link variablesOf} hands out one that
 * writes down which variables there are.
 */
export interface LayerScope extends Pick<Scope, 'variable' | 'assign'> {
  declare?(declaration: VariableDeclaration): void;
}

/** A variable, declared where it is read: layers that ask for the same name share it. */
export function variable(scope: LayerScope, declaration: VariableDeclaration): tf.Tensor {
  scope.declare?.(declaration);
  return scope.variable(declaration.name);
}

/** A tensor that has a shape and no numbers. */
export type StandIn = (shape: readonly number[], dtype?: 'float32' | 'int32') => tf.Tensor;

/**
 * The variables of a network in the order in which it first reads them. The network runs once, on shapes alone: this needs no
 * backend, and neither memory nor time for weights.
 *
 * @param network calls its layers on stand-ins for its inputs, whose batches may have any size
 * @throws TypeError where layers of one name want different variables, or tensors do not fit each other
 */
export function variablesOf(network: (scope: LayerScope, standIn: StandIn) => unknown): VariableDeclaration[] {
  const declared = new Map<string, VariableDeclaration>();
  withShapesOnly((standIn) => {
    const values = new Map<string, tf.Tensor>();
    const variable = (name: string) => {
      const value = values.get(name);
      if (value === undefined) throw new TypeError(`“${name}” is used before a layer declares it.`);
      return value;
    };
    const scope: LayerScope = {
      declare: (declaration) => {
        const { name, shape } = declaration;
        const earlier = declared.get(name) ?? declaration;
        if (JSON.stringify(earlier) !== JSON.stringify(declaration)) {
          throw new TypeError(
            `Two layers share “${name}”, one as [${earlier.shape.join()}] and one as [${shape.join()}] or with another start.`,
          );
        }
        declared.set(name, declaration);
        values.set(name, values.get(name) ?? standIn(shape));
      },
      variable,
      assign: (name, value) => {
        const { shape } = variable(name);
        if (shape.join() !== value.shape.join()) {
          throw new TypeError(`“${name}” is [${shape.join()}] and cannot be set to [${value.shape.join()}].`);
        }
      },
    };
    network(scope, standIn);
  });
  return [...declared.values()];
}
