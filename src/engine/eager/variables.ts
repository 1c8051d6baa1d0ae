import { keep, type Tensor } from '@tensorflow/tfjs-core';
import { crossing, sameShape, toHostTensor, toTensor, words } from '../hostTensor';
import type { HostTensor, OptimizerDeclaration, Program } from '../program';
import { completeState, heldBy, initialState, type StateDeclaration } from '../state';

/** The values of a program's variables and of its optimizers' slots. */
export class Variables {
  private readonly declared: ReadonlyMap<string, StateDeclaration>;
  private readonly names: ReadonlySet<string>;
  private readonly values = new Map<string, Tensor>();

  constructor(
    private readonly program: Program,
    seed: number,
  ) {
    this.declared = heldBy(program);
    this.names = new Set(program.variables.map(({ name }) => name));
    for (const [name, value] of initialState(program, seed)) this.replace(name, toTensor(value));
  }

  /** A variable; throws for a name that the program does not declare. */
  variable(name: string): Tensor {
    if (!this.names.has(name)) throw new TypeError(`The program declares no variable “${name}”.`);
    return this.values.get(name)!;
  }

  /** All variables and slots. */
  held(): Iterable<[string, Tensor]> {
    return this.values;
  }

  /** A slot of a declared optimizer. */
  slot(name: string): Tensor {
    return this.values.get(name)!;
  }

  optimizer(name: string): OptimizerDeclaration {
    const optimizers = this.program.optimizers ?? {};
    if (!Object.hasOwn(optimizers, name)) throw new TypeError(`The program declares no optimizer “${name}”.`);
    return optimizers[name]!;
  }

  /** Throws unless `value` may become the value of `name`, a variable or slot. */
  check(name: string, value: Tensor): void {
    const declared = this.declared.get(name)!;
    if (value.dtype !== declared.dtype || !sameShape(value.shape, declared.shape)) {
      throw new TypeError(`“${name}” is ${words(declared)} and cannot be set to ${words(value)}.`);
    }
  }

  /** Takes `value`, which must have been checked, and lets go of the old one. */
  replace(name: string, value: Tensor): void {
    this.values.get(name)?.dispose();
    this.values.set(name, keep(value));
  }

  /** The state, in its declared order. */
  readState(): Map<string, HostTensor> {
    const read = (name: string) => toHostTensor(crossing(name, this.values.get(name)!));
    const kept = [...this.declared.values()].filter((declaration) => declaration.kept !== false);
    return new Map(kept.map(({ name }) => [name, read(name)]));
  }

  /** Sets all values ({@link completeState}). Throws before anything is changed. */
  writeState(state: ReadonlyMap<string, HostTensor>): void {
    for (const [name, value] of completeState(this.program, state)) this.replace(name, toTensor(value));
  }

  dispose(): void {
    for (const value of this.values.values()) value.dispose();
    this.values.clear();
  }
}
