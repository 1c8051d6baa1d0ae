import { add, engine, keep, scalar, type Scalar, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import type { Scope } from '../program';
import { statelessNormal, statelessUniform } from '../random/draw';
import { firstMoment, secondMoment, stepSlot } from '../state';
import { adam } from './adam';
import type { Variables } from './variables';

/** One call of a function: reads see the variables as they were, assignments are collected until {@link commit}. */
export class EagerScope implements Scope {
  private readonly assigned = new Map<string, Tensor>();
  private readonly reported: Tensor[] = [];

  constructor(private readonly variables: Variables) {}

  variable(name: string): Tensor {
    return this.variables.variable(name);
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
    const { settings, variables: names } = this.variables.optimizer(optimizer);
    const reported: Record<string, Tensor> = {};
    const forward = () => {
      const outputs = loss();
      if (outputs.loss.rank !== 0) throw new TypeError('A loss must be a scalar.');
      // The gradient's own scope ends what is not returned from it, so the outputs for reporting are kept by hand.
      for (const [name, output] of Object.entries(outputs)) reported[name] = this.report(output);
      return outputs.loss;
    };
    const values = names.map((name) => this.variables.variable(name));
    const gradients: (Tensor | null | undefined)[] = engine().gradients(forward, values, undefined, true).grads;

    const step = add<Scalar>(this.variables.slot(stepSlot(optimizer)), scalar(1, 'int32'));
    this.set(stepSlot(optimizer), step);
    const updated = adam(settings, learningRate, step);
    for (const [index, name] of names.entries()) {
      const gradient = gradients[index];
      if (!gradient) throw new TypeError(`The loss does not depend on “${name}”.`);
      const [first, second] = [firstMoment(optimizer, name), secondMoment(optimizer, name)];
      const result = updated({
        value: values[index]!,
        gradient,
        firstMoment: this.variables.slot(first),
        secondMoment: this.variables.slot(second),
      });
      this.set(name, result.value);
      this.set(first, result.firstMoment);
      this.set(second, result.secondMoment);
    }
    return reported;
  }

  /** Makes the assignments visible to the next call. */
  commit(): void {
    for (const [name, value] of this.assigned) this.variables.replace(name, value);
    this.assigned.clear();
  }

  /** Lets go of what the call has kept; of the assignments, too, unless they were committed. */
  end(): void {
    for (const tensor of [...this.reported, ...this.assigned.values()]) tensor.dispose();
    this.reported.length = 0;
    this.assigned.clear();
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
