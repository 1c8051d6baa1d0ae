import {
  add,
  clipByValue,
  keep,
  mul,
  scalar,
  sub,
  type Scalar,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { averageRest, checkLearningRate, clippedGradients } from '../gradientStep';
import { detached } from '../gradients/tape';
import { ruleOf } from '../optimizers';
import { lookAhead } from '../lookAhead';
import type { Ahead, Scope } from '../program';
import { statelessNormal, statelessUniform } from '../random/draw';
import { averageSlot, slotNames, stepSlot } from '../state';
import type { Variables } from './variables';

/** One call of a function: reads see the variables as they were, assignments are collected until {@link commit}. */
export class EagerScope implements Scope {
  private readonly assigned = new Map<string, Tensor>();
  private readonly reported: Tensor[] = [];
  /**
   * What the body gets of variables: tensors of its own, which it may dispose of. One each, for gradients know them by
   * identity.
   */
  private readonly lent = new Map<string, Tensor>();

  constructor(
    private readonly variables: Variables,
    /** Slots that stand for variables ({@link averagesOf}), where the function takes averaged weights. */
    private readonly averages?: ReadonlyMap<string, string>,
  ) {}

  variable(name: string): Tensor {
    const average = this.averages?.get(name);
    return average === undefined
      ? this.lend(name, this.variables.variable(name))
      : this.lend(average, this.variables.slot(average));
  }

  assign(name: string, value: Tensor): void {
    this.variables.variable(name); // refuses slots
    this.set(name, value);
  }

  normal(noise: Tensor1D, stream: number, shape: readonly number[]): Tensor {
    return statelessNormal(noise, stream, shape);
  }

  uniform(noise: Tensor1D, stream: number, shape: readonly number[]): Tensor {
    return statelessUniform(noise, stream, shape);
  }

  minimize(
    optimizer: string,
    loss: () => { readonly loss: Scalar; readonly [output: string]: Tensor },
    learningRate: Scalar,
  ): Readonly<Record<string, Tensor>> {
    const declaration = this.variables.optimizer(optimizer);
    checkLearningRate(learningRate);
    const reported: Record<string, Tensor> = {};
    const values = declaration.variables.map((name) => this.lend(name, this.variables.variable(name)));
    const gradients = clippedGradients(declaration, values, loss, (name, output) => {
      reported[name] = this.report(output);
    });
    const step = add<Scalar>(this.variables.slot(stepSlot(optimizer)), scalar(1, 'int32'));
    this.set(stepSlot(optimizer), step);
    const update = ruleOf(declaration.settings).update(learningRate, step);
    const rest = declaration.average && averageRest(declaration.average.decay, step);
    const bound = declaration.weightClip;
    for (const [index, name] of declaration.variables.entries()) {
      const slots = slotNames(optimizer, declaration, name);
      const old = slots.map((slot) => this.variables.slot(slot));
      const result = update.eager(values[index]!, gradients[index]!, old);
      const value = bound === undefined ? result.value : clipByValue(result.value, -bound, bound);
      this.set(name, value);
      slots.forEach((slot, position) => this.set(slot, result.slots[position]!));
      if (rest) this.moveAverage(averageSlot(optimizer, name), value, rest);
    }
    return reported;
  }

  lookAhead(optimizer: string, updates: number, loss: (scope: Ahead) => Scalar, learningRate: Scalar): Ahead {
    const declaration = this.variables.optimizer(optimizer);
    const slot = (name: string) => this.variables.slot(name);
    return lookAhead(this, { optimizer, declaration, slot }, updates, loss, learningRate);
  }

  /** Makes the assignments visible to the next call. */
  commit(): void {
    for (const [name, value] of this.assigned) this.variables.replace(name, value);
    this.assigned.clear();
  }

  /** Lets go of what the call has kept; of the assignments, too, unless they were committed. */
  end(): void {
    for (const tensor of [...this.reported, ...this.assigned.values(), ...this.lent.values()]) tensor.dispose();
    this.reported.length = 0;
    this.assigned.clear();
    this.lent.clear();
  }

  private lend(name: string, value: Tensor): Tensor {
    const tensor = this.lent.get(name) ?? keep(detached(value));
    this.lent.set(name, tensor);
    return tensor;
  }

  private moveAverage(slot: string, value: Tensor, rest: Scalar): void {
    const average = this.variables.slot(slot);
    this.set(slot, sub(average, mul(sub(average, value), rest)));
  }

  private set(name: string, value: Tensor): void {
    this.variables.check(name, value);
    if (this.assigned.has(name)) throw new TypeError(`“${name}” is set twice in one call.`);
    this.assigned.set(name, keep(value.clone()));
  }

  private report(output: Tensor): Tensor {
    const kept = keep(output.clone());
    this.reported.push(kept);
    return kept;
  }
}
