import { add, keep, scalar, type Scalar, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { averageRest, checkLearningRate, clippedGradients } from '../gradientStep';
import { sameShape, words } from '../hostTensor';
import { ruleOf } from '../optimizers';
import { lookAhead } from '../lookAhead';
import type { Ahead, OptimizerDeclaration, Program, Scope } from '../program';
import { statelessNormal, statelessUniform } from '../random/draw';
import { averageSlot, slotNames, stepSlot, type StateDeclaration } from '../state';
import type { Source, TracedUpdate } from './trace';

interface ScopeOptions {
  readonly program: Program;
  readonly declared: ReadonlyMap<string, StateDeclaration>;
  /** The stand-in for a variable or slot, known to the recorder. */
  readonly state: (name: string) => Tensor;
  readonly averages: ReadonlyMap<string, string> | undefined;
  readonly sourceOf: (tensor: Tensor) => Source;
}

/** The scope of a function that is being traced: updates are not carried out but written down. */
export class TraceScope implements Scope {
  readonly updates: TracedUpdate[] = [];
  private readonly updated = new Set<string>();
  private readonly kept: Tensor[] = [];

  constructor(private readonly options: ScopeOptions) {}

  variable(name: string): Tensor {
    this.checkVariable(name);
    return this.options.state(this.options.averages?.get(name) ?? name);
  }

  assign(name: string, value: Tensor): void {
    this.checkVariable(name);
    const declared = this.options.declared.get(name)!;
    if (value.dtype !== declared.dtype || !sameShape(value.shape, declared.shape)) {
      throw new TypeError(`“${name}” is ${words(declared)} and cannot be set to ${words(value)}.`);
    }
    this.claim(name);
    this.updates.push({ kind: 'assign', target: name, value: this.options.sourceOf(value) });
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
    const { program, state, sourceOf } = this.options;
    const declaration = declaredOptimizer(program, optimizer);
    checkLearningRate(learningRate);
    const reported: Record<string, Tensor> = {};
    const values = declaration.variables.map(state);
    // What is reported has to outlive the gradient's own scope.
    const gradients = clippedGradients(declaration, values, loss, (name, output) => {
      this.kept.push((reported[name] = keep(output.clone())));
    });
    const step = add<Scalar>(state(stepSlot(optimizer)), scalar(1, 'int32'));
    this.claim(stepSlot(optimizer));
    this.updates.push({ kind: 'assign', target: stepSlot(optimizer), value: sourceOf(step) });
    const update = ruleOf(declaration.settings).update(learningRate, step);
    const rest = declaration.average && sourceOf(averageRest(declaration.average.decay, step));
    const bound = declaration.weightClip;
    const bounds = bound === undefined ? undefined : { low: sourceOf(scalar(-bound)), high: sourceOf(scalar(bound)) };
    for (const [index, name] of declaration.variables.entries()) {
      const slots = slotNames(optimizer, declaration, name);
      this.claim(name);
      for (const { operation, withSlots, inputs, flags } of update.fused(values[index]!, gradients[index]!)) {
        const resources = withSlots ? [name, ...slots] : [name];
        this.updates.push({ kind: 'apply', operation, resources, inputs: inputs.map(sourceOf), flags });
      }
      if (bounds) this.updates.push({ kind: 'clip', target: name, ...bounds });
      if (rest) this.updates.push({ kind: 'average', average: averageSlot(optimizer, name), of: name, rest });
    }
    return reported;
  }

  lookAhead(optimizer: string, updates: number, loss: (scope: Ahead) => Scalar, learningRate: Scalar): Ahead {
    const { program, state } = this.options;
    const declaration = declaredOptimizer(program, optimizer);
    return lookAhead(this, { optimizer, declaration, slot: state }, updates, loss, learningRate);
  }

  /** Lets go of what the call has kept. */
  end(): void {
    for (const tensor of this.kept) tensor.dispose();
  }

  private checkVariable(name: string): void {
    if (!this.options.program.variables.some((variable) => variable.name === name)) {
      throw new TypeError(`The program declares no variable “${name}”.`);
    }
  }

  private claim(name: string): void {
    if (this.updated.has(name)) throw new TypeError(`“${name}” is set twice in one call.`);
    this.updated.add(name);
  }
}

function declaredOptimizer({ optimizers = {} }: Program, name: string): OptimizerDeclaration {
  if (!Object.hasOwn(optimizers, name)) throw new TypeError(`The program declares no optimizer “${name}”.`);
  return optimizers[name]!;
}
